"""The clock an execution is given: real, or one that skips waits."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What states see of time."""

    def now(self) -> datetime:
        """Return the time as an aware datetime in UTC."""
        ...

    def sleep(self, seconds: float, cancelled: threading.Event) -> None:
        """Let `seconds` go by; return early once `cancelled` is set."""
        ...

    @property
    def skipped_seconds(self) -> float:
        """How many seconds of waiting took no time (0 for a real clock)."""
        ...


class RealClock:
    """The machine's clock."""

    skipped_seconds = 0.0

    def now(self) -> datetime:
        """Return the current time in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float, cancelled: threading.Event) -> None:
        """Wait `seconds`, or until `cancelled` is set."""
        if seconds > 0:
            cancelled.wait(seconds)


class SkippingClock:
    """A clock whose sleeps take no time but move it forward, for `--skip-waits`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._skipped = 0.0

    def now(self) -> datetime:
        """Return the current time plus all that was skipped so far."""
        return datetime.now(UTC) + timedelta(seconds=self._skipped)

    def sleep(self, seconds: float, cancelled: threading.Event) -> None:
        """Move the clock forward by `seconds` at once, unless `cancelled` is set."""
        if seconds > 0 and not cancelled.is_set():
            with self._lock:
                self._skipped += seconds

    @property
    def skipped_seconds(self) -> float:
        """How many seconds of waiting took no time."""
        return self._skipped

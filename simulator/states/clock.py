"""The clock an execution is given: real, or one that skips waits."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Iterable


class Clock(Protocol):
    """What states see of time."""

    def now(self) -> datetime:
        """Return the time as an aware datetime in UTC."""
        ...

    def sleep(self, seconds: float, cancelled: threading.Event) -> None:
        """Let `seconds` go by; return early once `cancelled` is set."""
        ...

    def fork(self) -> Self:
        """Return the clock of a line of control that begins now and runs beside others."""
        ...

    def join(self, clocks: Iterable[Self]) -> None:
        """Go on from the latest of clocks that were forked from this one."""
        ...

    @property
    def skipped_seconds(self) -> float:
        """How many seconds of waiting took no time, in all lines of control (0 for a real clock)."""
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

    def fork(self) -> RealClock:
        """Return this clock: real time is one."""
        return self

    def join(self, clocks: Iterable[RealClock]) -> None:
        """Do nothing: real time has gone on by itself."""


class SkippingClock:
    """A clock whose sleeps take no time but move it forward, for `--skip-waits`.

    Lines of control that run side by side have clocks of their own: two waits of a minute at the same
    time are one minute.
    """

    def __init__(self) -> None:
        self._ahead = 0.0
        self._total = _Total()

    def now(self) -> datetime:
        """Return the current time plus what this line of control has skipped so far."""
        return datetime.now(UTC) + timedelta(seconds=self._ahead)

    def sleep(self, seconds: float, cancelled: threading.Event) -> None:
        """Move the clock forward by `seconds` at once, unless `cancelled` is set."""
        if seconds > 0 and not cancelled.is_set():
            self._ahead += seconds
            self._total.add(seconds)

    def fork(self) -> SkippingClock:
        """Return a clock that shows the same now, and goes its own way."""
        clock = SkippingClock()
        clock._ahead = self._ahead
        clock._total = self._total
        return clock

    def join(self, clocks: Iterable[SkippingClock]) -> None:
        """Go on from the latest of the clocks."""
        self._ahead = max([self._ahead, *(clock._ahead for clock in clocks)])  # noqa: SLF001 - as above

    @property
    def skipped_seconds(self) -> float:
        """How many seconds of waiting took no time, all lines of control added up."""
        return self._total.seconds


class _Total:
    """A sum that several threads add to."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.seconds = 0.0

    def add(self, seconds: float) -> None:
        with self._lock:
            self.seconds += seconds

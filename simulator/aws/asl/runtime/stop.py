"""Stopping: one flag for an execution, and below it one for each group of branches."""

from __future__ import annotations

import threading
from typing import Final

_LOCK: Final = threading.Lock()
"""For all of them: it is held for moments only, and a Map Run makes a flag for each of its children."""


class Stop:
    """A flag that, once set, is set for all groups below it too. `event` can be waited for."""

    __slots__ = ("_below", "_event", "_is_set")

    def __init__(self) -> None:
        self._is_set = False
        self._event: threading.Event | None = None
        self._below: set[Stop] = set()

    @property
    def event(self) -> threading.Event:
        """The flag as an event: made when it is first asked for, since most executions never wait."""
        with _LOCK:
            if self._event is None:
                self._event = threading.Event()
                if self._is_set:
                    self._event.set()
            return self._event

    def group(self) -> Stop:
        """Return a flag below this one."""
        below = Stop()
        with _LOCK:
            self._below.add(below)
            below._is_set = self._is_set
        return below

    def release(self, below: Stop) -> None:
        """Forget a group that has ended."""
        with _LOCK:
            self._below.discard(below)

    def set(self) -> None:
        """Stop everything here and below."""
        with _LOCK:
            self._is_set = True
            event, below = self._event, list(self._below)
        if event is not None:
            event.set()
        for stop in below:
            stop.set()

    def is_set(self) -> bool:
        """Tell whether it is stopped."""
        return self._is_set

"""Stopping: one flag for an execution, and below it one for each group of branches."""

from __future__ import annotations

import threading


class Stop:
    """A flag that, once set, is set for all groups below it too. `event` can be waited for."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self._lock = threading.Lock()
        self._below: set[Stop] = set()

    def group(self) -> Stop:
        """Return a flag below this one."""
        below = Stop()
        with self._lock:
            self._below.add(below)
            if self.event.is_set():
                below.set()
        return below

    def release(self, below: Stop) -> None:
        """Forget a group that has ended."""
        with self._lock:
            self._below.discard(below)

    def set(self) -> None:
        """Stop everything here and below."""
        with self._lock:
            self.event.set()
            below = list(self._below)
        for stop in below:
            stop.set()

    def is_set(self) -> bool:
        """Tell whether it is stopped."""
        return self.event.is_set()

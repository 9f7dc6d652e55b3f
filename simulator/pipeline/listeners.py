"""Listeners that come and go while executions run."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from simulator.aws.asl.runtime.listener import FanOut

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.aws.asl.runtime.listener import Listener


class Listeners(FanOut):
    """A listener that tells those that are there at the moment.

    Args:
        listeners: those that are there from the start.
    """

    def __init__(self, *listeners: Listener) -> None:
        super().__init__(*listeners)
        self._lock = threading.Lock()

    @contextmanager
    def told(self, listener: Listener) -> Iterator[None]:
        """Tell one more listener while the context lasts."""
        with self._lock:
            self._listeners = (*self._listeners, listener)
        try:
            yield
        finally:
            with self._lock:
                self._listeners = tuple(one for one in self._listeners if one is not listener)

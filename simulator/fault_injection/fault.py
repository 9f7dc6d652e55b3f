"""The base classes of faults: a SPEC, and a count of how often the fault happened."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.fault_injection.parts import UploadedFile
    from simulator.fault_injection.spec import FaultSpec


class Fault:
    """A fault of a run. It happens in several threads.

    Args:
        spec: the SPEC of the command line, parsed.
    """

    def __init__(self, spec: FaultSpec) -> None:
        self.spec = spec
        self.trouble: str | None = None
        self._happened = 0
        self._lock = threading.Lock()

    @property
    def happened(self) -> int:
        """How often it has happened."""
        return self._happened

    def happens(self) -> None:
        """Count it."""
        with self._lock:
            self._happened += 1

    def uploaded(self, upload: UploadedFile) -> None:
        """Learn that the file has been uploaded and its event delivered."""

    def close(self) -> None:
        """Repair what is still broken, before the session ends."""


class TimedFault(Fault):
    """A fault that happens once, when a number of rows have been called."""

    @property
    def after(self) -> int:
        """How many rows are called before."""
        return int(self.spec.values["after"])

    def strike(self) -> None:
        """Break it; the call of the next row waits until this has returned."""
        raise NotImplementedError

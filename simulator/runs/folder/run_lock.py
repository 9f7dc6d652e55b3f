"""Whether the process that writes a run still lives: it holds a lock that the system takes back when it dies.

A lock beats a process id here: it ends with kill -9, and no later process can be mistaken for its holder.
"""

from __future__ import annotations

import fcntl
import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class RunBusy(Exception):
    """Another process is writing this run."""


class RunLock:
    """Held from the start of a run to its end.

    Args:
        path: the lock file; made if it is missing, never deleted.
        patience: seconds to wait; a reader that looks holds the lock for an instant.

    Raises:
        RunBusy: another process holds it.
        OSError: the file cannot be made.
    """

    def __init__(self, path: Path, patience: float = 0.5) -> None:
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        deadline = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    self.release()
                    raise RunBusy(f"Another simulator is writing the run {path.parent.name}") from None
                time.sleep(0.01)
            else:
                return

    @property
    def descriptor(self) -> int:
        """The open lock: a process that inherits it holds the lock too, for as long as it lives."""
        return self._fd

    def release(self) -> None:
        """Give the lock back; releasing twice is harmless."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def is_held(path: str | os.PathLike[str]) -> bool:
    """Tell whether some process (this one included) holds a lock; readers that look at once do not disturb it."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(fd)

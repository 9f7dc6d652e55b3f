"""Where the runs lie.

Whether a file is still the one that was read: what has been made of it can then be used again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.pipeline.settings import Settings
from simulator.runs.store import RunStore

if TYPE_CHECKING:
    from pathlib import Path


def default_store() -> RunStore:
    """Return the runs of this machine: those that `python -m simulator` writes and shows."""
    return RunStore(Settings().home.runs)


FileState = tuple[int, int, int]


def file_state(path: Path) -> FileState | None:
    """Return what changes when the file does (inode, size, time of the last write); None if there is no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns

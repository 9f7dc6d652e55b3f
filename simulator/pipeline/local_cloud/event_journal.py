"""`events.jsonl`: the S3 events that have not started their run yet, so that kill -9 loses none."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any, Self

from simulator.runs.folder.json_lines import encode, read_lines

if TYPE_CHECKING:
    from pathlib import Path


class EventJournal:
    """Events from the moment their upload is stored to the moment their run has begun; safe for several threads.

    Args:
        path: the file; what an earlier process left in it is in `left`.

    Raises:
        OSError: it cannot be written.
    """

    def __init__(self, path: Path) -> None:
        open_ones: dict[str, dict[str, Any]] = {}
        for line in read_lines(path):
            event, done = line.get("event"), line.get("done")
            if isinstance(event, dict):
                open_ones[str(event.get("id"))] = event
            elif done is not None:
                open_ones.pop(str(done), None)
        self.left = list(open_ones.values())
        """The events that an earlier process did not deliver, oldest first."""
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.write_bytes(b"".join(encode({"event": event}) + b"\n" for event in self.left))
        draft.replace(path)
        self._lock = threading.Lock()
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)

    def came(self, event: dict[str, Any]) -> None:
        """Keep an event; it is in the file when this returns.

        Raises:
            OSError: it could not be written.
        """
        self._write({"event": event})

    def delivered(self, event_id: str) -> None:
        """Forget an event."""
        self._write({"done": event_id})

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        with self._lock:
            if self._file >= 0:
                os.close(self._file)
                self._file = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _write(self, line: dict[str, Any]) -> None:
        data = encode(line) + b"\n"
        with self._lock:
            if self._file >= 0 and os.write(self._file, data) < len(data):
                raise OSError("the disk is full: an event could not be kept")

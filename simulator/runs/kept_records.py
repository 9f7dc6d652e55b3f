"""JSON objects by name that outlast the process: what users made, and what waits."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from simulator.runs.folder.json_lines import LineFile, encode, read_lines

if TYPE_CHECKING:
    from pathlib import Path


class KeptRecords:
    """A file of one line per change; the last line about a key counts. It is compacted when it is opened.

    Args:
        path: the file; its folder is made if it is missing.

    Raises:
        OSError: it cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self._guard = threading.Lock()
        self._records: dict[str, dict[str, Any]] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        for line in read_lines(path):
            key, value = line.get("key"), line.get("value")
            if isinstance(key, str):
                self._records.pop(key, None)
                if isinstance(value, dict):
                    self._records[key] = value
        draft = path.with_name(f"{path.name}.draft")
        draft.write_bytes(b"".join(encode({"key": k, "value": v}) + b"\n" for k, v in self._records.items()))
        draft.replace(path)
        self._file = LineFile(path)

    def put(self, key: str, value: dict[str, Any]) -> None:
        """Keep an object; it is on disk when this returns.

        Raises:
            OSError: the disk is full; the object then is as it was.
        """
        with self._guard:
            self._file.write({"key": key, "value": value})
            self._records[key] = value

    def delete(self, key: str) -> None:
        """Forget an object; one that is not there is not there.

        Raises:
            OSError: the disk is full; the object then is as it was.
        """
        with self._guard:
            if key in self._records:
                self._file.write({"key": key, "value": None})
                del self._records[key]

    def all(self) -> dict[str, dict[str, Any]]:
        """Return all objects."""
        with self._guard:
            return dict(self._records)

    def close(self) -> None:
        """Close the file; closing twice is harmless."""
        self._file.close()

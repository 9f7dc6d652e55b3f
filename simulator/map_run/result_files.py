"""The files of one status: `SUCCEEDED_0.json` and, beyond a size, `SUCCEEDED_1.json` and so on."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

MAX_FILE_BYTES = 5 * 1024**3


class Written(NamedTuple):
    """A finished file and its size in bytes."""

    path: Path
    size: int


class ResultFiles:
    """Writes records of one status to files; a status without a record has no file. Not for several threads at once.

    Args:
        folder: where the files go; it exists.
        status: SUCCEEDED, FAILED or PENDING.
        lines: JSON Lines (`.jsonl`, a record a line) instead of one JSON array (`.json`).
        limit: the size at which a new file is begun.
    """

    def __init__(self, folder: Path, status: str, *, lines: bool, limit: int = MAX_FILE_BYTES) -> None:
        self._folder = folder
        self._status = status
        self._suffix = "jsonl" if lines else "json"
        self._first, self._between, self._last = (b"", b"\n", b"\n") if lines else (b"[", b",", b"]")
        self._limit = limit
        self._file: BinaryIO | None = None
        self._size = 0
        self._finished: list[Written] = []

    def add(self, record: bytes) -> None:
        """Write one record."""
        if self._file is not None and self._size + len(record) + 2 > self._limit:
            self._finish()
        if self._file is None:
            path = self._path()
            self._file = path.open("wb")
            self._size = 0
            self._write(self._first)
        else:
            self._write(self._between)
        self._write(record)

    def _path(self) -> Path:
        return self._folder / f"{self._status}_{len(self._finished)}.{self._suffix}"

    def _write(self, data: bytes) -> None:
        assert self._file is not None  # noqa: S101 - add() opens it
        self._size += self._file.write(data)

    def _finish(self) -> None:
        self._write(self._last)
        assert self._file is not None  # noqa: S101 - as in _write
        path = self._path()
        self._file.close()
        self._file = None
        self._finished.append(Written(path, self._size))

    def close(self) -> list[Written]:
        """Finish the last file and return all."""
        if self._file is not None:
            self._finish()
        return self._finished

"""The files of one status: `SUCCEEDED_0.json` and, beyond a size, `SUCCEEDED_1.json` and so on."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

MAX_FILE_BYTES = 5 * 1024**3
_BUFFER = 128 * 1024


class Written(NamedTuple):
    """A finished file and its size in bytes."""

    path: Path
    size: int


class ResultFiles:
    """Writes records of one status to files; a status without a member has no file. Not for several threads at once.

    Args:
        folder: where the files go; it exists.
        status: SUCCEEDED, FAILED or PENDING.
        lines: JSON Lines (`.jsonl`, a record a line) instead of one JSON array (`.json`).
        limit: the size in bytes at which a new file is begun; only a single record may be larger.
    """

    def __init__(self, folder: Path, status: str, *, lines: bool, limit: int = MAX_FILE_BYTES) -> None:
        self._folder = folder
        self._status = status
        self._suffix = "jsonl" if lines else "json"
        self._first, self._between, self._last = (b"", b"", b"") if lines else (b"[", b",", b"]")
        self._end = b"\n" if lines else b""
        self._limit = limit
        self._file: BinaryIO | None = None
        self._size = 0
        self._records = 0
        self._finished: list[Written] = []

    def add(self, *records: bytes) -> None:
        """Write the records of one member: one, or as many as its flattened output has.

        Raises:
            OSError: if the disk does not take them.
        """
        if not records and self._file is None:
            self._open()
        for record in records:
            self._add(record)

    def _add(self, record: bytes) -> None:
        if self._records and self._size + len(record) + 2 > self._limit:
            self._finish()
        file = self._file or self._open()
        text = (self._between if self._records else b"") + record + self._end
        file.write(text)
        self._size += len(text)
        self._records += 1

    def _path(self) -> Path:
        return self._folder / f"{self._status}_{len(self._finished)}.{self._suffix}"

    def _open(self) -> BinaryIO:
        self._file = file = self._path().open("wb", buffering=_BUFFER)
        self._size = file.write(self._first)
        self._records = 0
        return file

    def _finish(self) -> None:
        file, self._file = self._file, None
        if file is None:
            return
        with file:
            self._size += file.write(self._last)
        self._finished.append(Written(self._path(), self._size))
        self._records = 0

    def close(self) -> list[Written]:
        """Finish the last file and return all; closing twice does no harm.

        Raises:
            OSError: if the disk does not take the rest.
        """
        self._finish()
        return self._finished

"""An object's bytes that stay on disk: what moto keeps in memory of each object otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

_PIECE = 1 << 18


class StoredBytes:
    """A part of a file, read as moto reads its buffers. No file stays open; closing it changes nothing.

    Args:
        path: the file.
        start, size: which of its bytes; all of them if `size` is None.
    """

    __slots__ = ("_path", "_position", "_size", "_start")

    def __init__(self, path: Path, start: int = 0, size: int | None = None) -> None:
        self._path = path
        self._start = start
        self._size = path.stat().st_size - start if size is None else size
        self._position = 0

    def seek(self, position: int, whence: int = 0) -> int:
        """Move to a position (from the beginning, or 2: from the end)."""
        self._position = position + (self._size if whence == 2 else 0)  # noqa: PLR2004 - os.SEEK_END
        return self._position

    def tell(self) -> int:
        """Return the position."""
        return self._position

    def read(self, size: int = -1) -> bytes:
        """Read up to `size` bytes from the position on; all if it is negative.

        Raises:
            OSError: the file is gone.
        """
        left = max(self._size - self._position, 0)
        wanted = left if size < 0 else min(size, left)
        with self._path.open("rb") as file:
            file.seek(self._start + self._position)
            data = file.read(wanted)
        self._position += len(data)
        return data

    @property
    def size(self) -> int:
        """The number of bytes."""
        return self._size

    def pieces(self, first: int, last: int) -> Iterator[bytes]:
        """Return the bytes from `first` to `last`, both included, a piece at a time.

        The file is opened at once: an object that is replaced or deleted meanwhile is still read to its end.

        Raises:
            OSError: the file is gone.
        """
        file = self._path.open("rb")
        file.seek(self._start + first)
        return _pieces(file, last - first + 1)

    def close(self) -> None:
        """Change nothing: the bytes belong to the folder that they lie in."""


def _pieces(file: BinaryIO, left: int) -> Iterator[bytes]:
    with file:
        while left > 0 and (piece := file.read(min(left, _PIECE))):
            left -= len(piece)
            yield piece

"""An object's bytes that stay on disk: what moto keeps in memory of each object otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


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

    def close(self) -> None:
        """Change nothing: the bytes belong to the folder that they lie in."""

"""A text that is made piece by piece, as a file to read from."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class TextStream(io.RawIOBase):
    """Reads the pieces of a text, in UTF-8, as the bytes of a file; it cannot be rewound.

    Args:
        pieces: the text.
    """

    def __init__(self, pieces: Iterator[str]) -> None:
        self._pieces = pieces
        self._rest = b""

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Return the next `size` bytes, fewer only at the end; all of them if `size` is negative."""
        parts = [self._rest]
        length = len(self._rest)
        while size < 0 or length < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            parts.append(piece.encode())
            length += len(parts[-1])
        whole = b"".join(parts)
        wanted = whole if size < 0 else whole[:size]
        self._rest = whole[len(wanted) :]
        return wanted

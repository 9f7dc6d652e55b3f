"""The bytes of an object, unpacked, and its text; both a piece at a time."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import TYPE_CHECKING

from lambdas.shared.csv_dialect import decode
from simulator.aws.map_run.items.items import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

PIECE = 256 * 1024


def gunzip(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Return the unpacked bytes, of all members of the file, in pieces that stay small however well it was packed.

    Raises:
        UnreadableError: if it is not gzip, is damaged, or ends in the middle.
    """
    try:
        with gzip.GzipFile(fileobj=io.BufferedReader(_ChunkFile(chunks)), mode="rb") as file:
            while piece := file.read(PIECE):
                yield piece
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise UnreadableError(f"The object is not a whole gzip file, as its key's suffix says: {error}") from error


def unzstd(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Return the unpacked bytes of a Zstandard file, in small pieces.

    Raises:
        UnreadableError: if it is not Zstandard, is damaged, or ends in the middle.
    """
    import pyarrow as pa  # noqa: PLC0415 - it takes a quarter of a second, and few objects are packed so

    try:
        with pa.CompressedInputStream(pa.PythonFile(_ChunkFile(chunks), mode="r"), "zstd") as file:
            while piece := file.read(PIECE):
                yield piece
    except (pa.ArrowException, OSError) as error:
        raise UnreadableError(f"The object is not a whole ZSTD file, as its key's suffix says: {error}") from error


class _ChunkFile(io.RawIOBase):
    """Chunks as a file to read."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        super().__init__()
        self._chunks = chunks
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # any writable buffer
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = chunk
        taken = self._rest[: len(buffer)]
        buffer[: len(taken)] = taken
        self._rest = self._rest[len(taken) :]
        return len(taken)


def utf8_text(chunks: Iterator[bytes]) -> Iterator[str]:
    """Decode UTF-8 chunks, wherever they are cut.

    Raises:
        UnreadableError: if they are not UTF-8; it names the line and the byte.
    """
    newlines = 0

    def counted() -> Iterator[bytes]:
        nonlocal newlines
        for chunk in chunks:
            newlines += chunk.count(b"\n")
            yield chunk

    try:
        yield from decode(counted())
    except UnicodeDecodeError as error:
        line = newlines - error.object.count(b"\n", error.start) + 1
        byte = error.object[error.start]
        raise UnreadableError(
            f"The object is not UTF-8: line {line} has the byte 0x{byte:02x} ({error.reason}). Save the file as UTF-8."
        ) from error

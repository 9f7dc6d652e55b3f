"""The text of an object, a chunk at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambdas.shared.csv_dialect import decode
from simulator.aws.map_run.items.items import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator


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

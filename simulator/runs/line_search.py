"""Finds the few lines of a big file that can matter, without parsing or even cutting up the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_BLOCK = 1 << 20


def blocks(path: Path) -> Iterator[bytes]:
    """Yield a file in pieces of about a megabyte, each of whole lines; nothing for a file that cannot be opened.

    Read, not mapped into memory: a mapped file that another process cuts off would kill this one.
    """
    try:
        file = path.open("rb")
    except OSError:
        return
    with file:
        while data := file.read(_BLOCK):
            yield data + file.readline()


def lines_with(path: Path, *needles: bytes) -> Iterator[bytes]:
    """Yield the lines that contain one of the needles, in order, each once, without the newline."""
    for block in blocks(path):
        for start in sorted(set().union(*(_starts(block, needle) for needle in needles))):
            end = block.find(b"\n", start)
            yield block[start:] if end < 0 else block[start:end]


def _starts(block: bytes, needle: bytes) -> Iterator[int]:
    """Where the lines begin that contain the needle."""
    position = block.find(needle)
    while position >= 0:
        yield block.rfind(b"\n", 0, position) + 1
        end = block.find(b"\n", position)
        position = -1 if end < 0 else block.find(needle, end)

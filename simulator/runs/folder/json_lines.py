"""Files of one JSON object per line: appended by one process while others read and search them."""

from __future__ import annotations

import errno
import json
import os
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_BLOCK = 65_536
_SEARCHED = 1 << 20


def encode(value: Any, *, indent: bool = False) -> bytes:
    """Return JSON in UTF-8; what orjson refuses (huge integers, lone surrogates) is written by `json`."""
    try:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2 if indent else None)
    except TypeError:
        return json.dumps(value, indent=2 if indent else None, default=str).encode()


class LineFile:
    """A file that is appended to a whole line at a time: one unbuffered write each, so that threads need no lock.

    A half-written last line, left by a process that was killed, is cut off when the file is opened.

    Raises:
        OSError: on opening or writing.
    """

    def __init__(self, path: Path) -> None:
        _cut_half_line(path)
        self._torn = False
        self._fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)

    def write(self, *values: Any) -> None:
        """Append each value as a line; no other line comes between them."""
        line = b"".join(encode(value) + b"\n" for value in values)
        if self._torn:  # a half line is none; the next one must not be glued to it
            os.write(self._fd, b"\n")
            self._torn = False
        if os.write(self._fd, line) != len(line):
            self._torn = True
            raise OSError(errno.ENOSPC, "a line was written only in part: the disk may be full")

    def close(self) -> None:
        """Close the file; closing twice is harmless."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a file; a missing file is an empty one, a line that is not a JSON object is left out."""
    for _, value in read_lines_at(path):
        yield value


def read_lines_at(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (offset in bytes, object) for each line."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        offset = 0
        for line in file:
            value = parse_line(line)
            if value is not None:
                yield offset, value
            offset += len(line)


def parse_line(line: bytes) -> dict[str, Any] | None:
    """Return the object of a line, or None: the beginning of a JSON object never parses, so a half line is none."""
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError:
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            return None
    return value if isinstance(value, dict) else None


def blocks(path: Path) -> Iterator[bytes]:
    """Yield a file in pieces of about a megabyte, each of whole lines; nothing for a file that cannot be opened.

    Read, not mapped into memory: a mapped file that another process cuts off would kill this one.
    """
    try:
        file = path.open("rb")
    except OSError:
        return
    with file:
        while data := file.read(_SEARCHED):
            yield data + file.readline()


def lines_with(path: Path, *needles: bytes) -> Iterator[bytes]:
    """Yield the lines that contain one of the needles, in order, each once, without the newline.

    The other lines of a big file are neither parsed nor cut out.
    """
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


def _cut_half_line(path: Path) -> None:
    try:
        file = path.open("rb+")
    except FileNotFoundError:
        return
    with file:
        end = file.seek(0, os.SEEK_END)
        position = end
        while position:
            start = max(0, position - _BLOCK)
            file.seek(start)
            newline = file.read(position - start).rfind(b"\n")
            if newline >= 0:
                position = start + newline + 1
                break
            position = start
        if position != end:
            file.truncate(position)

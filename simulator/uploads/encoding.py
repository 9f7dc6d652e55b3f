"""Files as spreadsheets save them, made into what S3 accepts: UTF-8 without BOM."""

from __future__ import annotations

import codecs
import re
from itertools import chain
from typing import TYPE_CHECKING

from lambdas.shared.jis_text import LINE_DECODERS
from lambdas.shared.old_japanese import whole_lines
from lambdas.shared.utf8_text import find_problem
from simulator.runs.suggested_command import command

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from lambdas.shared.encodings import EncodingError

CHUNK = 262_144
_BOM = "\ufeff"
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def problem_of_file(path: Path) -> EncodingError | None:
    """Return why a file is not UTF-8 without BOM, and what it is; None where it is UTF-8.

    Raises:
        OSError: it cannot be read.
    """
    return find_problem(read_chunks(path))


def converted(chunks: Iterable[bytes], codec: str) -> Iterator[bytes]:
    """Yield the text as UTF-8 without any byte order mark.

    Raises:
        UnicodeDecodeError: it is not in that encoding.
    """
    begun = False
    for piece in _decoded(chunks, codec):
        text = piece
        if not begun:
            text = text.lstrip(_BOM)
            begun = bool(text)
        yield text.encode()


def _decoded(chunks: Iterable[bytes], codec: str) -> Iterator[str]:
    of_lines = LINE_DECODERS.get(codec)
    if of_lines is not None:
        yield from map(of_lines, whole_lines(b"", iter(chunks)))
        return
    decoder = codecs.getincrementaldecoder(codec)()
    for chunk in chain(filter(None, chunks), (b"",)):
        yield decoder.decode(chunk, not chunk)


def reads_as(path: Path, codec: str) -> bool:
    """Whether all of a file is text in an encoding.

    Raises:
        OSError: it cannot be read.
    """
    try:
        return not any(_NO_TEXT.search(text) for text in _decoded(read_chunks(path), codec))
    except UnicodeDecodeError:
        return False


def advice(problem: EncodingError, path: Path) -> str:
    """Return what makes UTF-8 of a file that nobody can convert unasked; empty if nothing does.

    Only encodings that read the whole file are named.

    Raises:
        OSError: it cannot be read.
    """
    codecs_ = [codec for codec in problem.codecs if reads_as(path, codec)]
    if not codecs_:
        return ""
    first, *others = codecs_
    more = f" (it reads as {', '.join(others)} too; then name that one)" if others else ""
    return f"If you know that all of it is {first}{more}: {command('convert', path, '--from', first)}"


def read_chunks(path: Path) -> Iterator[bytes]:
    """Yield a file's bytes in pieces.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk

"""Files as spreadsheets save them, made into what S3 accepts: UTF-8 without BOM."""

from __future__ import annotations

import codecs
import re
from itertools import chain
from typing import TYPE_CHECKING

from lambdas.shared.encodings.jis_text import LINE_DECODERS
from lambdas.shared.encodings.old_japanese import whole_lines
from lambdas.shared.encodings.utf8_text import find_problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from lambdas.shared.encodings.encoding import EncodingError

CHUNK = 262_144
_BOM = "\ufeff"
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def problem_of_file(path: Path) -> EncodingError | None:
    """Return why a file is not UTF-8 without BOM, and what it is; None if it is UTF-8.

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


def readable_codecs(problem: EncodingError, path: Path) -> list[str]:
    """Return which of the encodings that a file may be in read all of it, the most likely first.

    Raises:
        OSError: it cannot be read.
    """
    return [codec for codec in problem.codecs if _reads_as(path, codec)]


def _reads_as(path: Path, codec: str) -> bool:
    try:
        return not any(_NO_TEXT.search(text) for text in _decoded(read_chunks(path), codec))
    except UnicodeDecodeError:
        return False


def read_chunks(path: Path) -> Iterator[bytes]:
    """Yield a file's bytes in pieces.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk

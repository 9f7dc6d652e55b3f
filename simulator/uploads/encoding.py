"""Files as spreadsheets save them, made into what S3 accepts: UTF-8 without BOM."""

from __future__ import annotations

import codecs
from itertools import chain
from typing import TYPE_CHECKING

from lambdas.shared.utf8_text import find_problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from lambdas.shared.encodings import EncodingError

CHUNK = 262_144
_BOM = "\ufeff"


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
    decoder = codecs.getincrementaldecoder(codec)()
    begun = False
    for chunk in chain(filter(None, chunks), (b"",)):
        text = decoder.decode(chunk, not chunk)
        if not begun:
            text = text.lstrip(_BOM)
            begun = bool(text)
        yield text.encode()


def read_chunks(path: Path) -> Iterator[bytes]:
    """Yield a file's bytes in pieces.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk

"""Files as spreadsheets save them, made into what S3 accepts: UTF-8 without BOM.

What is valid UTF-8 without BOM is never touched. The choice is the same for the same bytes, always: a BOM decides; else
UTF-8 where the whole file is; else CP932 (Microsoft's Shift_JIS) where the whole file is and reads as text.
"""

from __future__ import annotations

import codecs
import re
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

CHUNK = 262_144

# Bytes that CP932 maps to control or private characters, and controls that no CSV holds: the file is no Shift_JIS text.
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80\xa0\uf8f0-\uf8f3]")


class Encoding(Enum):
    """How a file's text is stored; the value is Python's name of the codec."""

    UTF_8 = "utf-8"
    UTF_8_BOM = "utf-8-sig"
    UTF_16 = "utf-16"
    SHIFT_JIS = "cp932"
    UNKNOWN = ""

    @property
    def title(self) -> str:
        """The encoding's name for people."""
        return _TITLES[self]

    @property
    def needs_conversion(self) -> bool:
        """Whether a file in it can and must be converted before it is uploaded."""
        return self not in (Encoding.UTF_8, Encoding.UNKNOWN)


_TITLES = {
    Encoding.UTF_8: "UTF-8",
    Encoding.UTF_8_BOM: "UTF-8 with BOM",
    Encoding.UTF_16: "UTF-16",
    Encoding.SHIFT_JIS: "Shift_JIS (CP932)",
    Encoding.UNKNOWN: "an unknown encoding",
}


def detect(chunks: Iterable[bytes]) -> Encoding:
    """Return the encoding of a file given in pieces, however it is cut; memory holds one piece."""
    source = iter(chunks)
    head = b""
    for chunk in source:
        head += chunk
        if len(head) >= len(codecs.BOM_UTF8):
            break
    marked = _by_bom(head)
    candidates = (
        {marked: _Check(marked)} if marked else {one: _Check(one) for one in (Encoding.UTF_8, Encoding.SHIFT_JIS)}
    )
    for chunk in _chain(head, source):
        candidates = {one: check for one, check in candidates.items() if check.accepts(chunk)}
        if not candidates:
            return Encoding.UNKNOWN
    return next((one for one, check in candidates.items() if check.accepts(b"", final=True)), Encoding.UNKNOWN)


def detect_file(path: Path) -> Encoding:
    """Return the encoding of a file.

    Raises:
        OSError: it cannot be read.
    """
    return detect(read_chunks(path))


def converted(chunks: Iterable[bytes], encoding: Encoding) -> Iterator[bytes]:
    """Yield the text as UTF-8 without BOM.

    Raises:
        UnicodeDecodeError: where it is not in that encoding.
    """
    decoder = codecs.getincrementaldecoder(encoding.value)()
    for chunk in chunks:
        yield decoder.decode(chunk).encode()
    yield decoder.decode(b"", final=True).encode()


def read_chunks(path: Path) -> Iterator[bytes]:
    """Yield a file's bytes in pieces.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _by_bom(head: bytes) -> Encoding | None:
    if head.startswith(codecs.BOM_UTF8):
        return Encoding.UTF_8_BOM
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Encoding.UTF_16
    return None


def _chain(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from rest


class _Check:
    """Whether bytes are text in one encoding, fed in pieces."""

    def __init__(self, encoding: Encoding) -> None:
        self._decoder = codecs.getincrementaldecoder(encoding.value)()
        self._must_be_text = encoding in (Encoding.SHIFT_JIS, Encoding.UTF_16)

    def accepts(self, chunk: bytes, *, final: bool = False) -> bool:
        try:
            text = self._decoder.decode(chunk, final)
        except UnicodeDecodeError:
            return False
        return not (self._must_be_text and _NO_TEXT.search(text))

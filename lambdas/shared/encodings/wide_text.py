"""UTF-16 and UTF-32."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from lambdas.shared.encodings.encoding import SAVE, Encoding, EncodingError

if TYPE_CHECKING:
    from collections.abc import Iterator

_WITHOUT_BOM = (Encoding.UTF_32_LE, Encoding.UTF_32_BE, Encoding.UTF_16_LE, Encoding.UTF_16_BE)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_ASCII_SHARE = 5
"""At least one in five characters of a CSV is ASCII: delimiters, newlines, digits."""


def wide_without_bom(sample: bytes) -> Encoding | None:
    """Return the encoding that a file's beginning, which has NUL bytes, reads as text in."""
    for encoding in _WITHOUT_BOM:
        try:
            text = codecs.getincrementaldecoder(encoding.value)().decode(sample)
        except UnicodeDecodeError:
            continue
        ascii_count = sum(map(str.isascii, text))
        if text and not _CONTROLS.search(text) and ascii_count * _ASCII_SHARE >= len(text):
            return encoding
    return None


def check_wide(encoding: Encoding, head: bytes, rest: Iterator[bytes]) -> EncodingError:
    """Read the whole file in an encoding that its beginning shows, and return what to say of it."""
    decoder = codecs.getincrementaldecoder(encoding.value)()
    line = 1
    piece = head
    while True:
        try:
            text = decoder.decode(piece, not piece)
        except UnicodeDecodeError as error:
            # The decoder gives nothing of a piece that fails, so its good part is counted here.
            good = codecs.getincrementaldecoder(_plain(encoding, head))().decode(error.object[: error.start])
            line += good.count("\n")
            if not piece:
                return EncodingError(
                    line, f"The file is {encoding.title} and ends in the middle of a character: it is cut off."
                )
            return EncodingError(line, _broken(encoding))
        control = _CONTROLS.search(text)
        if control is not None:
            line += text.count("\n", 0, control.start())
            return EncodingError(line, _broken(encoding))
        line += text.count("\n")
        if not piece:
            looks = "looks like" if encoding in _WITHOUT_BOM else "is"
            return EncodingError(1, f"The file {looks} {encoding.title}: {SAVE}.", encoding)
        piece = next(rest, b"")


def _broken(encoding: Encoding) -> str:
    return f"The file looks like {encoding.title}, and this line is not: correct it, and save the file as UTF-8."


def _plain(encoding: Encoding, head: bytes) -> str:
    """Return the codec with its byte order named."""
    if encoding in _WITHOUT_BOM:
        return encoding.value
    return f"{encoding.value}-{'be' if head.startswith((codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)) else 'le'}"

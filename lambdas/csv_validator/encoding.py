"""UTF-8, checked while it is read; what is something else is named."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CONVERT = "save it as UTF-8 without BOM (in Excel: `python -m simulator convert FILE` does it)"


class EncodingFault(Exception):
    """The file is not UTF-8 without BOM; `line` is where that shows."""

    def __init__(self, line: int, message: str) -> None:
        self.line = line
        super().__init__(message)


def utf8_text(chunks: Iterable[bytes]) -> Iterator[str]:
    """Decode chunks, wherever they are cut.

    Raises:
        EncodingFault: where the bytes are not UTF-8, begin with a byte order mark, or hold a NUL.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    line = 1
    first = True
    for chunk in chunks:
        if first and chunk:
            _check_beginning(chunk)
            first = False
        if b"\0" in chunk:
            at = line + chunk[: chunk.index(b"\0")].count(b"\n")
            raise EncodingFault(at, "The file is binary: it has NUL bytes. It must be CSV text in UTF-8.")
        pending = decoder.getstate()[0]
        try:
            text = decoder.decode(chunk)
        except UnicodeDecodeError as error:
            raise _not_utf8(pending + chunk, error.start, line) from error
        yield text
        line += chunk.count(b"\n")
    try:
        yield decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise EncodingFault(line, "The file ends in the middle of a UTF-8 character: it is cut off.") from error


def _check_beginning(chunk: bytes) -> None:
    if chunk.startswith(codecs.BOM_UTF8):
        raise EncodingFault(1, f"The file begins with a byte order mark (BOM, EF BB BF): {CONVERT}.")
    if chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise EncodingFault(1, f"The file is UTF-16: {CONVERT}.")


def _not_utf8(data: bytes, start: int, line: int) -> EncodingFault:
    at = line + data[:start].count(b"\n")
    shown = " ".join(f"{byte:02X}" for byte in data[start : start + 4])
    if _is_shift_jis(data):
        return EncodingFault(at, f"The file is Shift_JIS (CP932), not UTF-8: {CONVERT}.")
    return EncodingFault(at, f"The file is not UTF-8: the bytes {shown} mean nothing there; {CONVERT}.")


def _is_shift_jis(data: bytes) -> bool:
    """Tell whether data reads as CP932 up to its last line (which may be cut)."""
    whole = data[: data.rfind(b"\n") + 1] or data
    try:
        text = whole.decode("cp932")
    except UnicodeDecodeError:
        return False
    return all(character.isprintable() or character in "\t\r\n" for character in text)

"""UTF-8, checked while it is read; what is something else is named."""

from __future__ import annotations

import codecs
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CONVERT = "save it as UTF-8 without BOM (in Excel: `python -m simulator convert FILE` does it)"
SAMPLE = 4096
_ZIP = b"PK\x03\x04"
_FEW = 4


class EncodingFault(Exception):
    """The file is not UTF-8 without BOM; `line` is where that shows."""

    def __init__(self, line: int, message: str) -> None:
        self.line = line
        super().__init__(message)


def utf8_text(chunks: Iterable[bytes]) -> Iterator[str]:
    """Decode chunks, wherever they are cut; what precedes a fault is given before it is raised.

    Raises:
        EncodingFault: where the bytes are not UTF-8, begin with a byte order mark, or hold a NUL.
    """
    pieces = _with_long_head(chunks)
    decoder = codecs.getincrementaldecoder("utf-8")()
    line = 1
    ascii_so_far = True
    for number, piece in enumerate(pieces):
        if number == 0:
            _check_head(piece[:SAMPLE])
        before_nul, nul, _ = piece.partition(b"\0")
        try:
            text = decoder.decode(before_nul)
        except UnicodeDecodeError as error:
            good, bad = error.object[: error.start], error.object[error.start :]
            text = good.decode()
            yield text
            raise _not_utf8(
                line + text.count("\n"), _sample(bad, pieces), may_be_shift_jis=ascii_so_far and text.isascii()
            ) from error
        yield text
        line += text.count("\n")
        ascii_so_far = ascii_so_far and text.isascii()
        if nul:
            raise EncodingFault(line, "The file has a NUL byte on this line: it must be CSV text in UTF-8.")
    try:
        yield decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise EncodingFault(line, "The file ends in the middle of a UTF-8 character: it is cut off.") from error


def _with_long_head(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Give chunks of which the first is long enough to know the file by."""
    rest = iter(chunks)
    head = _sample(b"", rest)
    if head:
        yield head
    yield from rest


def _sample(data: bytes, following: Iterator[bytes]) -> bytes:
    """Return data with as many chunks after it as make a sample."""
    while len(data) < SAMPLE:
        more = list(islice(following, 1))
        if not more:
            break
        data += more[0]
    return data


def _check_head(head: bytes) -> None:
    if head.startswith(codecs.BOM_UTF8):
        raise EncodingFault(1, f"The file begins with a byte order mark (BOM, EF BB BF): {CONVERT}.")
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise EncodingFault(1, f"The file is UTF-16: {CONVERT}.")
    nuls = [position for position, byte in enumerate(head) if byte == 0]
    if not nuls:
        return
    if len(nuls) >= _FEW and len({position % 2 for position in nuls}) == 1:
        raise EncodingFault(1, f"The file looks like UTF-16 without BOM: {CONVERT}.")
    what = "binary, an Excel workbook or another ZIP archive" if head.startswith(_ZIP) else "binary: it has NUL bytes"
    line = 1 + head.count(b"\n", 0, nuls[0])
    raise EncodingFault(line, f"The file is {what}. It must be CSV text: in Excel, save it as CSV UTF-8.")


def _not_utf8(line: int, sample: bytes, *, may_be_shift_jis: bool) -> EncodingFault:
    if may_be_shift_jis and _is_shift_jis(sample):
        return EncodingFault(line, f"The file is Shift_JIS (CP932), not UTF-8: {CONVERT}.")
    shown = " ".join(f"{byte:02X}" for byte in sample[:4])
    return EncodingFault(line, f"The file is not UTF-8: this line has the bytes {shown}; {CONVERT}.")


def _is_shift_jis(sample: bytes) -> bool:
    """Tell whether a sample, which begins with its first character beyond ASCII, reads as CP932.

    Where other UTF-8 precedes it this is not asked: broken UTF-8 often reads as CP932, and a file is one or the other.
    """
    if len(sample) >= SAMPLE:
        sample = sample[:SAMPLE]
        sample = sample[: sample.rfind(b"\n") + 1] or sample
    try:
        text = codecs.getincrementaldecoder("cp932")().decode(sample)
    except UnicodeDecodeError:
        return False
    return bool(text) and all(character.isprintable() or character in "\u3000\t\r\n" for character in text)

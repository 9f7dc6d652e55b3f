"""UTF-8, checked while it is read; what is something else is named. The one place that tells encodings apart.

The same bytes always give the same answer: a byte order mark decides; else NUL bytes, which only UTF-16 and UTF-32 text
has; else it is UTF-8, unless a byte says otherwise; then see `old_japanese`. What is valid UTF-8 is never taken for
anything else, and a file that mixes encodings is never converted.
"""

from __future__ import annotations

import codecs
import re
from itertools import islice
from typing import TYPE_CHECKING

from lambdas.shared.encodings.encoding import OLD_CODECS, SAVE, Encoding, EncodingError, shown_bytes
from lambdas.shared.encodings.jis_text import decode_iso_2022_jp
from lambdas.shared.encodings.old_japanese import judged, whole_lines
from lambdas.shared.encodings.wide_text import check_wide, wide_without_bom

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SAMPLE = 4096
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")

_ISO_2022_JP = re.compile(r"\x1b(?:\$[@B]|\$\(D|\([IJ])")
_LONGEST_ESCAPE = 4
_BEYOND_TWO_BYTES = re.compile("[\u0800-\U0010ffff]")
_BY_CHANCE = 2
"""So many characters of three bytes may be another encoding's bytes, which by chance are valid UTF-8."""
_CUT_OFF = "The file ends in the middle of a UTF-8 character: it is cut off."


def utf8_text(chunks: Iterable[bytes]) -> Iterator[str]:
    """Decode chunks, wherever they are cut; what precedes a problem is given before it is raised.

    Where there is a problem, the rest of the file is read to tell what it is.

    Raises:
        EncodingError: the bytes are not UTF-8, begin with a byte order mark, or hold a NUL.
    """
    pieces = _with_long_head(chunks)
    head = next(pieces, b"")
    _check_head(head, pieces)
    yield from _checked(head, pieces, _Reader())


def _checked(head: bytes, pieces: Iterator[bytes], reader: _Reader) -> Iterator[str]:
    piece = head
    while piece:
        before_nul, nul, _ = piece.partition(b"\0")
        try:
            text = reader.decode(before_nul)
        except UnicodeDecodeError as error:
            good, bad = error.object[: error.start].decode(), error.object[error.start :]
            yield good
            escape = reader.escape_in(good)
            if escape is not None:
                raise _iso_2022_jp(escape[0], escape[1] + bad + piece[len(before_nul) :], pieces) from error
            reader.take(good)
            raise reader.not_utf8(bad + piece[len(before_nul) :], pieces) from error
        escape = reader.escape_in(text)
        if escape is not None:
            line, begun = escape
            raise _iso_2022_jp(line, begun + piece[len(before_nul) :], pieces)
        yield reader.take(text)
        if nul:
            raise EncodingError(reader.line, "The file has a NUL byte on this line: it must be CSV text in UTF-8.")
        piece = next(pieces, b"")
    try:
        yield reader.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise EncodingError(reader.line, _CUT_OFF) from error


def detect(chunks: Iterable[bytes]) -> Encoding:
    """Return the encoding of a file given in pieces, however it is cut."""
    problem = find_problem(chunks)
    return Encoding.UTF_8 if problem is None else problem.encoding


def find_problem(chunks: Iterable[bytes]) -> EncodingError | None:
    """Return why a file is not UTF-8 without BOM; None if it is."""
    try:
        for _ in utf8_text(chunks):
            pass
    except EncodingError as problem:
        return problem
    return None


class _Reader:
    """Decodes, and remembers what has been seen."""

    def __init__(self, *, marked: bool = False) -> None:
        self._marked = marked
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self.line = 1
        self._last = ""
        self._first_line_beyond_ascii: int | None = None
        self._three_bytes = 0

    def decode(self, data: bytes, *, final: bool = False) -> str:
        return self._decoder.decode(data, final)

    def escape_in(self, text: str) -> tuple[int, bytes] | None:
        """Return where ISO-2022-JP begins in text that is about to be taken: its line, and all bytes from there on.

        All bytes of ISO-2022-JP are ASCII.
        """
        with_last = self._last + text
        escape = None
        if self._first_line_beyond_ascii is None and "\x1b" in with_last:
            escape = _ISO_2022_JP.search(with_last)
        if escape is None or not with_last[: escape.start()].isascii():
            return None
        line = self.line - self._last.count("\n") + with_last.count("\n", 0, escape.start())
        return line, with_last[escape.start() :].encode() + self._decoder.getstate()[0]

    def take(self, text: str) -> str:
        """Note what has been decoded, and return it."""
        if self._first_line_beyond_ascii is None and not text.isascii():
            ascii_part = next(position for position, one in enumerate(text) if not one.isascii())
            self._first_line_beyond_ascii = self.line + text.count("\n", 0, ascii_part)
        if self._three_bytes <= _BY_CHANCE and not text.isascii():
            self._three_bytes += len(_BEYOND_TWO_BYTES.findall(text))
        self.line += text.count("\n")
        self._last = (self._last + text)[1 - _LONGEST_ESCAPE :]
        return text

    def not_utf8(self, bad: bytes, rest: Iterator[bytes]) -> EncodingError:
        """Return what is wrong with bytes that are not UTF-8."""
        if self._first_line_beyond_ascii is None and not self._marked:
            return judged(self.line, self._last[-1:].encode(), bad, rest)
        return self._mixed(_sample(bad, rest)[:SAMPLE])

    def _mixed(self, bad: bytes) -> EncodingError:
        """Broken UTF-8 often reads as Shift_JIS too: to convert it would make it worse."""
        codecs = () if self._three_bytes > _BY_CHANCE or self._marked else OLD_CODECS
        reading = re.split(rb"[\r\n]", bad, maxsplit=1)[0][:40].decode("cp932", "ignore").strip()
        in_old = f"; in Shift_JIS that is {reading!r}" if reading and reading.isprintable() else ""
        known = "begins with the byte order mark of UTF-8"
        if self._first_line_beyond_ascii is not None:
            known = f"is UTF-8 up to here (line {self._first_line_beyond_ascii} is)"
        return EncodingError(
            self.line,
            f"The file {known}, and this line is not UTF-8: it has the bytes {shown_bytes(bad)}{in_old}. "
            "Correct this line, and save the file as UTF-8.",
            codecs=codecs,
        )


def _iso_2022_jp(first: int, begun: bytes, rest: Iterator[bytes]) -> EncodingError:
    """Return what to say of a file that is ASCII up to an escape of ISO-2022-JP, which `begun` begins with."""
    line = first
    for data in whole_lines(begun, rest):
        for text in data.splitlines(keepends=True):
            try:
                decode_iso_2022_jp(text)
            except UnicodeDecodeError:
                return EncodingError(
                    line,
                    f"The file is ISO-2022-JP (JIS) up to here (line {first} is), and this line is not: it has the "
                    f"bytes {shown_bytes(text)}. Correct this line, and save the file as UTF-8.",
                )
            line += text.endswith(b"\n")
    return EncodingError(first, f"The file is ISO-2022-JP (JIS), not UTF-8: {SAVE}.", codecs=("iso2022_jp",))


def _with_long_head(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Give chunks of which the first is long enough to know the file by; none is empty."""
    rest = (chunk for chunk in chunks if chunk)
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


def _check_head(head: bytes, rest: Iterator[bytes]) -> None:
    sample = head[:SAMPLE]
    if head.startswith(codecs.BOM_UTF8):
        raise _marked_utf8(head, rest)
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise check_wide(Encoding.UTF_32, head, rest)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise check_wide(Encoding.UTF_16, head, rest)
    if b"\0" not in sample:
        return
    wide = wide_without_bom(sample)
    if wide is not None:
        raise check_wide(wide, head, rest)
    what = (
        "binary, an Excel workbook or another ZIP archive"
        if head.startswith(_WORKBOOKS)
        else "binary: it has NUL bytes"
    )
    line = 1 + sample[: sample.index(b"\0")].count(b"\n")
    raise EncodingError(line, f"The file is {what}. It must be CSV text: in Excel, save it as CSV UTF-8.")


def _marked_utf8(head: bytes, rest: Iterator[bytes]) -> EncodingError:
    """Return the problem of a file with a byte order mark, or with several, as two programs in turn may write."""
    marks = 0
    while head.startswith(codecs.BOM_UTF8, 3 * marks):
        marks += 1
    what = "a byte order mark" if marks == 1 else f"{marks} byte order marks"

    reader = _Reader(marked=True)
    try:
        for _ in _checked(head[3 * marks :] or next(rest, b""), rest, reader):
            pass
    except EncodingError as problem:
        return problem
    return EncodingError(1, f"The file begins with {what} (BOM, EF BB BF): {SAVE}.", Encoding.UTF_8_BOM)

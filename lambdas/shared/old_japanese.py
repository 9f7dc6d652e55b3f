"""Shift_JIS (CP932) and EUC-JP told apart, and from files that mix encodings: what is doubtful is never converted.

A file is Shift_JIS if nothing but ASCII precedes its first byte that is not UTF-8, all of it reads as CP932 text, and
nothing in it is UTF-8 or kana in EUC-JP. Two half-width katakana often make a valid UTF-8 character: they are let
through only in a file that has other half-width katakana, which are not UTF-8. Latin-1 reads as CP932 too, with one odd
character inside each word: if most words are such, the file is not Japanese.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from lambdas.shared.encodings import CONVERT, Encoding, EncodingError, convert_from, shown_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAX_LINE = 8 * 1024 * 1024
# Bytes that CP932 maps to control or private characters, and controls that no CSV holds.
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80\xa0\uf8f0-\uf8f3]")
_UTF8_RUN = re.compile(
    rb"(?<![\x80-\xff])(?:[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})+(?![\x80-\xff])"
)
# 渡邊洋子: the second byte of 洋 is a letter, so that 邊 and the first one look like one character in UTF-8.
_KANJI_AND_LEAD = re.compile(rb"[\xe0-\xef][\x80-\xbf][\x81-\x9f\xe0-\xfc][\x40-\x7e]")
_HALF_WIDTH_RUN = re.compile(rb"(?<![\x80-\xff])[\xa1-\xdf]{2,}(?![\x80-\xff])")
_EUC_RUN = re.compile(rb"(?<![\x80-\xff])(?:[\xa1-\xfe]{2}){2,}(?![\x80-\xff])")
_EUC_KANA = (0xA4, 0xA5)
_HALF_WIDTH = re.compile(rb"[\xa1-\xdf]+")
_WORD = re.compile("[^\x00-\x7f]+")
_ODD_ONE = re.compile("(?<=[A-Za-z])[^\x00-\x7f](?![^\x00-\x7f])|(?<![^\x00-\x7f])[^\x00-\x7f](?=[A-Za-z])")
_KANA = re.compile("[ぁ-ヶ]")
_OTHER = "Save it as UTF-8 in the program that wrote it; if you know its encoding, name it: " + convert_from("ENCODING")


def judged(line: int, before: bytes, bad: bytes, rest: Iterator[bytes]) -> EncodingError:
    """Say what a file is whose bytes are not UTF-8, and are ASCII up to there.

    Args:
        line: where that is.
        before: the byte before, if there is one.
        bad: the bytes from there on.
        rest: what follows them.
    """
    judge = _Judge(line, bad)
    for block in _blocks(before.strip(b"\n") + bad, rest):
        if not judge.take(block):
            break
    return judge.verdict()


def _blocks(data: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    """Give whole lines, many at a time; a line without end is given as it is."""
    for more in rest:
        end = data.rfind(b"\n") + 1
        if end or len(data) > _MAX_LINE:
            yield data[: end or len(data)]
            data = data[end:] if end else b""
        data += more
    end = data.rfind(b"\n") + 1
    if end:
        yield data[:end]
    if data[end:]:
        yield data[end:]


class _Judge:
    """Reads a file in both encodings, line by line."""

    def __init__(self, line: int, bad: bytes) -> None:
        self._first = line
        self._bad = bad
        self._line = line
        self._shift_jis = True
        self._euc = True
        self._kana = False
        self._words = 0
        self._odd = 0
        self._half_width = False
        self._other: tuple[int, str] | None = None
        self._perhaps_utf8_line: int | None = None
        self._broken: tuple[int, bytes] | None = None
        self._cut_off = False

    def take(self, block: bytes) -> bool:
        """Take in whole lines; False where nothing more can be learned."""
        if self._euc:
            self._read_euc(block)
        if self._shift_jis:
            self._read_shift_jis(block)
        self._line += block.count(b"\n")
        return self._euc or self._shift_jis

    def _read_euc(self, block: bytes) -> None:
        try:
            text = block.decode("euc_jp")
        except UnicodeDecodeError:
            self._euc = False
        else:
            self._euc = not _NO_TEXT.search(text)
            self._kana = self._kana or _KANA.search(text) is not None

    def _read_shift_jis(self, block: bytes) -> None:
        try:
            text = block.decode("cp932")
            problem = _NO_TEXT.search(text)
            start = len(text[: problem.start()].encode("cp932")) if problem else len(block)
        except UnicodeDecodeError as error:
            start = error.start
        if start < len(block):
            self._shift_jis = False
            self._broken = (self._line_of(block, start), block[start:].partition(b"\n")[0])
            self._cut_off = start == len(block) - 1
            block = block[: block.rfind(b"\n", 0, start) + 1]
            text = block.decode("cp932")
        self._words += len(_WORD.findall(text))
        self._odd += len(_ODD_ONE.findall(text))
        self._look_for_others(block)

    def _look_for_others(self, block: bytes) -> None:
        if not self._half_width:
            self._half_width = any(not _UTF8_RUN.fullmatch(one.group()) for one in _HALF_WIDTH_RUN.finditer(block))
        if self._other is None:
            found = [*islice(self._utf8_lines(block), 1), *islice(self._euc_lines(block), 1)]
            self._other = min(found, default=None)

    def _utf8_lines(self, block: bytes) -> Iterator[tuple[int, str]]:
        for found in _UTF8_RUN.finditer(block):
            if _KANJI_AND_LEAD.match(block, found.start()):
                continue
            around = block[max(found.start() - 1, 0) : found.start()] + block[found.end() : found.end() + 1]
            if _HALF_WIDTH.fullmatch(found.group()) and not re.search(rb"[0-9A-Za-z]", around):
                self._perhaps_utf8_line = self._perhaps_utf8_line or self._line_of(block, found.start())
            else:
                yield self._line_of(block, found.start()), "UTF-8"

    def _euc_lines(self, block: bytes) -> Iterator[tuple[int, str]]:
        """Kana in EUC-JP are half-width commas and dots in CP932, each before another character."""
        for found in _EUC_RUN.finditer(block):
            if sum(byte in _EUC_KANA for byte in found.group()[::2]) > 1:
                yield self._line_of(block, found.start()), "EUC-JP"

    def _line_of(self, block: bytes, position: int) -> int:
        return self._line + block.count(b"\n", 0, position)

    def verdict(self) -> EncodingError:
        """Say what the file is."""
        if self._euc and (self._kana or not self._shift_jis):
            return EncodingError(
                self._first, f"The file is EUC-JP, not UTF-8: {convert_from('euc_jp')} makes UTF-8 of it."
            )
        if self._odd * 2 > self._words or (not self._words and self._broken is not None):
            return self._unknown()
        other = self._other
        if other is None and not self._half_width and self._perhaps_utf8_line is not None:
            other = (self._perhaps_utf8_line, "UTF-8")
        if other is not None:
            return EncodingError(
                other[0],
                f"The file is Shift_JIS (CP932) up to here (line {self._first} is), and this line is {other[1]}, or "
                f"reads as such: bring all lines into one encoding. "
                f"If all of it is Shift_JIS: {convert_from('cp932')}.",
            )
        if self._broken is not None:
            return self._broken_shift_jis(*self._broken)
        if self._euc:
            return EncodingError(
                self._first,
                f"The file is Shift_JIS or EUC-JP, and reads as both: {convert_from('cp932')} takes it for the one, "
                "`--from euc_jp` for the other.",
            )
        return EncodingError(self._first, f"The file is Shift_JIS (CP932), not UTF-8: {CONVERT}.", Encoding.SHIFT_JIS)

    def _unknown(self) -> EncodingError:
        return EncodingError(
            self._first,
            f"The file is not UTF-8: this line has the bytes {shown_bytes(self._bad)}. {_OTHER} "
            "(for Latin-1: `--from cp1252`).",
        )

    def _broken_shift_jis(self, line: int, broken: bytes) -> EncodingError:
        if self._cut_off:
            return EncodingError(
                line, "The file is Shift_JIS (CP932) and ends in the middle of a character: it is cut off."
            )
        return EncodingError(
            line,
            f"The file is Shift_JIS (CP932) up to here (line {self._first} is), and this line is not: it has the bytes "
            f"{shown_bytes(broken)}. Correct this line, and save the file as UTF-8.",
        )

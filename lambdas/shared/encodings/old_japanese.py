"""Shift_JIS (CP932) and EUC-JP told apart, and from files that mix encodings: what is doubtful is never converted.

A file is Shift_JIS if nothing but ASCII precedes its first byte that is not UTF-8, all of it reads as CP932 text, and
something proves that it is Japanese: nearly any bytes read as CP932, half-width katakana above all. The proof is a word
of kana or usual kanji: their first bytes (81 to 9F) are hardly letters in any other encoding. Nothing in it may read as
another encoding: UTF-8, kana in EUC-JP, one odd character beside Latin letters. Two half-width katakana often make a
valid UTF-8 character: nobody can tell then, and a person must.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from lambdas.shared.encodings.encoding import OLD_CODECS, SAVE, Encoding, EncodingError, shown_bytes
from lambdas.shared.encodings.jis_text import decode_euc

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAX_LINE = 8 * 1024 * 1024
# Bytes that CP932 maps to control or private characters, and controls that no CSV holds.
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80\xa0\uf8f0-\uf8f3]")
_UTF8_RUN = re.compile(
    rb"(?<![\x80-\xff])(?:[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})+(?![\x80-\xff])"
)
# 渡邊洋子: the second byte of 洋 is a letter, so that 邊 and the first one look like one character in UTF-8.
# E2 80 is left out: in UTF-8 it begins the quotes and dashes of other languages, as in O’Brien.
_KANJI_AND_LEAD = re.compile(rb"(?!\xe2\x80)[\xe0-\xef][\x80-\xbf][\x81-\x9f\xe0-\xfc][\x40-\x7e]")
_EUC_RUN = re.compile(rb"(?<![\x80-\xff])(?:[\xa1-\xfe]{2}){2,}(?![\x80-\xff])")
_EUC_KANA = (0xA4, 0xA5)
_WORD = re.compile("[^\x00-\x7f]+")
_ODD_ONE = re.compile("(?<=[A-Za-z])[^\x00-\x7f](?![^\x00-\x7f])|(?<![^\x00-\x7f])[^\x00-\x7f](?=[A-Za-z])")
_ALONE = re.compile("(?<![^\x00-\x7f])(?:[\uff61-\uff9f](?![^\x00-\x7f])|[^\x00-\x7f](?=[a-z]))|[\ue000-\uf8ff]")
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_JAPANESE = re.compile("[ぁ-んァ-ヶー々〆一-龠]{2,}")
_KANA = re.compile("[ぁ-んァ-ヶ]{2,}")
_USUAL_LEAD = range(0x81, 0xA0)
_NAMED = 5
_LATIN = ("cp1252", "cp1251")


def judged(line: int, before: bytes, bad: bytes, rest: Iterator[bytes]) -> EncodingError:
    """Say what a file is whose bytes are not UTF-8, and are ASCII up to there.

    Args:
        line: where that is.
        before: the byte before, if there is one.
        bad: the bytes from there on.
        rest: what follows them.
    """
    judge = _Judge(line, bad)
    for block in whole_lines(before.strip(b"\n") + bad, rest):
        if not judge.take(block):
            break
    return judge.verdict()


def whole_lines(data: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
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
        self._proven = False
        self._words = 0
        self._odd = 0
        self._others: list[tuple[int, str]] = []
        self._broken: tuple[int, bytes] | None = None
        self._cut_off = False

    def take(self, block: bytes) -> bool:
        """Take in whole lines; False if nothing more can be learned."""
        if self._euc:
            self._read_euc(block)
        if self._shift_jis:
            self._read_shift_jis(block)
        self._line += block.count(b"\n")
        return self._euc or self._shift_jis

    def _read_euc(self, block: bytes) -> None:
        try:
            text = decode_euc(block)
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
        self._proven = self._proven or any(map(_usual, _JAPANESE.findall(text)))
        self._words += len(_WORD.findall(text))
        self._odd += len(_ODD_ONE.findall(text))
        if len(self._others) < _NAMED:
            found = [*self._utf8_lines(block), *self._euc_lines(block), *self._alone_lines(text)]
            self._others += sorted(found)[: _NAMED - len(self._others)]

    def _utf8_lines(self, block: bytes) -> Iterator[tuple[int, str]]:
        for found in _UTF8_RUN.finditer(block):
            if _KANJI_AND_LEAD.match(block, found.start()):
                continue
            yield self._line_of(block, found.start()), "UTF-8"

    def _euc_lines(self, block: bytes) -> Iterator[tuple[int, str]]:
        """Kana in EUC-JP are half-width commas and dots in CP932, each before another character."""
        for found in _EUC_RUN.finditer(block):
            if sum(byte in _EUC_KANA for byte in found.group()[::2]) > 1:
                yield self._line_of(block, found.start()), "EUC-JP"

    def _alone_lines(self, text: str) -> Iterator[tuple[int, str]]:
        """One half-width katakana alone, or one whose second byte is a letter before others, is Latin-1's é or °."""
        for found in _ALONE.finditer(text):
            data = found.group().encode("cp932")
            if len(data) == 1 or data[1:].isalpha() or _PRIVATE.fullmatch(found.group()):
                yield self._line + text.count("\n", 0, found.start()), "another encoding"

    def _line_of(self, block: bytes, position: int) -> int:
        return self._line + block.count(b"\n", 0, position)

    def verdict(self) -> EncodingError:
        """Say what the file is."""
        if self._euc and self._kana and not (self._shift_jis and self._proven):
            return EncodingError(self._first, f"The file is not UTF-8; it reads as EUC-JP: {SAVE}.", codecs=("euc_jp",))
        if self._odd * 2 > self._words or not self._proven:
            return self._unknown()
        if self._others:
            return self._mixed()
        if self._broken is not None:
            return self._broken_shift_jis(*self._broken)
        if self._euc:
            return self._unknown()
        return EncodingError(self._first, f"The file is Shift_JIS (CP932), not UTF-8: {SAVE}.", Encoding.SHIFT_JIS)

    def _mixed(self) -> EncodingError:
        lines = sorted({line for line, _ in self._others})
        more = f" So are lines after it, as line {lines[1]}." if lines[1:] else ""
        return EncodingError(
            lines[0],
            f"The file is Shift_JIS (CP932), as line {self._first} is, but this line is {self._others[0][1]}, or reads "
            f"as such.{more} Bring all lines into one encoding.",
            codecs=("cp932",),
        )

    def _unknown(self) -> EncodingError:
        readings = [name for name, reads in (("Shift_JIS", self._shift_jis), ("EUC-JP", self._euc)) if reads]
        if self._odd * 2 > self._words:
            readings = []
        reads = f"; it reads as {' and as '.join(readings)}, but that does not prove it" if readings else ""
        return EncodingError(
            self._first,
            f"The file is not UTF-8: this line has the bytes {shown_bytes(self._bad)}{reads}. Save it as UTF-8 in the "
            "program that wrote it.",
            codecs=OLD_CODECS if readings else tuple(dict.fromkeys((*_LATIN, *OLD_CODECS))),
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


def _usual(word: str) -> bool:
    """Whether two characters side by side, not one twice, are kana or kanji of level 1."""
    usual = [one.encode("cp932")[0] in _USUAL_LEAD for one in word]
    return any(
        both and first != second for both, first, second in zip(map(all, pairwise(usual)), word, word[1:], strict=False)
    )

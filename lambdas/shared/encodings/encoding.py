"""The encodings that a file may be in, and what is said of one that is not UTF-8 without BOM."""

from __future__ import annotations

from enum import Enum

SAVE = "save it as UTF-8 without BOM"
OLD_CODECS = ("cp932", "euc_jp", "gb18030", "big5", "euc_kr", "cp1252", "cp1251")
"""The encodings that a file may be in if it is not UTF-8: each reads many files that are in another."""


class Encoding(Enum):
    """How a file's text is stored; the value is Python's name of the codec.

    UNKNOWN is what nobody converts unasked: it may be known, but not for sure.
    """

    UTF_8 = "utf-8"
    UTF_8_BOM = "utf-8-sig"
    UTF_16 = "utf-16"
    UTF_16_LE = "utf-16-le"
    UTF_16_BE = "utf-16-be"
    UTF_32 = "utf-32"
    UTF_32_LE = "utf-32-le"
    UTF_32_BE = "utf-32-be"
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
    Encoding.UTF_16_LE: "UTF-16 without BOM",
    Encoding.UTF_16_BE: "UTF-16 without BOM",
    Encoding.UTF_32: "UTF-32",
    Encoding.UTF_32_LE: "UTF-32 without BOM",
    Encoding.UTF_32_BE: "UTF-32 without BOM",
    Encoding.SHIFT_JIS: "Shift_JIS (CP932)",
    Encoding.UNKNOWN: "an unknown encoding",
}


class EncodingError(Exception):
    """The file is not UTF-8 without BOM.

    Args:
        line: where that shows.
        message: what it is, and what to do.
        encoding: what it is throughout, if it can be converted without anyone's saying so; else UNKNOWN.
        codecs: what a person may say that it is, if it is UNKNOWN; the most likely first, none if no file is meant.
    """

    def __init__(
        self, line: int, message: str, encoding: Encoding = Encoding.UNKNOWN, codecs: tuple[str, ...] = ()
    ) -> None:
        self.line = line
        self.encoding = encoding
        self.codecs = codecs
        super().__init__(message)


def shown_bytes(data: bytes) -> str:
    """Return the first four bytes, in hexadecimal."""
    return " ".join(f"{byte:02X}" for byte in data[:4])

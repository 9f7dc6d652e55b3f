"""The encodings that a file may be in, and what is said of one that is not UTF-8 without BOM."""

from __future__ import annotations

from enum import Enum

CONVERT = "save it as UTF-8 without BOM (in Excel: `python -m simulator convert FILE` does it)"


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
    """

    def __init__(self, line: int, message: str, encoding: Encoding = Encoding.UNKNOWN) -> None:
        self.line = line
        self.encoding = encoding
        super().__init__(message)


def convert_from(codec: str) -> str:
    """Return the advice to convert a file whose encoding only a person can tell."""
    return f"`python -m simulator convert FILE --from {codec}`"


def shown_bytes(data: bytes) -> str:
    """Return the first four bytes, in hexadecimal."""
    return " ".join(f"{byte:02X}" for byte in data[:4])

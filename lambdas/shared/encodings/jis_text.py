"""EUC-JP and ISO-2022-JP as Windows writes them, with NEC and IBM characters: Python has no codecs for them.

Their two-byte characters are those of CP932 in other bytes, so that ① and ～ become the same as from Shift_JIS.
Both are read line by line: no character is cut by a line's end, and ISO-2022-JP is ASCII again there (RFC 1468).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_EUC = re.compile(
    rb"(?P<ascii>[\x00-\x7f]+)|\x8e(?P<half>[\xa1-\xdf])|(?P<three>\x8f[\xa1-\xfe]{2})|(?P<two>[\xa1-\xfe]{2})"
)
_WIDE_TILDE = b"\x8f\xa2\xb7"
_ESCAPE = re.compile(rb"\x1b(\$[@B]|\$\(D|\([BJI])")


def decode_euc(data: bytes) -> str:
    """Return EUC-JP text.

    Raises:
        UnicodeDecodeError: it is not EUC-JP.
    """
    text: list[str] = []
    position = 0
    while position < len(data):
        found = _EUC.match(data, position)
        if found is None:
            raise UnicodeDecodeError("euc_jp", data, position, position + 1, "illegal multibyte sequence")
        try:
            text.append(_one(found))
        except UnicodeDecodeError as error:
            raise UnicodeDecodeError("euc_jp", data, position, found.end(), error.reason) from None
        position = found.end()
    return "".join(text)


def _one(found: re.Match[bytes]) -> str:
    match found.lastgroup:
        case "two":
            row, cell = (byte - 0xA1 for byte in found.group())
            lead = row // 2 + (0x81 if row < 62 else 0xC1)  # noqa: PLR2004 - JIS rows 63 on begin at E0
            trail = cell + 0x9F if row % 2 else cell + (0x40 if cell < 63 else 0x41)  # noqa: PLR2004 - 7F is left out
            return bytes((lead, trail)).decode("cp932")
        case "half":
            return found.group("half").decode("cp932")
        case "three":
            return "～" if found.group() == _WIDE_TILDE else found.group().decode("euc_jp")
    return found.group().decode("ascii")


def decode_iso_2022_jp(data: bytes) -> str:
    """Return ISO-2022-JP text, whole lines.

    Raises:
        UnicodeDecodeError: it is not ISO-2022-JP.
    """
    return "".join(_jis_line(line) for line in data.splitlines(keepends=True))


def _jis_line(line: bytes) -> str:
    end = len(line.rstrip(b"\r\n"))
    parts = _ESCAPE.split(line[:end])
    text = [parts[0].decode("ascii")]
    for escape, part in zip(parts[1::2], parts[2::2], strict=True):
        text.append(_part(escape, part, line))
    if any("\x1b" in one or "\x0e" in one for one in text):
        raise UnicodeDecodeError("iso2022_jp", line, 0, end, "illegal escape sequence")
    return "".join([*text, line[end:].decode("ascii")])


def _part(escape: bytes, part: bytes, line: bytes) -> str:
    try:
        if escape == b"(I":
            return bytes(byte | 0x80 for byte in part).decode("cp932")
        if escape == b"(J":
            return (b"\x1b(J" + part).decode("iso2022_jp")
        if escape == b"(B":
            return part.decode("ascii")
        high = bytes(byte | 0x80 for byte in part)
        if escape == b"$(D":
            pairs = (b"\x8f" + high[at : at + 2] for at in range(0, len(high), 2))
            return decode_euc(b"".join(pairs))
        return decode_euc(high)
    except UnicodeDecodeError as error:
        raise UnicodeDecodeError("iso2022_jp", line, 0, len(line), error.reason) from None


LINE_DECODERS: dict[str, Callable[[bytes], str]] = {"euc_jp": decode_euc, "iso2022_jp": decode_iso_2022_jp}
"""What reads whole lines, by the name that `convert --from` takes."""

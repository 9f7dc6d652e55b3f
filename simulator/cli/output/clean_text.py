"""Text that came from a file, made harmless for a terminal."""

from __future__ import annotations

import re

# C0 and C1 controls but the newline, bidirectional overrides and isolates, line separators, lone surrogates.
_DANGEROUS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def clean(text: str) -> str:
    """Return the text with characters that steer a terminal or reverse its letters shown as Python escapes."""
    return _DANGEROUS.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    return match.group().encode("unicode_escape", "surrogatepass").decode("ascii")


def shortened(text: str, length: int) -> str:
    """Return at most `length` characters; an ellipsis stands for the rest."""
    return text if len(text) <= length else text[: length - 1] + "…"

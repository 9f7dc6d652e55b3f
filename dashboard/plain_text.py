"""Text that came from a file, shown as it is: Streamlit reads labels, captions and messages as Markdown."""

from __future__ import annotations

import re

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&=/@^\"'])")
_BREAKS = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")


def plain(text: object, limit: int = 400) -> str:
    """Return Markdown that shows `text` to the character, on one line: no link, image, colour, emoji or formula."""
    line = _BREAKS.sub(" ", str(text))
    if len(line) > limit:
        line = line[: limit - 1] + "…"
    return _MARKDOWN.sub(r"\\\1", line)

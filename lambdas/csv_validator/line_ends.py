"""Messages on lines that do not end with LF or CRLF: text editors show them as any other."""

from __future__ import annotations

import re

_QUOTED = re.compile(r'"[^"]*"')
_SAVE = "save it with LF or CRLF."


def line_ends_problem(raw: str) -> str | None:
    """Return what is wrong with the line ends that show in a record; None if they are right.

    Args:
        raw: the record as it stands in the file, without its LF or CRLF; a CR inside double quotes is data.
    """
    if "\r" not in raw:
        return None
    outside = _QUOTED.sub("", raw)
    if "\r" not in outside:
        return None
    if outside.startswith("\r") and "\r" not in outside[1:]:
        return f"The file's lines end with LF CR: {_SAVE}"
    if "\r" in outside.rstrip("\r"):
        return f"The file's lines end with CR alone: {_SAVE}"
    return f"The file's lines end with CR CR LF: {_SAVE}"

"""The statements of a piece of SQL, to name the one that failed."""

from __future__ import annotations

import re
from typing import NamedTuple

_TOKEN = re.compile(
    r"""
      --[^\n]*                          # a comment to the end of its line
    | /\*.*?(?:\*/|\Z)                  # a comment
    | [eE]'(?:[^'\\]|\\.|'')*'          # a string with escapes
    | '(?:[^']|'')*'                    # a string
    | "(?:[^"]|"")*"                    # a name
    | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$   # a dollar-quoted string
    | (?P<end>;)
    | (?P<space>\s+)
    | \w+|.                             # anything else; a whole word, so that the e of name' opens no string
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_STARTS = ("--", "/*")


class Statement(NamedTuple):
    """One statement: the 1-based line on which it begins, and its text."""

    line: int
    text: str


def statements(text: str) -> list[Statement]:
    """Return the statements of a text, without the comments before each."""
    found: list[Statement] = []
    start: int | None = None
    for token in _TOKEN.finditer(text):
        if token["end"]:
            if start is not None:
                found.append(_statement(text, start, token.end()))
            start = None
        elif start is None and not token["space"] and not token.group().startswith(_COMMENT_STARTS):
            start = token.start()
    if start is not None:
        found.append(_statement(text, start, len(text)))
    return found


def _statement(text: str, start: int, end: int) -> Statement:
    return Statement(text.count("\n", 0, start) + 1, text[start:end].rstrip())

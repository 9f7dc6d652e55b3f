"""Filter patterns: which log events a search is for.

CloudWatch Logs user guide, "Filter pattern syntax for metric filters, subscription filters, filter log events".
Patterns for space-delimited events (`[ip, user, ...]`) are not simulated.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from simulator.aws.logs.json_filter import JsonFilter
from simulator.aws.logs.pattern_text import BadPattern, compiled_regex

Matches = Callable[[str], bool]
_TERM = re.compile(
    r'\s*(?P<sign>[?-]?)(?:"(?P<phrase>(?:[^"\\]|\\.)*)"|%(?P<regex>(?:[^%\\]|\\.)*)%|(?P<word>[^\s"%]+))'
)
_WORD = re.compile(r"\w+")

__all__ = ["BadPattern", "filter_pattern"]


def filter_pattern(text: str) -> Matches:
    """Return a function that says whether a message matches a pattern.

    A pattern of terms matches if every term is in the message (`-` before it: is not in it). Terms with `?` are
    alternatives; beside other terms they are ignored, as CloudWatch ignores them. `{ ... }` is for JSON messages.

    Raises:
        BadPattern: the pattern is refused, or is not simulated.

    Example:
        >>> filter_pattern('ERROR -"timed out"')("[ERROR] connection refused")
        True
    """
    stripped = text.strip()
    if not stripped:
        return lambda _message: True
    if stripped.startswith("{"):
        return JsonFilter(stripped).matches
    if stripped.startswith("["):
        raise BadPattern("a pattern for space-delimited events ([a, b, ...]) is not simulated")
    return _terms(stripped)


def _terms(text: str) -> Matches:
    needed: list[Matches] = []
    unwanted: list[Matches] = []
    alternatives: list[Matches] = []
    position = 0
    while position < len(text):
        match = _TERM.match(text, position)
        if match is None:
            raise BadPattern(f"at character {position + 1}: {text[position : position + 20].strip()!r}")
        position = match.end()
        if position < len(text) and not text[position].isspace():
            raise BadPattern(f"at character {position + 1}: put a space between two terms")
        {"": needed, "-": unwanted, "?": alternatives}[match["sign"]].append(_term(match))
    if not needed and not unwanted:
        return lambda message: any(one(message) for one in alternatives)
    return lambda message: all(one(message) for one in needed) and not any(one(message) for one in unwanted)


def _term(match: re.Match[str]) -> Matches:
    if (regex := match["regex"]) is not None:
        pattern = compiled_regex(regex)
        return lambda message: pattern.search(message) is not None
    if (phrase := match["phrase"]) is not None:
        wanted = re.sub(r"\\(.)", r"\1", phrase)
    else:
        wanted = match["word"]
        if not _WORD.fullmatch(wanted):
            raise BadPattern(f'{wanted!r} has characters other than letters, digits and _: write "{wanted}"')
    return lambda message: wanted in message

"""Wildcards and variables in policies.

IAM user guide, "IAM JSON policy elements: Resource", "Action" and "Variables and tags".
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_VARIABLE = re.compile(r"\$\{(?P<name>[^}]*)\}")
_ESCAPED: Final = {"*": "*", "?": "?", "$": "$"}
_ARN_PARTS: Final = 6


@lru_cache(maxsize=4096)
def _compiled(pattern: str, *, ignore_case: bool) -> re.Pattern[str]:
    parts = []
    position = 0
    while position < len(pattern):
        # ${*}, ${?} and ${$} stand for the character itself.
        if pattern[position : position + 2] == "${" and pattern[position + 3 : position + 4] == "}":
            literal = _ESCAPED.get(pattern[position + 2])
            if literal is not None:
                parts.append(re.escape(literal))
                position += 4
                continue
        character = pattern[position]
        parts.append({"*": ".*", "?": "."}.get(character) or re.escape(character))
        position += 1
    return re.compile("".join(parts), re.DOTALL | (re.IGNORECASE if ignore_case else 0))


def matches(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    """Say whether a text is what a pattern with `*` and `?` describes."""
    return _compiled(pattern, ignore_case=ignore_case).fullmatch(text) is not None


def arn_matches(pattern: str, arn: str) -> bool:
    """Say whether an ARN is what a pattern describes, each of its six parts by itself (ArnLike, ArnEquals).

    "Each of the six colon-delimited components of the ARN is checked separately and each can include multi-character
    match wildcards (*) or single-character match wildcards (?)."
    """
    if pattern == "*":
        return True
    wanted, given = pattern.split(":", _ARN_PARTS - 1), arn.split(":", _ARN_PARTS - 1)
    return len(wanted) == len(given) and all(matches(one, other) for one, other in zip(wanted, given, strict=True))


def with_values(text: str, context: Mapping[str, Sequence[str]]) -> str | None:
    """Return a text with its policy variables filled in; None if a variable has no value: nothing matches then.

    Args:
        text: an element of a policy, such as `arn:aws:s3:::home/${aws:username}/*`.
        context: the request's condition keys in lower case.
    """
    missing = False

    def value_of(match: re.Match[str]) -> str:
        nonlocal missing
        name = match["name"]
        if name in _ESCAPED:
            return match.group()
        key, comma, default = name.partition(",")
        values = context.get(key.strip().lower(), ())
        if len(values) == 1:
            return values[0]
        if comma:
            return default.strip().strip("'")
        missing = True
        return ""

    filled = _VARIABLE.sub(value_of, text)
    return None if missing else filled

"""The regular expressions of AWS's models, which are Java's, as Python's."""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import cache

_PROPERTY = re.compile(r"\\p\{(\w+)\}")
_LITERAL_HYPHEN = re.compile(r"(\\[wds])-(?=[^\]])")


@cache
def java_pattern(pattern: str) -> re.Pattern[str]:
    r"""Return a pattern of a model. In Java, `\w` is ASCII, `\p{L}` a category, and `[\w-_]` has a plain hyphen."""
    text = _PROPERTY.sub(lambda found: _category(found[1]), _LITERAL_HYPHEN.sub(r"\1\-", pattern))
    return re.compile(text, re.ASCII)


@cache
def _category(name: str) -> str:
    r"""Return the ranges of a Unicode category for a character class; `\p{ASCII}*` has no class around it."""
    if name == "ASCII":
        return r"[\x00-\x7f]"
    ranges: list[list[int]] = []
    for code in range(sys.maxunicode + 1):
        if unicodedata.category(chr(code)).startswith(name):
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)

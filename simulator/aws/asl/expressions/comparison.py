"""The comparison operators of Choice rules: `StringEquals`, `NumericLessThanPath`, `IsPresent` and the rest.

States Language, "Choice State", data-test expressions. A value of another type than the operator's makes it false.
"""

from __future__ import annotations

import operator
import re
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.expressions.timestamps import parse_time

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "GreaterThan": operator.gt,
    "LessThanEquals": operator.le,
    "GreaterThanEquals": operator.ge,
}


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Any) -> float | None:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _boolean(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _timestamp(value: Any) -> datetime | None:
    return parse_time(value)


_KINDS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "String": (_string, "a string"),
    "Numeric": (_number, "a number"),
    "Boolean": (_boolean, "true or false"),
    "Timestamp": (_timestamp, "an RFC 3339 timestamp"),
}


def _comparing(read: Callable[[Any], Any], compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def test(value: Any, wanted: Any) -> bool:
        left, right = read(value), read(wanted)
        return left is not None and right is not None and compare(left, right)

    return test


COMPARISONS: dict[str, tuple[Callable[[Any, Any], bool], Callable[[Any], Any], str]] = {
    f"{kind}{order}": (_comparing(read, compare), read, words)
    for kind, (read, words) in _KINDS.items()
    for order, compare in _ORDER.items()
    if kind != "Boolean" or order == "Equals"
}
"""Operator -> (test(value, wanted), what reads a legal operand, words for it). Each has a `...Path` form too."""

TYPE_TESTS: dict[str, Callable[[Any], bool]] = {
    "IsNull": lambda value: value is None,
    "IsBoolean": lambda value: isinstance(value, bool),
    "IsNumeric": lambda value: _number(value) is not None,
    "IsString": lambda value: isinstance(value, str),
    "IsTimestamp": lambda value: parse_time(value) is not None,
}
"""Operator -> whether a value is of that type. `IsPresent` is apart: it asks of the path, not of the value."""


def string_pattern(text: str) -> re.Pattern[str]:
    r"""Return StringMatches' pattern as a regular expression: `*` is any text, `\*` and `\\` are the characters."""
    parts = re.findall(r"\\[*\\]|\*|[^*\\]+|\\", text, re.DOTALL)
    return re.compile(
        "".join(".*" if part == "*" else re.escape(part[-1] if part[0] == "\\" else part) for part in parts), re.DOTALL
    )

"""JSON texts of event patterns and events, with what a dict would lose: repeated keys and the digits of numbers."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from simulator.aws.json_reader import read_json

if TYPE_CHECKING:
    from collections.abc import Iterator

_SMALLEST_EXPONENT = -100_000
_EXACT_UP_TO = 2**53


class Members:
    """A JSON object as it was written: its members in order, a repeated key as often as it stands there."""

    __slots__ = ("_pairs",)

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        self._pairs = pairs

    def items(self) -> Iterator[tuple[str, Any]]:
        """Yield each member's key and value."""
        yield from self._pairs

    def __len__(self) -> int:
        return len(self._pairs)


JsonObject = dict[str, Any] | Members
"""A JSON object, read either way: both have `items()`."""


def read_document(text: str) -> Any:
    """Return the value of a JSON text: objects are Members, numbers with a fraction or an exponent are Decimal.

    Raises:
        BadJson: as `read_json`.
    """
    read_json(text)
    return json.loads(text, object_pairs_hook=Members, parse_float=_decimal)


def _decimal(text: str) -> Decimal:
    _, _, exponent = text.lower().partition("e")
    # `decimal` has bounds for exponents; far below a double's smallest number, the exact exponent makes no difference.
    return Decimal(text) if int(exponent or 0) > _SMALLEST_EXPONENT else Decimal(1).scaleb(_SMALLEST_EXPONENT)


def compact(value: Any) -> str:
    """Return a JSON value's text without spaces, as EventBridge writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def is_number(value: Any) -> bool:
    """Tell whether a JSON value is a number (a boolean is not)."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def comparable(number: float | Decimal) -> float | None:
    """Return a number as EventBridge compares it, or None if EventBridge cannot compare it.

    It compares doubles. A number is comparable if the shortest text of its double has the same value (recorded on AWS:
    `Cannot compare number : 36028797018963969`). 0.1 is comparable; a number that overflows or becomes 0 is not.
    """
    if isinstance(number, float):
        return number if math.isfinite(number) else None
    if isinstance(number, int) and abs(number) < _EXACT_UP_TO:
        return float(number)
    exact = Decimal(number)
    double = float(exact)
    return double if math.isfinite(double) and Decimal(repr(double)) == exact else None

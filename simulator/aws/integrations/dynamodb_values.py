"""Attribute values of DynamoDB: which are refused, and how numbers are stored.

DynamoDB developer guide, "Data types" and "Constraints"; API reference, "AttributeValue".
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from simulator.aws.integrations.integration import ApiError, validation_error

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_DIGITS = 38
LEAST_EXPONENT, MOST_EXPONENT = -130, 125
_NUMBER = re.compile(r"(?P<sign>[+-]?)(?P<whole>[0-9]*)\.?(?P<part>[0-9]*)(?:[eE](?P<exponent>[+-]?[0-9]+))?")
_INVALID = "One or more parameter values were invalid:"
_SETS = {"SS": "An string set ", "NS": "An number set ", "BS": "Binary sets"}


def check_attributes(values: Iterable[dict[str, Any]]) -> None:
    """Check attribute values, in lists and maps as well, and write their numbers as DynamoDB stores them.

    Args:
        values: each as `{"N": "007"}`; changed in place, to `{"N": "7"}`.

    Raises:
        ApiError: ValidationException: a value has not exactly one type, a number is beyond DynamoDB's, or a set is
            empty or has a value twice.
    """
    for value in values:
        if not value:
            raise validation_error(
                "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
            )
        if len(value) > 1:
            raise validation_error(
                "Supplied AttributeValue has more than one datatypes set, "
                "must contain exactly one of the supported datatypes"
            )
        if "N" in value:
            value["N"] = stored_number(value["N"])
        for kind in _SETS.keys() & value.keys():
            value[kind] = _stored_set(kind, value[kind])
        check_attributes(value.get("M", {}).values())
        check_attributes(value.get("L", ()))


def stored_number(text: str) -> str:
    """Return a number as DynamoDB stores it: without leading and trailing zeros, and without an exponent.

    Example:
        >>> [stored_number(text) for text in ("00012", "1.50", "-0", "1e3", ".5", "-1E-3")]
        ['12', '1.5', '0', '1000', '0.5', '-0.001']

    Raises:
        ApiError: ValidationException: it is not a number in ASCII digits, has more than 38 significant digits, or is
            out of 1E-130 to 9.99...E+125.
    """
    match = _NUMBER.fullmatch(text)
    if match is None or not (match["whole"] or match["part"]):
        shown = f": {text}" if text else ""
        raise validation_error(f"The parameter cannot be converted to a numeric value{shown}")
    written = match["whole"] + match["part"]
    digits = written.lstrip("0")
    first = len(match["whole"]) - 1 - (len(written) - len(digits)) + _exponent(match["exponent"])
    digits = digits.rstrip("0")
    if not digits:
        return "0"
    if len(digits) > MAX_DIGITS:
        raise validation_error(f"Attempting to store more than {MAX_DIGITS} significant digits in a Number")
    if first > MOST_EXPONENT:
        raise _beyond("overflow", "larger")
    if first < LEAST_EXPONENT:
        raise _beyond("underflow", "smaller")
    exponent = first - len(digits) + 1
    return format(Decimal((int(match["sign"] == "-"), tuple(map(int, digits)), exponent)), "f")


def _exponent(text: str | None) -> int:
    digits = (text or "0").lstrip("+-0") or "0"
    # What has more digits is out of range in any case, and Python would not read thousands of them.
    number = int(digits) if len(digits) <= 9 else 10**9  # noqa: PLR2004
    return -number if text is not None and text.startswith("-") else number


def _beyond(name: str, word: str) -> ApiError:
    return validation_error(f"Number {name}. Attempting to store a number with magnitude {word} than supported range")


def _stored_set(kind: str, entries: list[str]) -> list[str]:
    if not entries:
        raise validation_error(f"{_INVALID} {_SETS[kind]} may not be empty")
    stored = [stored_number(entry) for entry in entries] if kind == "NS" else entries
    if len(set(stored)) < len(stored):
        raise validation_error(f"{_INVALID} Input collection [{', '.join(entries)}] contains duplicates.")
    return stored

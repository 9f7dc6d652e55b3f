"""What every matcher of an event pattern can do."""

from __future__ import annotations

import json
from typing import Any, Protocol

LOWEST, HIGHEST = -5.0e9, 5.0e9
"""event-ruler compares numbers within these bounds only."""


class Matcher(Protocol):
    """One entry of a pattern's array of alternatives."""

    @property
    def words(self) -> str:
        """What it asks for, to follow "must": `end in '.csv'`."""
        ...

    def matches(self, value: Any) -> bool:
        """Tell whether a value of the event (string, number, boolean or None) is what it asks for."""
        ...

    def nearly(self, value: Any) -> str:
        """Say why a value that looks right is not (` (upper and lower case differ)`); empty where it does not."""
        ...


def is_number(value: Any) -> bool:
    """Tell whether a JSON value is a number (booleans are not)."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def equal(one: Any, other: Any) -> bool:
    """Compare two JSON scalars: 300 equals 300.0, and true is not 1."""
    if is_number(one) and is_number(other):
        return bool(one == other)
    return type(one) is type(other) and one == other


def shown(value: Any) -> str:
    """Return a value for a sentence: strings in single quotes, the rest as JSON."""
    return repr(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

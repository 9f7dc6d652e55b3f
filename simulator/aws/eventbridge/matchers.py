"""What every matcher of an event pattern can do.

Matchers of strings: prefix, suffix, equals-ignore-case, wildcard.

Source: README of github.com/aws/event-ruler.

Matchers of any value: an exact one, exists, numeric, cidr, anything-but.

Source: README of github.com/aws/event-ruler.
"""

from __future__ import annotations

import ipaddress
import json
import re
from dataclasses import dataclass
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


_CASE = " (upper and lower case differ)"


@dataclass(frozen=True, slots=True)
class Prefix:
    """The string begins with `text`."""

    text: str
    ignore_case: bool = False

    @property
    def words(self) -> str:
        """What it asks for."""
        return f"start with {self.text!r}{_ignoring(self.ignore_case)}"

    def matches(self, value: Any) -> bool:
        """Tell whether the value begins so."""
        return isinstance(value, str) and _fold(value, self.ignore_case).startswith(_fold(self.text, self.ignore_case))

    def nearly(self, value: Any) -> str:
        """Say whether only the case differs."""
        return _CASE if not self.ignore_case and Prefix(self.text, ignore_case=True).matches(value) else ""


@dataclass(frozen=True, slots=True)
class Suffix:
    """The string ends with `text`."""

    text: str
    ignore_case: bool = False

    @property
    def words(self) -> str:
        """What it asks for."""
        return f"end in {self.text!r}{_ignoring(self.ignore_case)}"

    def matches(self, value: Any) -> bool:
        """Tell whether the value ends so."""
        return isinstance(value, str) and _fold(value, self.ignore_case).endswith(_fold(self.text, self.ignore_case))

    def nearly(self, value: Any) -> str:
        """Say whether only the case differs."""
        return _CASE if not self.ignore_case and Suffix(self.text, ignore_case=True).matches(value) else ""


@dataclass(frozen=True, slots=True)
class EqualsIgnoreCase:
    """The string equals `text` but for upper and lower case."""

    text: str

    @property
    def words(self) -> str:
        """What it asks for."""
        return f"be {self.text!r} in any case"

    def matches(self, value: Any) -> bool:
        """Tell whether the value equals the text."""
        return isinstance(value, str) and value.lower() == self.text.lower()

    def nearly(self, _value: Any) -> str:
        """Return nothing: nothing looks right and is not."""
        return ""


class Wildcard:
    r"""The string fits a text in which `*` stands for any characters; `\*` and `\\` for themselves.

    Raises:
        ValueError: two stars in a row, or a backslash before anything else.
    """

    __slots__ = ("_regex", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        parts: list[str] = []
        position = 0
        while position < len(text):
            pair = text[position : position + 2]
            if pair == "**":
                raise ValueError(f"Consecutive wildcard characters at pos {position}")
            if pair[0] == "\\":
                if pair not in ("\\*", "\\\\"):
                    raise ValueError(f"Invalid escape character at pos {position}")
                parts.append(re.escape(pair[1]))
                position += 2
                continue
            parts.append(".*" if pair[0] == "*" else re.escape(pair[0]))
            position += 1
        self._regex = re.compile("".join(parts), re.DOTALL)

    @property
    def words(self) -> str:
        """What it asks for."""
        return f"fit {self.text!r}"

    def matches(self, value: Any) -> bool:
        """Tell whether the value fits."""
        return isinstance(value, str) and self._regex.fullmatch(value) is not None

    def nearly(self, value: Any) -> str:
        """Say whether only the case differs."""
        if isinstance(value, str) and re.fullmatch(self._regex.pattern, value, re.DOTALL | re.IGNORECASE):
            return _CASE
        return ""


def _fold(text: str, ignore_case: bool) -> str:  # noqa: FBT001 - private, and named where it is called
    return text.lower() if ignore_case else text


def _ignoring(ignore_case: bool) -> str:  # noqa: FBT001 - private
    return " in any case" if ignore_case else ""


@dataclass(frozen=True, slots=True)
class Exact:
    """The very value: a string, number, boolean or null."""

    value: Any

    @property
    def words(self) -> str:
        """What it asks for."""
        return f"be {shown(self.value)}"

    def matches(self, value: Any) -> bool:
        """Tell whether the value is the same, of the same type."""
        return equal(value, self.value)

    def nearly(self, value: Any) -> str:
        """Say whether only the case differs, or the type."""
        if isinstance(value, str) and isinstance(self.value, str) and value.lower() == self.value.lower():
            return " (upper and lower case differ)"
        return " (of another type)" if type(value) is not type(self.value) and str(value) == str(self.value) else ""


@dataclass(frozen=True, slots=True)
class Exists:
    """The field is there with any value, or (`wanted=False`) is not there."""

    wanted: bool

    @property
    def words(self) -> str:
        """What it asks for."""
        return "be there" if self.wanted else "not be there"

    def matches(self, _value: Any) -> bool:
        """Tell whether a value that is there is what it asks for."""
        return self.wanted

    def nearly(self, _value: Any) -> str:
        """Return nothing: nothing looks right and is not."""
        return ""


@dataclass(frozen=True, slots=True)
class Numeric:
    """A JSON number within bounds: `(number, inclusive)` each, None for no bound."""

    low: tuple[float, bool] | None
    high: tuple[float, bool] | None

    @property
    def words(self) -> str:
        """What it asks for."""
        bounds = []
        if self.low and self.high and self.low == self.high:
            return f"be the number {shown(self.low[0])}"
        if self.low:
            bounds.append(f"{'>=' if self.low[1] else '>'} {shown(self.low[0])}")
        if self.high:
            bounds.append(f"{'<=' if self.high[1] else '<'} {shown(self.high[0])}")
        return f"be a number {' and '.join(bounds)}"

    def matches(self, value: Any) -> bool:
        """Tell whether the value is a number within the bounds."""
        if not is_number(value) or not LOWEST <= value <= HIGHEST:
            return False
        above = self.low is None or value > self.low[0] or (self.low[1] and value == self.low[0])
        below = self.high is None or value < self.high[0] or (self.high[1] and value == self.high[0])
        return above and below

    def nearly(self, value: Any) -> str:
        """Say whether it is a string of digits."""
        return " (a string is no number)" if isinstance(value, str) and value.strip("-").isdecimal() else ""


@dataclass(frozen=True, slots=True)
class Cidr:
    """An IP address within a network."""

    network: ipaddress.IPv4Network | ipaddress.IPv6Network

    @property
    def words(self) -> str:
        """What it asks for."""
        return f"be an address in {self.network}"

    def matches(self, value: Any) -> bool:
        """Tell whether the value is an address in the network."""
        if not isinstance(value, str):
            return False
        try:
            return ipaddress.ip_address(value) in self.network
        except ValueError:
            return False

    def nearly(self, _value: Any) -> str:
        """Return nothing: nothing looks right and is not."""
        return ""


@dataclass(frozen=True, slots=True)
class AnythingBut:
    """Any value that is there and that none of `excluded` matches."""

    excluded: tuple[Matcher, ...]

    @property
    def words(self) -> str:
        """What it asks for."""
        return "not " + " or ".join(matcher.words for matcher in self.excluded)

    def matches(self, value: Any) -> bool:
        """Tell whether no excluded matcher fits the value."""
        return not any(matcher.matches(value) for matcher in self.excluded)

    def nearly(self, _value: Any) -> str:
        """Return nothing: nothing looks right and is not."""
        return ""

"""The matchers of an event pattern: one for each operator, and one for a plain value.

README of github.com/aws/event-ruler; EventBridge user guide, "Comparison operators for use in event patterns".
Recorded on AWS: how letters and numbers are compared, and that cidr compares leading bits only.
"""

from __future__ import annotations

import ipaddress
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from simulator.aws.eventbridge.json_document import comparable, is_number
from simulator.aws.eventbridge.wildcard import WildcardText

_LAST_OF_TWO_BYTES = 0xFFFF


class Matcher(Protocol):
    """One entry of a pattern's array of alternatives."""

    @property
    def words(self) -> str:
        """The condition in words, to follow "must": `end in '.csv'`."""
        ...

    def matches(self, value: Any) -> bool:
        """Tell whether a value of the event (string, number, boolean or None) is what it asks for."""
        ...

    def nearly(self, value: Any) -> str:
        """Say why a value that looks right is not (` (upper and lower case differ)`); else empty."""
        ...


def equal(one: Any, other: Any) -> bool:
    """Compare two JSON scalars: 300 equals 300.0, and true is not 1.

    A number that EventBridge cannot compare equals nothing, not even itself (recorded on AWS).
    """
    if is_number(one) and is_number(other):
        return (number := comparable(one)) is not None and number == comparable(other)
    return type(one) is type(other) and bool(one == other)


def shown(value: Any) -> str:
    """Return a value for a sentence: strings in single quotes, the rest as JSON."""
    if isinstance(value, Decimal):
        return str(value)
    return repr(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


_CASE = " (upper and lower case differ)"


@dataclass(frozen=True, slots=True)
class Prefix:
    """The string begins with `text`."""

    text: str
    ignore_case: bool = False

    @property
    def words(self) -> str:
        """Return the condition in words."""
        return f"start with {self.text!r}{_ignoring(self.ignore_case)}"

    def matches(self, value: Any) -> bool:
        """Tell whether the value begins with the text."""
        return isinstance(value, str) and (
            _length_in_any_case(self.text, value) is not None if self.ignore_case else value.startswith(self.text)
        )

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
        """Return the condition in words."""
        return f"end in {self.text!r}{_ignoring(self.ignore_case)}"

    def matches(self, value: Any) -> bool:
        """Tell whether the value ends in the text."""
        return isinstance(value, str) and (
            _length_in_any_case(self.text, value, from_end=True) is not None
            if self.ignore_case
            else value.endswith(self.text)
        )

    def nearly(self, value: Any) -> str:
        """Say whether only the case differs."""
        return _CASE if not self.ignore_case and Suffix(self.text, ignore_case=True).matches(value) else ""


@dataclass(frozen=True, slots=True)
class EqualsIgnoreCase:
    """The string equals `text` but for upper and lower case."""

    text: str

    @property
    def words(self) -> str:
        """Return the condition in words."""
        return f"be {self.text!r} in any case"

    def matches(self, value: Any) -> bool:
        """Tell whether the value equals the text."""
        return isinstance(value, str) and _length_in_any_case(self.text, value) == len(value)

    def nearly(self, _value: Any) -> str:
        """Return nothing: nothing looks right and is not."""
        return ""


class Wildcard:
    r"""The string fits a text in which `*` stands for any characters; `\*` and `\\` for themselves.

    Raises:
        ValueError: as `WildcardText`.
    """

    __slots__ = ("_fitted", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._fitted = WildcardText(text)

    @property
    def words(self) -> str:
        """Return the condition in words."""
        return f"fit {self.text!r}"

    def matches(self, value: Any) -> bool:
        """Tell whether the value fits."""
        return isinstance(value, str) and self._fitted.fits(value)

    def nearly(self, value: Any) -> str:
        """Say whether only the case differs."""
        return _CASE if isinstance(value, str) and self._fitted.fits(value, ignore_case=True) else ""


def _length_in_any_case(text: str, value: str, *, from_end: bool = False) -> int | None:
    """Return how many characters of a value's beginning (or end) are the text in any case; None if they are not.

    Each character of the text stands for its lower-case and its upper-case form, so that the letter sharp s stands for
    SS as well; other foldings do not count (KELVIN SIGN in a value is not k). A character beyond U+FFFF becomes two
    question marks, so it never matches itself: a fault of AWS's. All recorded on AWS.
    """
    position = 0
    for character in reversed(text) if from_end else text:
        forms = ("??",) if ord(character) > _LAST_OF_TWO_BYTES else (character.upper(), character.lower())
        rest = value[: len(value) - position] if from_end else value[position:]
        form = next((one for one in forms if (rest.endswith(one) if from_end else rest.startswith(one))), None)
        if form is None:
            return None
        position += len(form)
    return position


def _ignoring(ignore_case: bool) -> str:  # noqa: FBT001 - private
    return " in any case" if ignore_case else ""


@dataclass(frozen=True, slots=True)
class Exact:
    """The same value: a string, number, boolean or null."""

    value: Any

    @property
    def words(self) -> str:
        """Return the condition in words."""
        return f"be {shown(self.value)}"

    def matches(self, value: Any) -> bool:
        """Tell whether the value is the same, of the same type."""
        return equal(value, self.value)

    def nearly(self, value: Any) -> str:
        """Say whether only the case differs, or the type."""
        if isinstance(value, str) and isinstance(self.value, str) and value.lower() == self.value.lower():
            return _CASE
        if is_number(self.value) and comparable(self.value) is None:
            return " (EventBridge cannot compare a number that a double does not hold)"
        return " (of another type)" if type(value) is not type(self.value) and str(value) == str(self.value) else ""


@dataclass(frozen=True, slots=True)
class Exists:
    """The field is there with any value, or (`wanted=False`) is not there."""

    wanted: bool

    @property
    def words(self) -> str:
        """Return the condition in words."""
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
        """Return the condition in words."""
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
        number = comparable(value) if is_number(value) else None
        if number is None:
            return False
        above = self.low is None or number > self.low[0] or (self.low[1] and number == self.low[0])
        below = self.high is None or number < self.high[0] or (self.high[1] and number == self.high[0])
        return above and below

    def nearly(self, value: Any) -> str:
        """Say whether it is a string of digits."""
        return " (a string is not a number)" if isinstance(value, str) and value.strip("-").isdecimal() else ""


@dataclass(frozen=True, slots=True)
class Cidr:
    """An IP address whose leading bits are those of a network.

    Only bits are compared, so that an IPv6 address can be in an IPv4 network; a network of 0 bits also has every
    number in it (recorded on AWS).
    """

    network: ipaddress.IPv4Network | ipaddress.IPv6Network

    @property
    def words(self) -> str:
        """Return the condition in words."""
        return f"be an address in {self.network}"

    def matches(self, value: Any) -> bool:
        """Tell whether the value is an address with the network's leading bits."""
        bits = self.network.prefixlen
        if not isinstance(value, str):
            return bits == 0 and is_number(value)
        try:
            address = read_address(value)
        except ValueError:
            return False
        return address.max_prefixlen >= bits and _leading(address, bits) == _leading(self.network.network_address, bits)

    def nearly(self, _value: Any) -> str:
        """Return nothing: nothing looks right and is not."""
        return ""


def read_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Return an IP address; the numbers of an IPv4 address may begin with zeros, which mean nothing.

    Raises:
        ValueError: it is not an address.
    """
    parts = text.split(".")
    if all(part.isascii() and part.isdigit() for part in parts):
        text = ".".join(part.lstrip("0") or "0" for part in parts)
    return ipaddress.ip_address(text)


def _leading(address: ipaddress.IPv4Address | ipaddress.IPv6Address, bits: int) -> int:
    return int(address) >> (address.max_prefixlen - bits)


@dataclass(frozen=True, slots=True)
class AnythingBut:
    """Any value that is there and that none of `excluded` matches."""

    excluded: tuple[Matcher, ...]

    @property
    def words(self) -> str:
        """Return the condition in words."""
        return "not " + " or ".join(matcher.words for matcher in self.excluded)

    def matches(self, value: Any) -> bool:
        """Tell whether no excluded matcher fits the value."""
        return not any(matcher.matches(value) for matcher in self.excluded)

    def nearly(self, _value: Any) -> str:
        """Return nothing: nothing looks right and is not."""
        return ""

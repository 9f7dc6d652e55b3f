"""Matchers of any value: an exact one, exists, numeric, cidr, anything-but.

Source: README of github.com/aws/event-ruler.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.eventbridge.matcher import HIGHEST, LOWEST, equal, is_number, shown

if TYPE_CHECKING:
    from simulator.eventbridge.matcher import Matcher


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

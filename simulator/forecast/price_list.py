"""The files of prices and quotas, each figure with its source, each price with a date."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date  # noqa: TC003 - dataclasses read the annotations
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent


class Figure:
    """A figure of AWS's, marked wherever it is shown if it has no source.

    Attributes:
        sourced: false if it is from general knowledge.
    """

    sourced: bool

    @property
    def mark(self) -> str:
        """What follows the figure: a question mark if it has no source."""
        return "" if self.sourced else "?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Price(Figure):
    """A price: `usd` per `per` of `unit`, as its source had it on a day; not `sourced` if from general knowledge."""

    usd: float
    per: int
    unit: str
    source: str
    date: date
    sourced: bool

    @property
    def origin(self) -> str:
        """Where the price is from, and of which day it is, for a person."""
        return f"{self.source}, {self.date}"

    @property
    def rate(self) -> str:
        """The price, for a person.

        >>> Price(usd=0.025, per=1000, unit="transitions", source="", date=date(2026, 9, 23), sourced=True).rate
        '0.025 / 1,000'
        """
        usd = f"{self.usd:.10f}".rstrip("0").rstrip(".")
        return f"{usd} / {self.per:,}" if self.per > 1 else usd

    def of(self, quantity: float) -> float:
        """Return what a quantity costs.

        >>> Price(usd=1.0, per=1000, unit="calls", source="", date=date(2026, 9, 23), sourced=True).of(500)
        0.5
        """
        return quantity * self.usd / self.per


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota(Figure):
    """A quota: a limit, at once, per second or in all; `burst` is what a token bucket holds when it is full."""

    limit: float
    what: str
    source: str
    sourced: bool
    burst: float = 0


@dataclass(frozen=True, slots=True)
class PriceList:
    """All prices, by name."""

    region: str
    prices: dict[str, Price]

    @property
    def oldest(self) -> date:
        """The date of the oldest price."""
        return min(price.date for price in self.prices.values())

    @property
    def newest(self) -> date:
        """The date of the newest price."""
        return max(price.date for price in self.prices.values())


@cache
def price_list() -> PriceList:
    """Return the prices of `prices.toml`."""
    value = tomllib.loads((_HERE / "prices.toml").read_text(encoding="utf-8"))
    return PriceList(value["region"], {name: Price(**price) for name, price in value["prices"].items()})


@cache
def quotas() -> dict[str, Quota]:
    """Return the quotas of `quotas.toml`, by name."""
    value = tomllib.loads((_HERE / "quotas.toml").read_text(encoding="utf-8"))
    return {name: Quota(**quota) for name, quota in value["quotas"].items()}

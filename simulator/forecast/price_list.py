"""The dated files of prices and quotas, each figure with its source."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """A price: `usd` per `per` of `unit`; `sourced` is false if it is from general knowledge."""

    usd: float
    per: int
    unit: str
    source: str
    sourced: bool

    @property
    def rate(self) -> str:
        """The price, for a person.

        >>> Price(usd=0.025, per=1000, unit="transitions", source="", sourced=True).rate
        '0.025 / 1,000'
        """
        usd = f"{self.usd:.10f}".rstrip("0").rstrip(".")
        return f"{usd} / {self.per:,}" if self.per > 1 else usd

    def of(self, quantity: float) -> float:
        """Return what a quantity costs.

        >>> Price(usd=1.0, per=1000, unit="calls", source="", sourced=True).of(500)
        0.5
        """
        return quantity * self.usd / self.per


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """A quota: a limit, at once, per second or in all; `burst` is what a token bucket holds when it is full."""

    limit: float
    what: str
    source: str
    sourced: bool
    burst: float = 0


@dataclass(frozen=True, slots=True)
class PriceList:
    """All prices, by name, and the day on which they were looked up."""

    date: str
    region: str
    prices: dict[str, Price]


@cache
def price_list() -> PriceList:
    """Return the prices of `prices.toml`."""
    value = tomllib.loads((_HERE / "prices.toml").read_text(encoding="utf-8"))
    return PriceList(value["date"], value["region"], {name: Price(**price) for name, price in value["prices"].items()})


@cache
def quotas() -> dict[str, Quota]:
    """Return the quotas of `quotas.toml`, by name."""
    value = tomllib.loads((_HERE / "quotas.toml").read_text(encoding="utf-8"))
    return {name: Quota(**quota) for name, quota in value["quotas"].items()}

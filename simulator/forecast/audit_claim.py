"""The design document's claim that the audit trail costs $2 to $3 per month: whether it holds, and from when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.forecast.costs import audit_month_lines, total

if TYPE_CHECKING:
    from simulator.forecast.counts import Counts

LEAST_USD, MOST_USD = 2.0, 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditClaim:
    """The claim at a number of rows per day.

    Args:
        rows_per_day: the rows.
        usd: what the audit trail costs per month.
        reaches, exceeds: from how many rows per day it costs $2, and more than $3.
    """

    rows_per_day: float
    usd: float
    reaches: int
    exceeds: int

    @property
    def holds(self) -> bool:
        """Whether it costs what the claim allows, or less."""
        return self.usd <= MOST_USD

    @property
    def words(self) -> str:
        """The claim, for a person."""
        if self.usd > MOST_USD:
            verdict = "does not hold: it is more"
        elif self.usd < LEAST_USD:
            verdict = "holds as an upper limit: it is less"
        else:
            verdict = "holds"
        return (
            f"Audit trail at {self.rows_per_day:,.0f} rows per day: ${self.usd:.2f} per month. The design's $2 to $3 "
            f"{verdict}. It costs $2 from {self.reaches:,} rows per day, and more than $3 from {self.exceeds:,}."
        )

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "rowsPerDay": self.rows_per_day,
            "usdPerMonth": self.usd,
            "holds": self.holds,
            "reachesTwoDollarsAt": self.reaches,
            "exceedsThreeDollarsAt": self.exceeds,
        }


def audit_claim(counts: Counts, rows_per_day: float) -> AuditClaim | None:
    """Return the claim; None if the run left no audit item."""
    one_row = total(audit_month_lines(counts, 1))
    if one_row <= 0:
        return None
    return AuditClaim(
        rows_per_day=rows_per_day,
        usd=one_row * rows_per_day,
        reaches=round(LEAST_USD / one_row),
        exceeds=round(MOST_USD / one_row),
    )

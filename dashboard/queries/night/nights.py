"""What ran in each night, without a gap: a night without a file is a night too."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from statistics import median
from typing import TYPE_CHECKING

from dashboard.queries.night.intervals import morning_of
from simulator.runs.outcome import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dashboard.queries.run_list import RunRow

MOST_NIGHTS = 400


@dataclass(slots=True, kw_only=True)
class Night:
    """What ran in a night; runs that go on count as runs only.

    Args:
        morning: its name.
        runs, ended, good: how many runs, how many of them have ended, and how many succeeded.
        rows_succeeded, rows_failed: counts of rows.
        seconds: how long each run took.
    """

    morning: date
    runs: int = 0
    ended: int = 0
    good: int = 0
    rows_succeeded: int = 0
    rows_failed: int = 0
    seconds: list[float] = field(default_factory=list)

    @property
    def success_rate(self) -> float | None:
        """The share of the ended runs that succeeded, 0 to 1; None if none has ended."""
        return self.good / self.ended if self.ended else None

    @property
    def failed_rate(self) -> float | None:
        """The share of the rows that failed, 0 to 1; None if no row was processed."""
        done = self.rows_succeeded + self.rows_failed
        return self.rows_failed / done if done else None

    @property
    def median_seconds(self) -> float | None:
        """How long the run in the middle took."""
        return median(self.seconds) if self.seconds else None

    @property
    def p95_seconds(self) -> float | None:
        """How long 95 % of the runs took at most (nearest rank)."""
        return sorted(self.seconds)[math.ceil(len(self.seconds) * 0.95) - 1] if self.seconds else None


def nights(rows: Iterable[RunRow], now: datetime, zone: tzinfo = UTC) -> list[Night]:
    """Return the nights from that of the first run to the last one, oldest first, at most MOST_NIGHTS.

    Args:
        rows: the runs.
        now: an aware moment. The night that begins today in the evening is left out while no run has started in it.
        zone: the time zone of the evenings.
    """
    found: dict[date, Night] = {}
    for row in rows:
        if row.started is None:
            continue
        morning = morning_of(row.started, zone)
        _count(found.setdefault(morning, Night(morning=morning)), row)
    if not found:
        return []
    last = max(*found, now.astimezone(zone).date())
    first = max(min(found), last - timedelta(days=MOST_NIGHTS - 1))
    mornings = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [found.get(morning, Night(morning=morning)) for morning in mornings]


def together(some: Sequence[Night]) -> Night:
    """Return several nights as one, named by the last."""
    return Night(
        morning=some[-1].morning,
        runs=sum(one.runs for one in some),
        ended=sum(one.ended for one in some),
        good=sum(one.good for one in some),
        rows_succeeded=sum(one.rows_succeeded for one in some),
        rows_failed=sum(one.rows_failed for one in some),
        seconds=[seconds for one in some for seconds in one.seconds],
    )


def _count(night: Night, row: RunRow) -> None:
    night.runs += 1
    night.good += row.status == "SUCCEEDED"
    night.rows_succeeded += row.succeeded
    night.rows_failed += row.failed
    if row.kind is not Kind.RUNNING:
        night.ended += 1
        if row.seconds is not None:
            night.seconds.append(row.seconds)

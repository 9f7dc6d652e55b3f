"""Runs and rows per day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, tzinfo
from typing import TYPE_CHECKING

from dashboard.data.outcome import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dashboard.data.run_list import RunRow


@dataclass(slots=True, kw_only=True)
class Day:
    """What ran on a day; runs that go on count as runs only."""

    day: date
    runs: int = 0
    ended: int = 0
    good: int = 0
    rows_succeeded: int = 0
    rows_failed: int = 0

    @property
    def success_rate(self) -> float | None:
        """The share of the ended runs that succeeded, 0 to 1; None where none has ended."""
        return self.good / self.ended if self.ended else None


def per_day(rows: Iterable[RunRow], zone: tzinfo = UTC) -> list[Day]:
    """Return the days on which runs started, oldest first; days without a run are left out."""
    days: dict[date, Day] = {}
    for row in rows:
        if row.started is None:
            continue
        key = row.started.astimezone(zone).date()
        day = days.setdefault(key, Day(day=key))
        day.runs += 1
        day.ended += row.kind is not Kind.RUNNING
        day.good += row.status == "SUCCEEDED"
        day.rows_succeeded += row.succeeded
        day.rows_failed += row.failed
    return sorted(days.values(), key=lambda day: day.day)

"""Equal spans of time, of a length people count in.

Rows per second over a run's time.

Runs and rows per day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any

from dashboard.queries.tables import fetch
from dashboard.queries.workers.spans import span_tables
from simulator.runs.outcome import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dashboard.queries.run_list import RunRow
    from simulator.runs.folder.run_folder import RunFolder


_LENGTHS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 43200, 86400)
MAX_BUCKETS = 120


def bucket_seconds(seconds: float, *, most: int = MAX_BUCKETS, least: float = 0.1) -> float:
    """Return the shortest usual length, not below `least`, of which at most `most` cover `seconds`."""
    usual = (length for length in _LENGTHS if length >= least and seconds / length <= most)
    return next(usual, max(seconds / most, _LENGTHS[-1]))


def bucket_start(first: datetime, number: int, length: float) -> datetime:
    """Return when a bucket begins, in UTC; `first` is when number 0 does."""
    return first.replace(tzinfo=UTC) + timedelta(seconds=number * length)


@dataclass(frozen=True, slots=True, kw_only=True)
class Throughput:
    """Rows that ended, over time.

    Args:
        seconds: the length of a point's span.
        points: dicts of `time` (UTC, when the span begins), `succeeded`, `failed` and `per_second` (all rows); spans
            in which no row ended are among them.
    """

    seconds: float
    points: list[dict[str, Any]]


def throughput(folder: RunFolder) -> Throughput:
    """Return how many rows ended when; no points if none has."""
    with span_tables(folder) as connection:
        (edges,) = fetch(connection, "select min(start) as first, max(stop) as last from lines")
        first, last = edges["first"], edges["last"]
        if first is None or last is None:
            return Throughput(seconds=1, points=[])
        seconds = bucket_seconds((last - first).total_seconds(), least=0.5)
        found = fetch(
            connection,
            "select cast(floor(epoch(stop - $first) / $seconds) as bigint) as bucket, "
            "count(*) filter (status = 'SUCCEEDED') as succeeded, count(*) filter (status <> 'SUCCEEDED') as failed "
            "from lines where stop is not null group by bucket",
            {"first": first, "seconds": seconds},
        )
    counts = {row["bucket"]: (row["succeeded"], row["failed"]) for row in found}
    points = []
    for number in range(max(counts, default=-1) + 1):
        succeeded, failed = counts.get(number, (0, 0))
        points.append(
            {
                "time": bucket_start(first, number, seconds),
                "succeeded": succeeded,
                "failed": failed,
                "per_second": (succeeded + failed) / seconds,
            }
        )
    return Throughput(seconds=seconds, points=points)


@dataclass(slots=True, kw_only=True)
class Day:
    """Runs of a day; runs that go on count as runs only."""

    day: date
    runs: int = 0
    ended: int = 0
    good: int = 0
    rows_succeeded: int = 0
    rows_failed: int = 0

    @property
    def success_rate(self) -> float | None:
        """The share of the ended runs that succeeded, 0 to 1; None if none has ended."""
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

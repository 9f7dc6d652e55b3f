"""Rows per second over a run's time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dashboard.data.buckets import bucket_seconds, bucket_start
from dashboard.data.spans import span_tables
from dashboard.data.tables import fetch

if TYPE_CHECKING:
    from simulator.runs.folder import RunFolder


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
    """Return how many rows ended when; no points where none has."""
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

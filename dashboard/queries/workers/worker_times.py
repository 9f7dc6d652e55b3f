"""The work of each worker over time: a span per part of a row, or sums if there are too many rows to draw."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING, Any

from dashboard.queries.tables import fetch
from dashboard.queries.trends import bucket_seconds, bucket_start
from dashboard.queries.workers.spans import span_tables

if TYPE_CHECKING:
    import duckdb

    from simulator.runs.folder.run_folder import RunFolder

MAX_ROWS = 400
_BUCKETS = 80
_SHARES = """
with cut as (
    select worker, part, start, stop,
        unnest(range(cast(floor(epoch(start - $first) / $seconds) as bigint),
                     cast(floor(epoch(stop - $first) / $seconds) as bigint) + 1)) as bucket
    from spans where start is not null and stop >= start
)
select worker, bucket, part,
    sum(least(epoch(stop - $first), (bucket + 1) * $seconds) - greatest(epoch(start - $first), bucket * $seconds))
        / $seconds as share
from cut group by all order by worker, bucket, part
"""
_COUNTS = """
select worker, cast(floor(epoch(stop - $first) / $seconds) as bigint) as bucket,
    count(*) as rows, count(*) filter (status <> 'SUCCEEDED') as failed
from lines where stop is not null group by all
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerTimes:
    """The workers over time.

    Args:
        spans: dicts of `worker`, `line`, `index`, `user`, `start`, `stop` (UTC), `part` (see Part), `state`, `error`;
            empty if the rows are summed up.
        shares: if there are more than the most rows to draw: dicts of `worker`, `start`, `stop`, `part`, `share`
            (of the time, 0 to 1), and of all parts of that worker's span `rows` and `failed`.
        seconds: the length of a summed-up span.
    """

    spans: list[dict[str, Any]] = field(default_factory=list)
    shares: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0


def worker_times(folder: RunFolder, *, max_rows: int = MAX_ROWS) -> WorkerTimes:
    """Return what the workers did: row by row for at most `max_rows` rows, else summed up over spans of time."""
    with span_tables(folder) as connection:
        (size,) = fetch(connection, "select count(*) as lines, min(start) as first, max(stop) as last from lines")
        if size["first"] is None or size["last"] is None:
            return WorkerTimes()
        if size["lines"] <= max_rows:
            return WorkerTimes(spans=_spans(connection))
        seconds = bucket_seconds((size["last"] - size["first"]).total_seconds(), most=_BUCKETS)
        return WorkerTimes(shares=_shares(connection, size["first"], seconds), seconds=seconds)


def _spans(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    spans = fetch(
        connection, "select * from spans where start is not null and stop is not null order by worker, start, stop"
    )
    for span in spans:
        span["start"], span["stop"] = span["start"].replace(tzinfo=UTC), span["stop"].replace(tzinfo=UTC)
    return spans


def _shares(connection: duckdb.DuckDBPyConnection, first: Any, seconds: float) -> list[dict[str, Any]]:
    values = {"first": first, "seconds": seconds}
    counts = {(row["worker"], row["bucket"]): row for row in fetch(connection, _COUNTS, values)}
    nothing = {"rows": 0, "failed": 0}
    return [
        {
            "worker": row["worker"],
            "start": bucket_start(first, row["bucket"], seconds),
            "stop": bucket_start(first, row["bucket"] + 1, seconds),
            "part": row["part"],
            "share": row["share"],
            **{key: counts.get((row["worker"], row["bucket"]), nothing)[key] for key in nothing},
        }
        for row in fetch(connection, _SHARES, values)
    ]

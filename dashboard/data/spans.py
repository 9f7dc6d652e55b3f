"""What a worker did when: attempts at a row, the waits between them, and the logging of its error."""

from __future__ import annotations

from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING

from dashboard.data.tables import item_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from simulator.runs.folder import RunFolder


class Part(StrEnum):
    """What a span of time was spent on."""

    ATTEMPT = "attempt"
    FAILED_ATTEMPT = "failed attempt"
    WAIT = "wait before a retry"
    AFTER_ERROR = "after the error"
    """Another state than the row's own: the error is logged."""


_COLUMNS = ("line", "user", "status", "start", "worker", "error", "tries")
_SPANS = f"""
create temp table spans as
with listed as (
    select *, json_transform(tries, '[["VARCHAR"]]') as t from lines
), each as (
    select *, unnest(range(1, len(t) + 1)) as n from listed where len(t) > 0
)
select "index", line, "user", worker, start, stop, null as state, error,
    case when status = 'SUCCEEDED' then '{Part.ATTEMPT}' else '{Part.FAILED_ATTEMPT}' end as part
from listed where coalesce(len(t), 0) = 0
union all
select "index", line, "user", worker, try_cast(t[n][2] as timestamp), try_cast(t[n][3] as timestamp), t[n][1], t[n][4],
    case when t[n][1] <> t[1][1] then '{Part.AFTER_ERROR}'
         when t[n][4] is null then '{Part.ATTEMPT}' else '{Part.FAILED_ATTEMPT}' end
from each
union all
select "index", line, "user", worker, try_cast(t[n - 1][3] as timestamp), try_cast(t[n][2] as timestamp), t[n][1], null,
    '{Part.WAIT}'
from each where n > 1 and try_cast(t[n][2] as timestamp) > try_cast(t[n - 1][3] as timestamp)
"""  # noqa: S608 - only words of ours


@contextmanager
def span_tables(folder: RunFolder) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a connection with the table `spans` (beside `lines` and `rows`) of one run.

    Its `state` is null for a row that was done at the first attempt: the first state of the row's workflow.
    """
    with item_tables([folder], columns=_COLUMNS) as connection:
        connection.execute(_SPANS)
        yield connection

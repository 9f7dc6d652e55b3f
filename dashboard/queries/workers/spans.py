"""A worker's spans of time: attempts at a row, the waits between them, and the logging of its error."""

from __future__ import annotations

import threading
from collections import OrderedDict
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING

import duckdb

from dashboard.queries.tables import file_state, load_items

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from dashboard.queries.tables import FileState
    from simulator.runs.folder.run_folder import RunFolder


class Part(StrEnum):
    """The use of a span of time."""

    ATTEMPT = "attempt"
    FAILED_ATTEMPT = "failed attempt"
    WAIT = "wait before a retry"
    AFTER_ERROR = "after the error"
    """Another state than the row's own: the error is logged."""


KEPT = 4
_COLUMNS = ("line", "user", "status", "outcome", "attempts", "start", "worker", "error", "tries")
_SPANS = f"""
create table spans as
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


class _Loaded:
    """The few runs that were looked at last, loaded: the parts of a page ask for the same tables one after another."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[Path, tuple[FileState | None, duckdb.DuckDBPyConnection]] = OrderedDict()

    def cursor(self, folder: RunFolder) -> duckdb.DuckDBPyConnection:
        """Return a connection of the caller's own to a run's tables, which are loaded where its file has changed."""
        path = folder.items_file
        with self._lock:
            state = file_state(path)
            before, connection = self._known.pop(path, (None, None))
            if connection is None or before != state:
                connection = duckdb.connect()
                load_items(connection, [folder], columns=_COLUMNS)
                connection.execute(_SPANS)
            self._known[path] = (state, connection)
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
            return connection.cursor()


_loaded = _Loaded()


@contextmanager
def span_tables(folder: RunFolder) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a connection with the table `spans` (beside `lines` and `rows`) of one run; it is only to be read.

    Its `state` is null for a row that was done at the first attempt: the first state of the row's workflow.
    """
    with _loaded.cursor(folder) as cursor:
        yield cursor

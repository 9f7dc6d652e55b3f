"""The rows that failed, and why.

The last attempt of each row counts: rows that a redrive repaired are not among them.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

import duckdb

from dashboard.queries.tables import fetch, file_state, load_items
from lambdas.user_log_reporter.reasons import person_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from dashboard.queries.tables import FileState
    from simulator.runs.folder.run_folder import RunFolder

KEPT_RUNS = 2_000
_COLUMNS = ("line", "user", "status", "attempts", "error", "cause")
_FAILED = """
select run, "index", line, "user", attempts, coalesce(error, status, 'Unknown') as error, cause, stop
from rows where status is distinct from 'SUCCEEDED' order by run, "index"
"""
_FAILED_OR_REDRIVEN = "(status is distinct from 'SUCCEEDED' or redrive > 0)"
"""A row's first line that says SUCCEEDED is never followed by another: it need not be loaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A row that failed: `cause` as a person reads it."""

    run: str
    index: int
    line: int | None
    user: str | None
    attempts: int | None
    error: str
    cause: str
    time: datetime | None


_lock = threading.Lock()
_known: OrderedDict[Path, tuple[FileState, list[Failure]]] = OrderedDict()
"""By `items.jsonl`, while it stays as it is: a run that has ended is read once."""


def failures(folders: Iterable[RunFolder]) -> list[Failure]:
    """Return all rows that failed in these runs, by run and row."""
    there = [(folder, state) for folder in folders if (state := file_state(folder.items_file)) is not None]
    there.sort(key=lambda one: one[0].name)
    with _lock:
        changed = {folder: state for folder, state in there if _known.get(folder.items_file, (None,))[0] != state}
        if changed:
            found = _read(list(changed))
            _known.update({one.items_file: (state, found.get(one.name, [])) for one, state in changed.items()})
        rows = [failure for folder, _ in there for failure in _known[folder.items_file][1]]
        while len(_known) > KEPT_RUNS:
            _known.popitem(last=False)
    return rows


def _read(folders: list[RunFolder]) -> dict[str, list[Failure]]:
    with duckdb.connect() as connection:
        load_items(connection, folders, where=_FAILED_OR_REDRIVEN, columns=_COLUMNS)
        found = fetch(connection, _FAILED)
    rows: dict[str, list[Failure]] = {}
    for row in found:
        stop, cause = row.pop("stop"), person_text(row.pop("cause"))
        time = stop.replace(tzinfo=UTC) if stop else None
        rows.setdefault(row["run"], []).append(Failure(**row, cause=cause, time=time))
    return rows

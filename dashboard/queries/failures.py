"""Why runs failed: each row that failed, and all failures grouped by error and by cause without its values.

The last attempt of each row counts: rows that a redrive repaired are not among them.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import duckdb

from dashboard.queries.tables import fetch, file_state, load_items
from lambdas.user_log_reporter.reasons import group_text, person_text
from simulator.runs.folder.times import parsed_moment
from simulator.runs.outcome import findings

if TYPE_CHECKING:
    from collections.abc import Iterable
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
    """A row that failed: `cause` as a person reads it, `group` the same without what differs from row to row."""

    run: str
    index: int
    line: int | None
    user: str | None
    attempts: int | None
    error: str
    cause: str
    group: str
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
        rows.setdefault(row["run"], []).append(Failure(**row, cause=cause, group=group_text(cause), time=time))
    return rows


@dataclass(slots=True, kw_only=True)
class ErrorGroup:
    """Failures with the same error and, but for the values in it, the same cause.

    Args:
        error: its name.
        group: the cause without what differs from row to row.
        example: one whole cause.
        whole_file: whether it is about files and not about single rows (a rejected file, a workflow that failed).
        first, last: when it was seen.
        rows: how many rows failed so; 0 if it is about whole files.
        runs: the names of the runs it was seen in, newest first.
        failures: the rows, by run and row.
    """

    error: str
    group: str
    example: str
    whole_file: bool = False
    first: datetime | None = None
    last: datetime | None = None
    rows: int = 0
    runs: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


def error_groups(folders: Iterable[RunFolder]) -> list[ErrorGroup]:
    """Return the groups of these runs: those with the most rows first, those about whole files after them."""
    there = list(folders)
    groups: dict[tuple[str, str, bool], ErrorGroup] = {}
    for failure in failures(there):
        group = _group(groups, failure.error, failure.cause, whole_file=False)
        group.rows += 1
        group.failures.append(failure)
        _seen(group, failure.run, failure.time)
    for folder in there:
        record = folder.record()
        if not record.error or record.breached:  # a breach is made of rows, which are told above
            continue
        found = [one.message for one in findings(record)] or [person_text(record.cause)]
        for text in found:
            group = _group(groups, record.error, text, whole_file=True)
            _seen(group, record.name, parsed_moment(record.stopped or record.started))
    for group in groups.values():
        group.runs.sort(reverse=True)
    return sorted(groups.values(), key=lambda group: (group.whole_file, -group.rows, -len(group.runs), group.error))


def _group(groups: dict[tuple[str, str, bool], ErrorGroup], error: str, cause: str, *, whole_file: bool) -> ErrorGroup:
    text = group_text(cause)
    key = (error, text, whole_file)
    if key not in groups:
        groups[key] = ErrorGroup(error=error, group=text, example=cause, whole_file=whole_file)
    return groups[key]


def _seen(group: ErrorGroup, run: str, time: datetime | None) -> None:
    if not group.runs or group.runs[-1] != run:
        group.runs.append(run)
    if time is not None:
        group.first = time if group.first is None else min(group.first, time)
        group.last = time if group.last is None else max(group.last, time)

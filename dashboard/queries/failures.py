"""A rejected file: what the validator found, beside the lines themselves.

Rows that failed, over any number of runs. The last attempt of each row counts: rows that a redrive
repaired are not among them.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import duckdb

from dashboard.queries.store import file_state
from dashboard.queries.tables import fetch, load_items
from simulator.runs.failure_reasons import group_text, person_text
from simulator.runs.outcome import findings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from dashboard.queries.store import FileState
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.folder.run_record import RunRecord


MAX_TEXT = 2_000
CONTEXT = 1


@dataclass(slots=True, kw_only=True)
class FileLine:
    """A line of the file: `text` is None if it could not be read; without messages it is a neighbour."""

    line: int
    text: str | None = None
    messages: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """What is wrong with a file: with the whole of it, and with lines (in order, each with a line around it)."""

    whole_file: list[str]
    lines: list[FileLine]


def rejection(folder: RunFolder, record: RunRecord | None = None, *, context: int = CONTEXT) -> Rejection:
    """Return the findings of a rejected file; empty for any other run."""
    found = findings(record or folder.record())
    wanted: dict[int, FileLine] = {}
    for one in found:
        if one.line is None:
            continue
        for number in range(max(one.line - context, 1), one.line + context + 1):
            wanted.setdefault(number, FileLine(line=number))
        wanted[one.line].messages.append(one.message)
    for number, text in enumerate(_lines(folder), start=1):
        if number in wanted:
            wanted[number].text = text
    lines = [line for _, line in sorted(wanted.items()) if line.text is not None or line.messages]
    return Rejection(whole_file=[one.message for one in found if one.line is None], lines=lines)


def _lines(folder: RunFolder) -> Iterator[str]:
    """The file's lines as the validator counts them (LF ends one); bytes that are not UTF-8 are shown as �."""
    try:
        with folder.input_file.open("rb") as file:
            for line in file:
                yield line.decode("utf-8", "replace").rstrip("\r\n")[:MAX_TEXT]
    except OSError:
        return


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

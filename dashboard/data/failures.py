"""Rows that failed, over any number of runs. The last word on each row counts: what a redrive mended is gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from dashboard.data.tables import fetch, item_tables
from simulator.runs.cause_text import group_text, person_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.runs.folder import RunFolder

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


def failures(folders: Iterable[RunFolder]) -> list[Failure]:
    """Return all rows that failed in these runs, by run and row."""
    with item_tables(folders, where=_FAILED_OR_REDRIVEN, columns=_COLUMNS) as connection:
        found = fetch(connection, _FAILED)
    known: dict[str, tuple[str, str]] = {}
    rows = []
    for row in found:
        stop, raw = row.pop("stop"), row.pop("cause") or ""
        if raw not in known:
            text = person_text(raw)
            known[raw] = (text, group_text(text))
        cause, group = known[raw]
        rows.append(Failure(**row, cause=cause, group=group, time=stop.replace(tzinfo=UTC) if stop else None))
    return rows

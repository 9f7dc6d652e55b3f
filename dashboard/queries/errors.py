"""Why things failed, over all runs: rows and whole files, grouped by error and by cause without its values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dashboard.queries.failures import Failure, failures
from simulator.runs.failure_reasons import group_text, person_text
from simulator.runs.folder.times import parsed_moment
from simulator.runs.outcome import findings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from simulator.runs.folder.run_folder import RunFolder


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

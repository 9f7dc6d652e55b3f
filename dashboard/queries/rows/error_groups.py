"""All failures of some runs, grouped by error and by cause without what differs from row to row."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from dashboard.queries.records import run_record
from dashboard.queries.rows.failures import failures
from dashboard.queries.tables import file_state
from lambdas.user_log_reporter.reasons import CausePattern, group_text, person_text, split_cause
from simulator.runs.folder.json_lines import lines_with, parse_line
from simulator.runs.folder.times import parsed_moment
from simulator.runs.outcome import findings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from dashboard.queries.rows.failures import Failure
    from dashboard.queries.tables import FileState
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.folder.run_record import RunRecord
    from simulator.runs.store import RunStore

GroupKey = tuple[str, str, bool]
"""Error, cause without values, whether it is about whole files."""


@dataclass(slots=True, kw_only=True)
class ErrorGroup:
    """Failures with the same error and, but for the values in it, the same cause.

    Args:
        error: its name.
        group: the cause without what differs from row to row: the same in any choice of runs.
        example: one whole cause.
        whole_file: whether it is about files and not about single rows (a rejected file, a workflow that failed).
        new: whether no earlier run had it.
        first, last: when it was seen.
        rows: how many rows failed so; 0 if it is about whole files.
        runs: the names of the runs it was seen in, newest first.
        failures: the rows, by run and row.
        pattern: the cause with those values that all of these failures share.
    """

    error: str
    group: str
    example: str
    whole_file: bool = False
    new: bool = False
    first: datetime | None = None
    last: datetime | None = None
    rows: int = 0
    runs: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    pattern: CausePattern

    @property
    def cause(self) -> str:
        """The cause, with … or # only for what really differs among these failures."""
        return self.pattern.text

    @property
    def key(self) -> GroupKey:
        """What tells it from other groups."""
        return self.error, self.group, self.whole_file


def error_groups(folders: Iterable[RunFolder], *, known: frozenset[GroupKey] | None = None) -> list[ErrorGroup]:
    """Return the groups of these runs: new kinds first, then those with the most rows, whole files after rows.

    Args:
        folders: the runs.
        known: the kinds of error of earlier runs, as `known_kinds` gives them; None if none counts as new.
    """
    there = list(folders)
    groups: dict[GroupKey, ErrorGroup] = {}
    for failure in failures(there):
        group = _group(groups, failure.error, failure.cause, whole_file=False)
        group.rows += 1
        group.failures.append(failure)
        _seen(group, failure.run, failure.time)
    for folder in there:
        record = run_record(folder)
        for text in _whole_file_causes(record):
            group = _group(groups, record.error or "", text, whole_file=True)
            _seen(group, record.name, parsed_moment(record.stopped or record.started))
    for group in groups.values():
        group.runs.sort(reverse=True)
        group.new = known is not None and group.key not in known
    return sorted(
        groups.values(), key=lambda one: (not one.new, one.whole_file, -one.rows, -len(one.runs), one.error, one.group)
    )


def known_kinds(store: RunStore, records: Iterable[RunRecord]) -> frozenset[GroupKey]:
    """Return the kinds of error that these runs had, those of rows that a redrive has repaired included."""
    found: set[GroupKey] = set()
    for record in records:
        found.update((reason.error, group_text(reason.cause), False) for reason in record.reasons)
        found.update((record.error or "", group_text(text), True) for text in _whole_file_causes(record))
        if record.redrive_count:
            file = store.folder(record.name).items_file
            found |= _kinds_of_every_attempt(file, file_state(file))
    return frozenset(found)


@lru_cache(maxsize=512)
def _kinds_of_every_attempt(file: Path, state: FileState | None) -> frozenset[GroupKey]:
    """The kinds in `items.jsonl`; `state` makes it read again when the file changes."""
    if state is None:
        return frozenset()
    items = (item for item in map(parse_line, lines_with(file, b'"error":"')) if item is not None)
    return frozenset(
        (str(item["error"]), group_text(person_text(item["cause"])), False)
        for item in items
        if item.get("error") and isinstance(item.get("cause"), str)
    )


def _whole_file_causes(record: RunRecord) -> list[str]:
    if not record.error or record.breached:  # a breach is made of rows
        return []
    return [one.message for one in findings(record)] or [person_text(record.cause)]


def _group(groups: dict[GroupKey, ErrorGroup], error: str, cause: str, *, whole_file: bool) -> ErrorGroup:
    pattern = split_cause(cause)
    key = (error, pattern.group, whole_file)
    if key not in groups:
        groups[key] = ErrorGroup(
            error=error, group=pattern.group, example=cause, whole_file=whole_file, pattern=pattern
        )
    else:
        groups[key].pattern = groups[key].pattern.shared_with(pattern)
    return groups[key]


def _seen(group: ErrorGroup, run: str, time: datetime | None) -> None:
    if not group.runs or group.runs[-1] != run:
        group.runs.append(run)
    if time is not None:
        group.first = time if group.first is None else min(group.first, time)
        group.last = time if group.last is None else max(group.last, time)

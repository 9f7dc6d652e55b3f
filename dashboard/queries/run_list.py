"""The runs, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import TYPE_CHECKING

from dashboard.queries.records import KEPT, run_record, run_records
from simulator.runs.folder.run_record import RUNNING
from simulator.runs.folder.times import moment_text, parsed_moment
from simulator.runs.outcome import Kind, in_words, kind

if TYPE_CHECKING:
    from collections.abc import Collection

    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.folder.run_record import RunRecord
    from simulator.runs.store import RunStore


_rows: dict[str, tuple[RunRecord, RunRow]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """A run as a line of a list.

    Args:
        name: the run's name.
        file: the uploaded object's key; empty if the run had no time to write it.
        started, stopped: moments in UTC.
        seconds: how long its attempts took together, or have taken so far; None if that is not known.
        status: RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED or INTERRUPTED.
        waits: whether it waits for its turn.
        kind, words: the same for colours and for people (a rejected file is its own kind).
        rows, succeeded, failed, pending, superseded: counts of rows; superseded ones are among the succeeded.
        redrives: how often it was redriven.
        corrects: the run whose failed rows its file corrects.
        notes: what could not be written, in sentences.
    """

    name: str
    file: str
    started: datetime | None
    stopped: datetime | None
    seconds: float | None
    status: str
    waits: bool
    kind: Kind
    words: str
    rows: int
    succeeded: int
    failed: int
    pending: int
    superseded: int
    redrives: int
    corrects: str | None
    error: str | None
    notes: tuple[str, ...]

    @property
    def done_share(self) -> float:
        """The part of its rows that has ended, 0 to 1."""
        return min((self.succeeded + self.failed) / self.rows, 1.0) if self.rows else 0.0


def runs(
    store: RunStore,
    *,
    kinds: Collection[Kind] = (),
    file: str = "",
    since: date | None = None,
    until: date | None = None,
    zone: tzinfo = UTC,
) -> list[RunRow]:
    """Return the runs, newest first; empty if there is none.

    Args:
        store: all runs.
        kinds: only these; all where empty.
        file: only files whose name has this in it, whatever its case.
        since: only runs that started on this day or later.
        until: only runs that started on this day or before.
        zone: the time zone of the days.
    """
    wanted = file.casefold()
    found = []
    for row in sorted(map(_known_row, run_records(store)), key=_newest, reverse=True):
        day = row.started.astimezone(zone).date() if row.started else None
        if kinds and row.kind not in kinds:
            continue
        if wanted not in row.file.casefold():
            continue
        if (since and (day is None or day < since)) or (until and (day is None or day > until)):
            continue
        found.append(row)
    return found


def run(folder: RunFolder) -> RunRow | None:
    """Return one run as it stands; None if its folder has vanished."""
    record = run_record(folder)
    return run_row(record) if folder.path.is_dir() else None


def later_of_same_file(store: RunStore, row: RunRow) -> RunRow | None:
    """Return the next run of a file with a rejected file's name that was not rejected; None if there is none.

    The name says no more than that somebody, or a nightly job, sent a file of that name again.
    """
    if row.kind is not Kind.REJECTED:
        return None
    later = (
        one
        for one in map(run_row, run_records(store))
        if one.file == row.file and one.kind is not Kind.REJECTED and _newest(one) > _newest(row)
    )
    return min(later, key=_newest, default=None)


def _known_row(record: RunRecord) -> RunRow:
    """Make the row of a record that has ended once: the same record is the same object."""
    known = _rows.get(record.name)
    if known is not None and known[0] is record:
        return known[1]
    row = run_row(record)
    if record.status != RUNNING:
        if len(_rows) >= KEPT:
            _rows.clear()
        _rows[record.name] = record, row
    return row


def run_row(record: RunRecord) -> RunRow:
    """Return a record as a line of a list."""
    started, stopped = parsed_moment(record.started), parsed_moment(record.stopped)
    took = record.duration_until(moment_text(datetime.now(UTC))) if record.status == RUNNING else record.duration_ms
    rows = record.rows
    return RunRow(
        name=record.name,
        file=record.source.key,
        started=started,
        stopped=stopped,
        seconds=None if took is None else took / 1000,
        status=record.status,
        waits=record.waits,
        kind=kind(record),
        words=in_words(record),
        rows=rows.total or record.row_count or 0,
        succeeded=rows.succeeded,
        failed=rows.failed,
        pending=rows.pending,
        superseded=rows.superseded,
        redrives=record.redrive_count,
        corrects=record.corrects,
        error=record.error,
        notes=tuple(record.notes),
    )


def _newest(row: RunRow) -> tuple[datetime, str]:
    return row.started or datetime.min.replace(tzinfo=UTC), row.name

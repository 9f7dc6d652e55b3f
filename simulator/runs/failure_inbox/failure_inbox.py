"""Every failed row of all runs, each in just one state."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from simulator.runs.corrections.corrected_file import corrected_rows
from simulator.runs.failure_inbox.failed_row import FailedRow, RowPlace, State
from simulator.runs.failure_inbox.later_rows import LaterRows, same_database
from simulator.runs.failure_inbox.run_failures import run_failures
from simulator.runs.folder.run_record import RUNNING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.runs.failure_inbox.accepted_rows import Accepted
    from simulator.runs.folder.run_record import RunRecord
    from simulator.runs.store import RunStore

    Fate = tuple[State, RowPlace | None]

_SUCCEEDED = (State.REDRIVEN, State.CORRECTED)


class FailureInbox:
    """The failed rows of all runs that have ended; what changes later is not seen.

    Args:
        store: the runs.
        records: all of them, recovered if their processes died, in any order.
        accepted: what persons have accepted.
    """

    def __init__(self, store: RunStore, records: Iterable[RunRecord], accepted: Accepted) -> None:
        self._store = store
        self._records = {record.name: record for record in records}
        self._accepted = accepted.rows
        self._failed: dict[RowPlace, tuple[FailedRow, bool]] = {}
        self._sent: defaultdict[RowPlace, list[RowPlace]] = defaultdict(list)
        self._known: dict[RowPlace, State] = {}
        self._without_line: list[FailedRow] = []
        for record in sorted(self._records.values(), key=lambda one: (one.started or "", one.name)):
            self._read(record)
        waiting = (row for row, succeeded in self._failed.values() if not succeeded)
        self._later = LaterRows(store, self._records.values(), waiting)
        self.rows = sorted(
            [*(self._settled(place) for place in self._failed), *map(self._without_place, self._without_line)],
            key=lambda row: (row.time, row.run, row.index),
        )
        """All of them, the oldest first."""

    @property
    def open(self) -> list[FailedRow]:
        """Those that wait for somebody, the oldest first."""
        return [row for row in self.rows if row.state is State.OPEN]

    @property
    def going_on(self) -> list[str]:
        """The runs that have not ended, whose failed rows are not among these yet."""
        return sorted(name for name, record in self._records.items() if record.status == RUNNING)

    def of_run(self, name: str) -> list[FailedRow]:
        """Return the failed rows of a run, in the order of its file."""
        return [row for row in self.rows if row.run == name]

    def _read(self, record: RunRecord) -> None:
        folder = self._store.folder(record.name)
        for one in run_failures(folder, record):
            if one.row.line is None:
                self._without_line.append(one.row)
            else:
                self._failed[RowPlace(record.name, one.row.line)] = one.row, one.succeeded
        if record.corrects is None or not _has_rows(record):
            return
        for line, run, its_line in corrected_rows(folder.input_file):
            before = self._records.get(run or record.corrects)
            if before is not None and its_line.isdigit() and _follows(record, before):
                self._sent[RowPlace(before.name, int(its_line))].append(RowPlace(record.name, line))

    def _settled(self, place: RowPlace) -> FailedRow:
        row, _ = self._failed[place]
        state, by = self._fate(place)
        return replace(row, state=state, by=by, acceptance=self._accepted.get((row.run, row.index)))

    def _without_place(self, row: FailedRow) -> FailedRow:
        """A row whose file cannot be read: no file can name its line."""
        acceptance = self._accepted.get((row.run, row.index))
        return replace(row, state=State.ACCEPTED if acceptance else State.OPEN, acceptance=acceptance)

    def _fate(self, place: RowPlace) -> Fate:
        row, succeeded = self._failed[place]
        if succeeded:
            return State.REDRIVEN, RowPlace(place.run)
        again = self._sent.get(place, [])
        for one in reversed(again):
            if self._succeeded(one):
                return State.CORRECTED, one
        later = self._later.of(row)
        if later is not None:
            return State.OVERTAKEN, later
        if (row.run, row.index) in self._accepted:
            return State.ACCEPTED, None
        return (State.SENT, again[-1]) if again else (State.OPEN, None)

    def _succeeded(self, place: RowPlace) -> bool:
        """Whether a row that was sent again has succeeded, there or where it was sent from there."""
        if self._records[place.run].status == RUNNING:
            return False
        if place not in self._failed:
            return True
        if place not in self._known:
            self._known[place] = self._fate(place)[0]
        return self._known[place] in _SUCCEEDED


def _has_rows(record: RunRecord) -> bool:
    """Whether its rows are known, or are being processed: a rejected file has none."""
    return record.map_run is not None or record.status == RUNNING


def _follows(record: RunRecord, before: RunRecord) -> bool:
    """Whether a run can have corrected another one: it began later (so there is no circle), in the same database."""
    later = (record.started or "", record.name) > (before.started or "", before.name)
    return later and same_database(record, before)

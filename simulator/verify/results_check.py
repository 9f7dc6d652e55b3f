"""Compares the result files with `items.jsonl` and the file: each row once per attempt, none again after success.

But for a new Map Run: a redrive begins one where the last one ended by certain errors, and it runs every row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lambdas.shared.columns import COLUMNS
from simulator.runs.folder.result_files import attempts
from simulator.verify.row import FAILED, PENDING, SUCCEEDED, Row

if TYPE_CHECKING:
    from simulator.runs.folder.history_reader import MapRunPass
    from simulator.runs.folder.result_files import Attempt, Entry
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.verify.findings import Findings

PLACE = "results"
CUT_OFF = "Its result is in no file: the attempt that ran it was cut off before it wrote its results."
REPEATED = (
    "It was run again after it had succeeded: the process died before its result was written, and setting the same "
    "totals again changes nothing."
)
NEW_MAP_RUN = (
    "It was run again after it had succeeded: the redrive began a new Map Run, which runs every row, and setting the "
    "same totals again changes nothing."
)
_STATUSES = {"SUCCEEDED": {"SUCCEEDED"}, "FAILED": {"FAILED", "TIMED_OUT", "ABORTED"}, "PENDING": {"PENDING"}}


class ResultsCheck:
    """Reads all result files of a run and compares them.

    Args:
        folder: the run's.
        passes: those of its Map Runs, as its history has them.
        rows: as `items.jsonl` has them.
        findings: where disagreements go.
    """

    def __init__(self, folder: RunFolder, passes: list[MapRunPass], rows: list[Row], findings: Findings) -> None:
        self._folder = folder
        self._redrives = {(_id(one.arn), one.number): one.redrive for one in passes}
        self._map_runs = {one.redrive: one.arn for one in passes}
        self._rows = rows
        self._findings = findings
        self._states: dict[int, dict[int, str]] = {}
        self._whole: set[int] = set()
        self._of_failed_batch: set[tuple[int, int]] = set()

    def run(self) -> None:
        """Compare everything."""
        for attempt in attempts(self._folder, self._redrives):
            if attempt.redrive is None:
                self._findings.disagree(
                    PLACE, f"There are results of a Map Run that the history does not name, {attempt.map_run}."
                )
                continue
            self._manifest(attempt, attempt.redrive)
            for entry in attempt.row_entries():
                self._findings.count(PLACE)
                self._entry(attempt, attempt.redrive, entry)
        for row in self._rows:
            self._row(row)

    def _manifest(self, attempt: Attempt, redrive: int) -> None:
        manifest = attempt.manifest()
        if manifest is None:
            return
        self._whole.add(redrive)
        listed: dict[str, Any] = {}
        for files in (manifest.get("ResultFiles") or {}).values():
            for file in files:
                listed[str(file.get("Key")).rpartition(f"{attempt.map_run}/")[2]] = file.get("Size")
        top = attempt.folder.parent if attempt.number else attempt.folder
        here = {path.relative_to(top).as_posix(): path.stat().st_size for path in attempt.files()}
        for name in sorted(here.keys() - listed.keys()):
            self._findings.disagree(PLACE, f"The manifest of {attempt.name} does not list {name}.")
        for name, size in sorted(listed.items()):
            path = top / name
            there = path.stat().st_size if path.is_file() else None
            if there != size:
                what = "is missing" if there is None else f"has {there} bytes"
                self._findings.disagree(
                    PLACE, f"The manifest of {attempt.name} lists {name} with {size} bytes; it {what}."
                )

    def _entry(self, attempt: Attempt, redrive: int, entry: Entry) -> None:
        findings = self._findings
        given = entry.input or {}
        index = given.get("rowIndex")
        if not isinstance(index, int) or not 0 <= index < len(self._rows):
            findings.disagree(
                PLACE, f"{attempt.name} has an entry of row index {index!r}; the file has {len(self._rows)} rows."
            )
            return
        row = self._rows[index]
        states = self._states.setdefault(index, {})
        if any(
            state == SUCCEEDED and self._stays(index, number) and self._same_map_run(number, redrive)
            for number, state in states.items()
        ):
            findings.disagree(PLACE, f"{attempt.name} has it as {entry.status}, after it had succeeded.", row)
        elif redrive in states:
            findings.disagree(PLACE, f"{attempt.name} has it twice, as {states[redrive]} and as {entry.status}.", row)
        states[redrive] = entry.status.lower()
        if entry.of_failed_batch:
            self._of_failed_batch.add((index, redrive))
        if entry.record.get("Status") not in _STATUSES[entry.status]:
            findings.disagree(
                PLACE, f"It is in a {entry.status} file of {attempt.name} as {entry.record.get('Status')}.", row
            )
        told = [given.get(column.event_key) for column in COLUMNS]
        values = row.fields[: len(COLUMNS)]
        if told != values:
            findings.disagree(PLACE, f"{attempt.name} ran it with {told}; the file says {values}.", row)
        if redrive == row.redrive and row.ended:
            self._outcome(row, entry)

    def _outcome(self, row: Row, entry: Entry) -> None:
        error = entry.record.get("Error")
        if entry.status == "FAILED" and row.state == FAILED and error != row.error:
            self._findings.disagree(PLACE, f"Its error is {error!r}; in items.jsonl it is {row.error!r}.", row)

    def _row(self, row: Row) -> None:
        self._state(row)
        for number in row.succeeded_before:
            if not self._same_map_run(number, row.redrive):
                self._findings.note(NEW_MAP_RUN, row)
            elif number in self._whole or self._states.get(row.index, {}).get(number) == SUCCEEDED:
                self._findings.disagree(
                    PLACE,
                    f"It was run again in attempt {row.redrive}, although it had succeeded in attempt {number}.",
                    row,
                )
            else:
                self._findings.note(REPEATED, row)

    def _stays(self, index: int, redrive: int) -> bool:
        """Whether no redrive runs a row again that succeeded in an attempt: not if its batch failed."""
        return (index, redrive) not in self._of_failed_batch

    def _same_map_run(self, redrive: int, other: int) -> bool:
        """Whether two redrives of the run were of one Map Run; one that the history does not know is of the last."""
        last = next(reversed(self._map_runs.values()), None)
        return self._map_runs.get(redrive, last) == self._map_runs.get(other, last)

    def _state(self, row: Row) -> None:
        states = self._states.get(row.index, {})
        ended = {number: state for number, state in states.items() if state != PENDING}
        number = max(ended, default=-1)
        if row.state == PENDING:
            if ended:
                self._findings.disagree(PLACE, f"It is there as {ended[number]}; items.jsonl has no such row.", row)
            elif self._whole and not states:
                self._findings.disagree(PLACE, "It is in no result file, not even among the pending ones.", row)
        elif number > row.redrive:
            self._findings.disagree(
                PLACE,
                f"Attempt {number} has it as {ended[number]}; items.jsonl has only attempt {row.redrive}.",
                row,
            )
        elif row.redrive in states or row.redrive in self._whole:
            if states.get(row.redrive) != row.state:
                there = f"{states[max(states)]}, in attempt {max(states)}" if states else "not there at all"
                told = f"items.jsonl has it as {row.state}, in attempt {row.redrive}."
                self._findings.disagree(PLACE, f"It is {there}; {told}", row)
        elif (
            ended.get(number) == SUCCEEDED
            and self._stays(row.index, number)
            and self._same_map_run(number, row.redrive)
        ):
            self._findings.disagree(
                PLACE, f"It had succeeded in attempt {number}, and was run again in attempt {row.redrive}.", row
            )
        else:
            self._findings.note(CUT_OFF, row)


def _id(map_run_arn: str) -> str:
    return map_run_arn.rpartition(":")[2]

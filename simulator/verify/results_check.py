"""The result files against `items.jsonl` and the file: each row once an attempt, none again after it succeeded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.verify.result_entries import Attempt, Entry, attempts
from simulator.verify.row import FAILED, PENDING, SUCCEEDED, Row

if TYPE_CHECKING:
    from simulator.runs.folder import RunFolder
    from simulator.verify.findings import Findings

PLACE = "results"
CUT_OFF = "Its result is in no file: the attempt that ran it was cut off before it wrote its results."
REPEATED = (
    "It was run again after it had succeeded: the process died before its result was written, and to set the same "
    "totals once more changes nothing."
)
_STATUSES = {"SUCCEEDED": {"SUCCEEDED"}, "FAILED": {"FAILED", "TIMED_OUT", "ABORTED"}, "PENDING": {"PENDING"}}


class ResultsCheck:
    """Reads all result files of a run and compares them.

    Args:
        folder: the run's.
        rows: as `items.jsonl` has them.
        findings: where disagreements go.
    """

    def __init__(self, folder: RunFolder, rows: list[Row], findings: Findings) -> None:
        self._folder = folder
        self._rows = rows
        self._findings = findings
        self._latest: dict[int, tuple[int, str]] = {}
        self._whole: set[int] = set()
        self._successes: set[tuple[int, int]] = set()

    def run(self, map_run_arn: str) -> None:
        """Compare everything."""
        map_run = map_run_arn.rpartition(":")[2]
        for attempt in attempts(self._folder):
            if attempt.map_run != map_run:
                self._findings.disagree(PLACE, f"There are results of another Map Run, {attempt.map_run}.")
                continue
            self._manifest(attempt)
            for entry in attempt.entries():
                self._findings.count(PLACE)
                self._entry(attempt, entry)
        for row in self._rows:
            self._row(row)

    def _manifest(self, attempt: Attempt) -> None:
        manifest = attempt.manifest()
        if manifest is None:
            return
        self._whole.add(attempt.number)
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

    def _entry(self, attempt: Attempt, entry: Entry) -> None:
        findings = self._findings
        given = entry.input or {}
        index = given.get("rowIndex")
        if not isinstance(index, int) or not 0 <= index < len(self._rows):
            findings.disagree(
                PLACE, f"{attempt.name} has an entry of row index {index!r}; the file has {len(self._rows)} rows."
            )
            return
        row = self._rows[index]
        before = self._latest.get(index)
        if before is not None and before[1] == SUCCEEDED:
            findings.disagree(PLACE, f"{attempt.name} has it as {entry.status}, after it had succeeded.", row)
        elif before is not None and before[0] == attempt.number:
            findings.disagree(PLACE, f"{attempt.name} has it twice, as {before[1]} and as {entry.status}.", row)
        if entry.status == "SUCCEEDED":
            self._successes.add((index, attempt.number))
        self._latest[index] = (attempt.number, entry.status.lower())
        if entry.record.get("Status") not in _STATUSES[entry.status]:
            findings.disagree(
                PLACE, f"It is in a {entry.status} file of {attempt.name} as {entry.record.get('Status')}.", row
            )
        told = [given.get("userId"), given.get("loginCount"), given.get("postCount")]
        if told != row.fields[:3]:
            findings.disagree(PLACE, f"{attempt.name} ran it with {told}; the file says {row.fields[:3]}.", row)
        if attempt.number == row.redrive and row.ended:
            self._outcome(row, entry)

    def _outcome(self, row: Row, entry: Entry) -> None:
        error = entry.record.get("Error")
        if entry.status == "FAILED" and row.state == FAILED and error != row.error:
            self._findings.disagree(PLACE, f"Its error is {error!r}; in items.jsonl it is {row.error!r}.", row)

    def _row(self, row: Row) -> None:
        self._state(row)
        for number in row.succeeded_before:
            if number in self._whole or (row.index, number) in self._successes:
                self._findings.disagree(
                    PLACE,
                    f"It was run again in attempt {row.redrive}, though it had succeeded in attempt {number}.",
                    row,
                )
            else:
                self._findings.note(REPEATED, row)

    def _state(self, row: Row) -> None:
        number, state = self._latest.get(row.index, (-1, PENDING))
        last = max(self._whole, default=-1)
        if row.state == PENDING:
            if state != PENDING:
                self._findings.disagree(PLACE, f"It is there as {state}; items.jsonl has no such row.", row)
            elif number < 0 <= last:
                self._findings.disagree(PLACE, "It is in no result file, not even among the pending ones.", row)
        elif number == row.redrive or row.redrive in self._whole:
            if (number, state) != (row.redrive, row.state):
                there = "not there at all" if number < 0 else f"{state}, in attempt {number}"
                told = f"items.jsonl has it as {row.state}, in attempt {row.redrive}."
                self._findings.disagree(PLACE, f"It is {there}; {told}", row)
        elif number > row.redrive:
            self._findings.disagree(
                PLACE, f"Attempt {number} has it as {state}; items.jsonl knows of attempt {row.redrive} only.", row
            )
        elif state == SUCCEEDED:
            self._findings.disagree(
                PLACE, f"It had succeeded in attempt {number}, and was run again in attempt {row.redrive}.", row
            )
        else:
            self._findings.note(CUT_OFF, row)

"""Proves what the failure inbox says of a run's rows: each that failed is in it once, and its state has its evidence.

The evidence is looked for in the files anew, by another way than the inbox took.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from simulator.runs.corrections.corrected_file import corrected_rows
from simulator.runs.failure_inbox.failed_row import FailedRow, RowPlace, State
from simulator.runs.failure_inbox.later_rows import same_database
from simulator.runs.failure_inbox.run_failures import time_of
from simulator.runs.folder.run_record import RUNNING
from simulator.verify.row import SUCCEEDED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.runs.failure_inbox.accepted_rows import Accepted
    from simulator.runs.failure_inbox.failure_inbox import FailureInbox
    from simulator.runs.folder.run_record import RunRecord
    from simulator.runs.store import RunStore
    from simulator.verify.findings import Findings
    from simulator.verify.row import Row

PLACE = "failure inbox"


class InboxCheck:
    """Compares the failure inbox with the files of all runs.

    Args:
        store: the runs.
        records: all of them.
        accepted: what persons have accepted.
        inbox: what is compared.
    """

    def __init__(self, store: RunStore, records: list[RunRecord], accepted: Accepted, inbox: FailureInbox) -> None:
        self._store = store
        self._records = {record.name: record for record in records}
        self._accepted = accepted
        self._inbox = inbox
        self.states: Counter[str] = Counter()

    def run(self, record: RunRecord, rows: list[Row], findings: Findings) -> None:
        """Compare the rows of a run that has ended; `states` then has how many are in each state."""
        failed_once = {item.get("index") for item in self._items(record.name) if item.get("status") != "SUCCEEDED"}
        expected = {row.index: row for row in rows if row.state != SUCCEEDED or row.index in failed_once}
        listed = self._inbox.of_run(record.name)
        findings.count(PLACE, len(listed))
        self.states = Counter(str(row.state) for row in listed)
        times = Counter(row.index for row in listed)
        for index, row in expected.items():
            if times[index] != 1:
                findings.disagree(PLACE, f"The row has failed, and is there {times[index]} times.", row)
        by_index = {row.index: row for row in rows}
        written = self._written_later(record, {row.user for row in listed})
        for one in listed:
            if one.index not in expected:
                findings.disagree(PLACE, f"It has a row with the index {one.index}, which did not fail.")
                continue
            problem = self._problem(one, by_index[one.index], written)
            if problem is not None:
                findings.disagree(PLACE, f"It is {one.state} there, and {problem}.", by_index[one.index])

    def _problem(self, one: FailedRow, row: Row, written: set[tuple[str, int | None, str]]) -> str | None:
        """Return what is wrong with a state."""
        done = row.state == SUCCEEDED
        if done != (one.state is State.REDRIVEN):
            return f"its run has it as {row.state}"
        if one.state in (State.CORRECTED, State.SENT):
            return self._sent_problem(one)
        later = {run for run, _, user in written if user == one.user}
        if one.state is State.OVERTAKEN:
            by = one.by or RowPlace("")
            there = (by.run, by.line, one.user) in written
            return None if there else f"{by.run} has no row of its user that succeeded on line {by.line}"
        if not done and later:
            return f"a newer file has written its user: {min(later)}"
        if one.state in (State.OPEN, State.ACCEPTED):
            accepted = (one.run, one.index) in self._accepted.rows
            if accepted != (one.state is State.ACCEPTED):
                return "accepted-rows.jsonl has it" if accepted else "accepted-rows.jsonl does not have it"
        return None

    def _sent_problem(self, one: FailedRow) -> str | None:
        by = one.by
        if by is None or by.run not in self._records:
            return "the run in which it was sent again is not here"
        record = self._records[by.run]
        named = corrected_rows(self._store.folder(by.run).input_file)
        if (by.line, str(one.line)) not in {
            (line, its) for line, run, its in named if (run or record.corrects) == one.run
        }:
            return f"line {by.line} of {by.run} does not name it"
        ends = [item.get("status") for item in self._items(by.run) if item.get("line") == by.line]
        succeeded = record.status != RUNNING and ends[-1:] == ["SUCCEEDED"]
        further = next((row for row in self._inbox.of_run(by.run) if row.line == by.line), None)
        if further is not None and further.state in (State.REDRIVEN, State.CORRECTED):
            succeeded = True
        if succeeded != (one.state is State.CORRECTED):
            return f"line {by.line} of {by.run} {'succeeded' if succeeded else 'did not succeed'}"
        return None

    def _written_later(self, record: RunRecord, users: set[str | None]) -> set[tuple[str, int | None, str]]:
        """Return run, line and user of each row of these users that succeeded in an upload that is newer."""
        moment, found = (time_of(record), record.started or "", record.name), set()
        for name, other in self._records.items():
            if other.status == RUNNING or not same_database(other, record):
                continue
            if (time_of(other), other.started or "", name) <= moment:
                continue
            found |= {
                (name, item.get("line"), item["user"])
                for item in self._items(name)
                if item.get("user") in users and item.get("user") and item.get("status") == "SUCCEEDED"
            }
        return found

    def _items(self, name: str) -> Iterator[dict[str, Any]]:
        return self._store.folder(name).items()

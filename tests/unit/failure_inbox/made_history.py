"""Runs in one home, one after the other, in which rows fail, are redriven, are sent again and are overtaken."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from simulator.runs.failure_inbox.accepted_rows import FILE, AcceptedRows
from simulator.runs.failure_inbox.failed_row import RowPlace
from simulator.runs.failure_inbox.failure_inbox import FailureInbox
from simulator.runs.failure_inbox.sending import originals, outgoing
from simulator.runs.folder.times import moment_text
from simulator.runs.recorder import RunRecorder
from simulator.runs.recovery import recovered
from simulator.runs.store import RunStore
from tests.rows import upload
from tests.unit.runs.made_runs import MACHINE, MAP_RUN, PREFIX, START, child, execution, failed_child, map_run

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from simulator.aws.asl.runtime.listener import ExecutionInfo
    from simulator.runs.failure_inbox.failed_row import FailedRow


class History:
    """A home; each run begins an hour after the one before.

    Args:
        home: its folder.
        run: what the runs' names begin with.
        file: what the files' names begin with; the same if None.
    """

    def __init__(self, home: Path, *, run: str = "user-log-", file: str | None = None) -> None:
        self.home = home
        self._run = run
        self._file = run if file is None else file
        self.store = RunStore(home / "runs")
        self.log = AcceptedRows(home / FILE)
        self._texts: dict[str, str] = {}
        self._hours: dict[str, int] = {}

    def run(self, users: Sequence[str], failing: Iterable[int] = (), pending: Iterable[int] = ()) -> str:
        """Run a file with a row for each user, and return its name; those at these places fail or are never done."""
        return self._play(upload(*(f"{user},1,2" for user in users)), set(failing), set(pending))

    def send(self, rows: Iterable[FailedRow], failing: Iterable[int] = ()) -> str:
        """Send rows again, by the file that `inbox send` makes; those at these places fail again."""
        chosen = list(rows)
        fields = {place: [one.fields[0], "3", *one.fields[2:]] for place, one in originals(self.store, chosen).items()}
        sent = outgoing(chosen, fields)
        assert not sent.problems
        return self._play(sent.text.decode(), set(failing), set())

    def redrive(self, name: str, failing: Iterable[int] = ()) -> None:
        """Run the rows of a run that did not succeed again."""
        folder = self.store.folder(name)
        last = {item["index"]: item["status"] for item in folder.items()}
        rows = _rows(self._texts[name])
        left = {index for index in range(len(rows)) if last.get(index) != "SUCCEEDED"}
        number = folder.record().redrive_count + 1
        self._write(name, left, set(failing) & left, number)

    def inbox(self) -> FailureInbox:
        """What the inbox says now."""
        return FailureInbox(self.store, [recovered(folder) for folder in self.store.folders()], self.log.read())

    def row(self, name: str, line: int) -> FailedRow:
        """A row that failed, as it stands now."""
        (found,) = [row for row in self.inbox().of_run(name) if row.line == line]
        return found

    def _play(self, text: str, failing: set[int], pending: set[int]) -> str:
        hour = len(self._texts)
        name = f"{self._run}{hour:03}"
        self._texts[name], self._hours[name] = text, hour
        self._write(name, set(range(len(_rows(text)))) - pending, failing, 0)
        return name

    def _write(self, name: str, begun: set[int], failing: set[int], redrive: int) -> None:
        text, rows = self._texts[name], _rows(self._texts[name])
        recorder = RunRecorder(self.store, MACHINE, lambda *_: [text.encode()])
        recorder.execution_started(self._info(name, "RUNNING", redrive))
        recorder.map_run_changed(replace(map_run(total=len(rows)), parent_arn=_arn(name), arn=MAP_RUN))
        for index in sorted(begun):
            made = failed_child if index in failing else child
            one = made(index, index + 2, name=name, input={"userId": rows[index], "rowIndex": index})
            recorder.child_ended(replace(one, parent_arn=_arn(name)))
        done = len(begun) == len(rows) or redrive
        recorder.execution_ended(self._info(name, "SUCCEEDED" if done else "FAILED", redrive))
        recorder.close()

    def _info(self, name: str, status: str, redrive: int) -> ExecutionInfo:
        began = START + timedelta(hours=self._hours[name])
        key = name.replace(self._run, self._file) + ".csv"
        source = {"bucket": {"name": "in"}, "object": {"key": key, "versionId": "v1", "size": 10}}
        return execution(
            name,
            arn=_arn(name),
            input={"time": moment_text(began), "detail": source},
            status=status,
            started=began,
            stopped=None if status == "RUNNING" else began + timedelta(minutes=1 + redrive),
            redrive_count=redrive,
        )


def place_of(row: FailedRow) -> RowPlace:
    """Where a row is."""
    return RowPlace(row.run, row.line)


def _arn(name: str) -> str:
    return f"{PREFIX}:execution:{MACHINE}:{name}"


def _rows(text: str) -> list[str]:
    """The users of a file's rows."""
    return [line.split(",")[0].strip('"') for line in text.splitlines()[1:]]

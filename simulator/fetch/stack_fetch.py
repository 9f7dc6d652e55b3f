"""Keeps the runs of one deployed workflow up to date in a folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from simulator.fetch.deployment import workflow_of
from simulator.fetch.errors import FetchError
from simulator.fetch.operator import told
from simulator.fetch.run_fetch import Standing, fetch_run
from simulator.runs.corrections.corrected_file import corrected_run
from simulator.runs.folder.run_folder import BadRunName
from simulator.runs.folder.run_lock import RunBusy
from simulator.runs.store import RunStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import timedelta
    from pathlib import Path

    from simulator.fetch.operator import Operator
    from simulator.runs.folder.run_record import RunRecord


def home_of(aws: Path, workflow: str) -> Path:
    """Return the home of a deployed workflow's runs: a stage, an account or a region of its own each has its own.

    Args:
        aws: the folder of all of them.
        workflow: the ARN of the state machine.
    """
    _, _, _, region, account, _, name, *_ = workflow.split(":")
    return aws / f"{region}-{account}-{name}"


@dataclass(slots=True)
class Round:
    """What one look at AWS brought.

    Args:
        runs: the runs that were brought up to date, in the order in which they were read.
        current: how many had nothing new.
        problems: sentences about runs that could not be fetched.
        unread: how many runs were left out after the last problem.
    """

    runs: list[RunRecord] = field(default_factory=list)
    current: int = 0
    problems: list[str] = field(default_factory=list)
    unread: int = 0


class StackFetch:
    """Fetches the runs of a workflow, again and again.

    Args:
        operator: the clients.
        workflow: the ARN of the state machine.
        aws: the folder for the homes of all workflows.
        stack: what it was asked for by.
        logs: as `fetch_run`.
    """

    def __init__(self, operator: Operator, workflow: str, aws: Path, *, stack: str = "", logs: bool = True) -> None:
        self._operator = operator
        self._workflow = workflow
        self._stack = stack
        self._logs = logs
        self.store = RunStore(home_of(aws, workflow) / "runs")

    def fetch(self, arn: str) -> RunRecord:
        """Bring one run up to date.

        Raises:
            FetchError: AWS cannot be read, or the execution's name cannot be a folder's.
            RunBusy, OSError: as `fetch_run`.
        """
        if workflow_of(arn) != self._workflow:
            raise FetchError(f"The execution {arn} is not one of {self._workflow}.")
        try:
            folder = self.store.folder(arn.rpartition(":")[2])
        except BadRunName as error:
            raise FetchError(f"The run cannot be kept: {error}") from error
        record = fetch_run(self._operator, arn, folder, stack=self._stack, logs=self._logs)
        self._link(record)
        return record

    def round(
        self, since: timedelta | None, tell: Callable[[str], None] = lambda _: None, *, newest_first: bool = False
    ) -> Round:
        """Bring the runs of the last time up to date: one page of ListExecutions if there is nothing new.

        Args:
            since: how long ago a run may have ended; None for all that AWS still has (90 days).
            tell: told of each run before it is read.
            newest_first: whether the latest run is read first.

        Raises:
            FetchError: the executions cannot be listed.
        """
        earliest = None if since is None else datetime.now(UTC) - since
        done = Round()
        changed = []
        for execution in self._executions(earliest):
            if self._is_kept(execution):
                done.current += 1
            else:
                changed.append(execution["executionArn"])
        for number, arn in enumerate(changed if newest_first else reversed(changed), 1):
            tell(f"{number} of {len(changed)}: {arn.rpartition(':')[2]}")
            try:
                done.runs.append(self.fetch(arn))
            except RunBusy:
                done.current += 1  # another process does it
            except FetchError as error:
                done.problems.append(f"{arn.rpartition(':')[2]}: {error}")
                if error.kind:  # the next run would fail alike
                    done.unread = len(changed) - number
                    break
            except OSError as error:
                done.problems.append(f"{arn.rpartition(':')[2]}: the folder cannot be written: {error}")
        for record in done.runs:  # what a file corrects may have been read after it
            self._link(record)
        return done

    def _link(self, record: RunRecord) -> None:
        """Note which run the file has corrected."""
        folder = self.store.folder(record.name)
        corrects = corrected_run(self.store, folder.input_file, record.name)
        if corrects != record.corrects:
            record.corrects = corrects
            folder.write_record(record)

    def _is_kept(self, execution: dict[str, Any]) -> bool:
        try:
            folder = self.store.folder(execution["name"])
        except BadRunName:
            return False
        return Standing.of(execution).is_kept(folder.record_as_written())

    def _executions(self, earliest: datetime | None) -> Iterator[dict[str, Any]]:
        """Yield the executions that run, or ended since a time: AWS lists the latest first."""
        with told():
            pages = self._operator.stepfunctions.get_paginator("list_executions").paginate(
                stateMachineArn=self._workflow, PaginationConfig={"PageSize": 100}
            )
            for page in pages:
                found = page["executions"]
                recent = [
                    one
                    for one in found
                    if earliest is None or one["status"] == "RUNNING" or _last_sign(one) >= earliest
                ]
                yield from recent
                if found and not recent:
                    return


def _last_sign(execution: dict[str, Any]) -> datetime:
    sign: datetime = execution.get("stopDate") or execution["startDate"]
    return sign

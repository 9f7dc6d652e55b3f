"""Brings one run of a deployed stack into its folder, or brings that folder up to date."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from simulator.fetch.audit_items import audit_items
from simulator.fetch.deployment import Places, places_of, workflow_of
from simulator.fetch.function_logs import invocations_of
from simulator.fetch.history import append_history, idle_ms
from simulator.fetch.objects import fetch_input, fetch_results, rejection
from simulator.fetch.operator import told
from simulator.fetch.rows import RowCalls, item_lines
from simulator.runs.failed_rows import write_failed_rows
from simulator.runs.failure_reasons import ReasonTally
from simulator.runs.folder.batches import rows_per_child
from simulator.runs.folder.history_reader import map_run_passes, validated_rows
from simulator.runs.folder.items import ItemIndex
from simulator.runs.folder.json_lines import encode
from simulator.runs.folder.run_lock import RunLock
from simulator.runs.folder.run_record import RUNNING, MapRunNote, Origin, RowCounts, RunRecord, SourceObject
from simulator.runs.folder.times import moment_text
from simulator.runs.folder.waits import Waits

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from simulator.fetch.operator import Operator
    from simulator.runs.folder.history_reader import MapRunPass
    from simulator.runs.folder.run_folder import RunFolder

LOGS_ARRIVE = timedelta(seconds=60)
"""CloudWatch has a function's last lines after some seconds; so long after its end a run is read once more."""
_BEFORE = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How an execution stands, as ListExecutions and DescribeExecution both say it."""

    status: str
    stopped: datetime | None
    redrives: int

    @classmethod
    def of(cls, answer: dict[str, Any]) -> Standing:
        """Return it of an entry of either answer."""
        return cls(
            status=answer["status"], stopped=answer.get("stopDate"), redrives=int(answer.get("redriveCount") or 0)
        )

    def is_kept(self, record: RunRecord) -> bool:
        """Whether a record already says all that AWS will ever say of it."""
        stopped = moment_text(self.stopped) if self.stopped else None
        return (
            record.origin is not None
            and record.origin.settled
            and self.status != RUNNING
            and (record.status, record.stopped, record.redrive_count) == (self.status, stopped, self.redrives)
        )


def fetch_run(operator: Operator, arn: str, folder: RunFolder, *, stack: str = "", logs: bool = True) -> RunRecord:
    """Bring a run up to date: what is there already and cannot change is not read again.

    Args:
        operator: the clients.
        arn: the execution's ARN.
        folder: the run's folder, which need not exist.
        stack: what it is fetched by.
        logs: whether the functions' logs are read; without them each row counts as tried once.

    Returns:
        How it stands; its notes say what could not be had.

    Raises:
        FetchError: AWS cannot be read.
        RunBusy: another process fetches the same run.
        OSError: the folder cannot be written.
    """
    workflow_of(arn)
    with told():
        execution = operator.stepfunctions.describe_execution(executionArn=arn)
        machine = operator.stepfunctions.describe_state_machine_for_execution(executionArn=arn)
    folder.path.mkdir(parents=True, exist_ok=True)
    folder.results.mkdir(exist_ok=True)
    lock = RunLock(folder.lock_file)
    try:
        return _RunFetch(operator, execution, machine, folder, stack=stack, logs=logs).run()
    finally:
        lock.release()


class _RunFetch:
    def __init__(
        self,
        operator: Operator,
        execution: dict[str, Any],
        machine: dict[str, Any],
        folder: RunFolder,
        *,
        stack: str,
        logs: bool,
    ) -> None:
        self._operator = operator
        self._execution = execution
        self._folder = folder
        self._logs = logs
        self._standing = Standing.of(execution)
        self._definition: str = machine["definition"]
        self._places: Places = places_of(self._definition)
        now = datetime.now(UTC)
        _, _, _, region, account, *_ = execution["executionArn"].split(":")
        stopped = self._standing.stopped
        self._record = RunRecord(
            name=folder.name,
            arn=execution["executionArn"],
            machine=str(machine["name"]),
            status=self._standing.status,
            started=moment_text(execution["startDate"]),
            stopped=moment_text(stopped) if stopped else None,
            error=execution.get("error"),
            cause=execution.get("cause"),
            redrive_count=self._standing.redrives,
            source=SourceObject.of_input(_parsed(execution.get("input"))),
            definition_sha256=hashlib.sha256(self._definition.encode()).hexdigest(),
            origin=Origin(
                region=region,
                account=account,
                endpoint=operator.endpoint_url,
                profile=operator.profile or "",
                stack=stack,
                fetched_at=moment_text(now),
                settled=stopped is not None and now - stopped > LOGS_ARRIVE,
            ),
        )

    def run(self) -> RunRecord:
        """Bring everything up to date; `run.json` comes last, so that who sees the end finds the rest."""
        record, folder = self._record, self._folder
        folder.definition_file.write_text(self._definition, encoding="utf-8")
        self._note(fetch_input(self._operator, record.source, folder.input_file))
        append_history(self._operator, record.arn, folder)
        events = list(folder.events())
        record.idle_ms = idle_ms(events)
        waits = Waits.of(events)
        record.waiting_since, record.waited_ms = waits.since, waits.waited_ms
        record.row_count = next((rows for event in events if (rows := validated_rows(event)) is not None), None)
        passes = map_run_passes(events)
        if passes:
            self._rows(passes)
        elif record.rejected and not record.cause and self._places.bucket:
            record.cause = rejection(self._operator, self._places.bucket, record.name)
        if not passes and self._logs:
            self._function_logs()
        if self._standing.status != RUNNING and self._places.table:
            items = audit_items(self._operator, self._places.table, record.name, record.row_count)
            _replace(folder.audit_file, items)
        folder.write_record(record)
        return record

    def _note(self, sentence: str | None) -> None:
        if sentence is not None:
            self._record.notes.append(sentence)

    def _function_logs(self) -> RowCalls:
        """Write `lambda-logs.jsonl`, and return the processor's calls."""
        calls = RowCalls()
        stopped = self._standing.stopped
        lines: list[dict[str, Any]] = []
        for invocation in invocations_of(
            self._operator,
            self._places.functions,
            self._record.name,
            self._execution["startDate"] - _BEFORE,
            stopped + LOGS_ARRIVE if stopped else None,
        ):
            calls.add(invocation)
            lines += invocation.records
        _replace(self._folder.logs_file, lines)
        return calls

    def _rows(self, passes: list[MapRunPass]) -> None:
        record, folder = self._record, self._folder
        with told():
            described = self._operator.stepfunctions.describe_map_run(mapRunArn=passes[-1].arn)
        record.map_run = MapRunNote(
            arn=described["mapRunArn"],
            status=described["status"],
            max_concurrency=described["maxConcurrency"],
            tolerated_failure_percentage=described["toleratedFailurePercentage"],
            tolerated_failure_count=described["toleratedFailureCount"],
            redrive_count=int(described.get("redriveCount") or 0),
            rows_per_child=rows_per_child(self._definition),
        )
        for map_run in dict.fromkeys(one.arn.rpartition(":")[2] for one in passes):
            fetch_results(self._operator, self._places, map_run, folder)
        calls = self._function_logs() if self._logs else RowCalls()
        try:
            _replace(folder.items_file, item_lines(folder, passes, calls, self._places.row_state))
        except ValueError as error:  # of a file that the validator would have refused
            self._note(f"input.csv cannot be read, so that no row has a line: {error}")
        index = ItemIndex(folder)
        failed = ReasonTally(index.failed())
        record.reasons, record.outage_rows = failed.reasons(), failed.outages
        counted = index.counts(record.row_count or 0)
        record.rows = counted if self._standing.status != RUNNING else _live(described["itemCounts"], counted)
        if self._standing.status != RUNNING:
            self._failed_rows(index)
            if (lost := _succeeded(described["itemCounts"]) - counted.succeeded) > 0:
                self._note(
                    f"AWS counts {lost:,} more rows that succeeded than the result files and logs name: the Map Run "
                    "was stopped before it wrote its results. failed-rows.csv has them too; running them again is "
                    "harmless."
                )

    def _failed_rows(self, index: ItemIndex) -> None:
        try:
            write_failed_rows(self._folder, index)
        except (OSError, ValueError) as error:
            self._note(f"failed-rows.csv could not be written: {error}")


def _succeeded(counts: dict[str, int]) -> int:
    return counts.get("succeeded", 0)


def _live(counts: dict[str, int], counted: RowCounts) -> RowCounts:
    """Return the counts while the Map Run goes on: AWS's own, which are ahead of the logs."""
    succeeded = _succeeded(counts)
    failed = counts.get("failed", 0) + counts.get("timedOut", 0) + counts.get("aborted", 0)
    total = max(counts.get("total", 0), counted.total)
    return RowCounts(
        total=total,
        succeeded=succeeded,
        failed=failed,
        pending=max(total - succeeded - failed, 0),
        superseded=min(counted.superseded, succeeded),
    )


def _replace(path: Path, lines: Iterable[dict[str, Any]]) -> None:
    """Replace a file of one JSON object per line; a reader sees the old one or the new one."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("wb") as file:
            file.writelines(encode(line) + b"\n" for line in lines)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _parsed(text: object) -> Any:
    try:
        return json.loads(text) if isinstance(text, str) else None
    except ValueError:
        return None

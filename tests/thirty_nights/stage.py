"""Plays an upload to the recorder, as the workflow would: its history, its rows, their audit items."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from lambdas.csv_validator.validation import validate
from lambdas.shared import audit_key
from lambdas.shared.columns import COLUMNS, TOTALS
from lambdas.shared.csv_dialect import records
from lambdas.shared.errors import InvalidRecordError
from lambdas.user_log_processor.record import parse_record
from simulator.aws.asl.runtime.listener import ChildRecord, ExecutionInfo, MapRunInfo, TaskAttempt
from simulator.runs.folder.json_lines import LineFile
from simulator.runs.folder.run_record import BREACHED_ERROR, REJECTED_ERROR
from simulator.runs.folder.times import milliseconds_between, moment_text
from simulator.runs.recorder import RunRecorder
from tests.deployed_text import workflow_text
from tests.thirty_nights.plan import Upload

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from lambdas.shared.csv_dialect import CsvRecord
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.store import RunStore

MACHINE = "csv-user-log-processor"
PREFIX = "arn:aws:states:ap-northeast-1:123456789012"
BUCKET = "user-log-input-123456789012"
_WORKFLOW = workflow_text()
WORKERS = 5
MAX_ROWS = 100_000
TOLERATED_SHARE, TOLERATED_ROWS = 0.05, 50
RETRY_WAITS = (1, 2, 4, 8, 15, 15, 15, 15)
AWAY = 'PostgreSQL is not there: connection to server at "10.0.3.17", port 5432 failed: Connection refused'


class Stage:
    """The runs of a history, and the users' totals as the runs leave them.

    Args:
        store: where the runs lie.
        users: who is in the table users.
    """

    def __init__(self, store: RunStore, users: set[str]) -> None:
        self._store = store
        self._users = users
        self.totals: dict[str, tuple[int, ...]] = {}
        self.updated: dict[str, datetime] = {}

    def play(self, upload: Upload) -> RunFolder:
        """Run a file, and what follows of it: a redrive, or its corrected rows."""
        run = _Run(self, self._store, upload)
        run.first_attempt()
        if upload.redriven_at is not None:
            run.redrive(upload.redriven_at)
        if upload.corrected_at is not None:
            text = _corrected(run.folder)
            self.play(
                replace(upload, file="tokyo-failed-rows.csv", at=upload.corrected_at, text=text, corrected_at=None)
            )
        return run.folder

    def known(self, user: str) -> bool:
        """Whether a user is in the table users."""
        return user in self._users


class _Run:
    def __init__(self, stage: Stage, store: RunStore, upload: Upload) -> None:
        self._stage, self._upload = stage, upload
        self._began = upload.at.astimezone(UTC)
        digest = sha256(f"{upload.file} {upload.at}".encode()).hexdigest()
        self._name = f"user-log-{self._began:%Y%m%d-%H%M%S}-{digest[:40]}"
        self._arn = f"{PREFIX}:execution:{MACHINE}:{self._name}"
        self._map_arn = f"{PREFIX}:mapRun:{MACHINE}/UserLogs:{digest[:8]}-6b2c-458f-9299-5dec1acd9f22"
        self._input = _event_of(upload, self._began, digest)
        self._events = 0
        self._now = self._began
        self._map_entered = self._began
        self._recorder = RunRecorder(store, MACHINE, lambda *_: [upload.text.encode()])
        self._rows: list[CsvRecord] = list(records([upload.text]))[1:]
        self.folder = store.folder(self._name)

    def first_attempt(self) -> None:
        """Validate the file, and run its rows until the end, an outage or a kill."""
        self._recorder.execution_started(self._info("RUNNING"))
        self._event("ExecutionStarted", input=json.dumps(self._input))
        findings = validate([self._upload.text.encode()], MAX_ROWS)
        validation = {"isValid": findings.valid, "rowCount": findings.row_count, "errors": findings.errors}
        self._state("Task", "CSVFileValidation", {**self._input, "validation": validation}, seconds=0.05)
        self._state("Choice", "CheckValidationResult", self._input)
        if not findings.valid:
            for kind, name in (("Task", "SaveRejection"), ("Pass", "DescribeRejection"), ("Pass", "ValidationFailed")):
                self._state(kind, name, {}, seconds=0.02)
            self._event("FailStateEntered", name="FileRejected", input="{}")
            self._end("FAILED", REJECTED_ERROR, json.dumps(findings.errors, ensure_ascii=False))
            return
        self._event("MapStateEntered", name="UserLogDistributedMap", input=json.dumps(self._input))
        self._map_entered = self._now
        self._event("MapStateStarted", length=0)
        self._event("MapRunStarted", mapRunArn=self._map_arn)
        self._process(range(len(self._rows)), outage_at=self._upload.outage_at, killed_at=self._upload.killed_at)

    def redrive(self, at: datetime) -> None:
        """Run the rows that did not succeed again, with a database that answers."""
        before = self.folder.record()
        done = {item["index"] for item in self.folder.items() if item["status"] == "SUCCEEDED"}
        self._now = at.astimezone(UTC)
        self._recorder.execution_started(self._info("RUNNING", redrive=1))
        self._event("ExecutionRedriven", redriveCount=1)
        self._event("MapRunRedriven", mapRunArn=self._map_arn, redriveCount=1)
        self._process([index for index in range(len(self._rows)) if index not in done], redrive=1)
        record = self.folder.record()
        record.idle_ms = milliseconds_between(before.stopped, moment_text(at)) or 0  # the recorder takes the real time
        self.folder.write_record(record)

    def _process(
        self,
        indexes: list[int] | range,
        *,
        outage_at: int | None = None,
        killed_at: int | None = None,
        redrive: int = 0,
    ) -> None:
        """Run rows, five at a time; end the run as their failures say."""
        audit = LineFile(self.folder.audit_file)
        total, failed, succeeded = len(self._rows), 0, len(self._rows) - len(indexes)
        step = timedelta(seconds=self._upload.row_seconds * WORKERS)
        for place, index in enumerate(indexes):
            if index == killed_at:
                self._map_changed(total, succeeded, failed)
                self._die()
                return
            away = outage_at is not None and index >= outage_at
            child = self._child(index, place % WORKERS, away=away, redrive=redrive)
            self._recorder.child_ended(child)
            failed += child.status != "SUCCEEDED"
            succeeded += child.status == "SUCCEEDED"
            for item in self._audit(child):
                audit.write(item)
            if place % WORKERS == WORKERS - 1:
                self._now = max(self._now + step, child.stopped) if away else self._now + step
                if failed > total * TOLERATED_SHARE or failed > TOLERATED_ROWS:
                    break
        self._now += step
        audit.close()
        self._map_changed(total, succeeded, failed)
        if succeeded + failed < total or failed > total * TOLERATED_SHARE:
            self._event("MapRunFailed", error=BREACHED_ERROR)
            self._end("FAILED", BREACHED_ERROR, "The specified tolerated failure threshold was exceeded")
            return
        self._event("MapRunSucceeded")
        self._event("MapStateSucceeded")
        self._event("MapStateExited", name="UserLogDistributedMap", output="{}")
        self._state("Pass", "ProcessingCompleted", {})
        self._end("SUCCEEDED")

    def _child(self, index: int, worker: int, *, away: bool, redrive: int) -> ChildRecord:
        row = self._rows[index]
        start = self._now + timedelta(milliseconds=worker)
        stop = start + timedelta(seconds=self._upload.row_seconds * (WORKERS - 1))
        error, message = self._problem(index, row, away=away)
        tries: tuple[TaskAttempt, ...] = (
            TaskAttempt(state="ProcessUserLog", started=start, stopped=stop, error=error),
        )
        if away:
            tries = tuple(_waiting(start))
            stop = tries[-1].stopped
        if error is not None:
            logged = stop + timedelta(milliseconds=9)
            tries += (TaskAttempt(state="LogError", started=stop, stopped=logged, error=None),)
            stop = logged
        payload = {"errorMessage": message, "errorType": error, "requestId": self._request(index), "stackTrace": []}
        name = sha256(f"{self._name} {index}".encode()).hexdigest()
        return ChildRecord(
            map_run_arn=self._map_arn,
            parent_arn=self._arn,
            name=name[:36],
            arn=f"{self._map_arn}:{name[:36]}",
            index=index,
            line=row.line,
            items=1,
            value={},
            input={"userId": row.fields[0]},
            status="SUCCEEDED" if error is None else "FAILED",
            output={"status": "success"} if error is None else None,
            started=start,
            stopped=stop,
            worker=worker,
            attempts=tries,
            error=error,
            cause=None if error is None else json.dumps(payload),
            redrive_count=redrive,
        )

    def _problem(self, index: int, row: CsvRecord, *, away: bool) -> tuple[str | None, str]:
        common = {"mapEnteredAt": "", "uploadedAt": moment_text(self._began), "executionName": "", "executionArn": ""}
        event = {column.event_key: value for column, value in zip(COLUMNS, row.fields, strict=False)}
        try:
            parse_record({**event, **common, "rowIndex": index, "ttlTimestamp": "0"})
        except InvalidRecordError as error:
            return "InvalidRecordError", str(error)
        if away:
            return "DatabaseError", AWAY
        if not self._stage.known(row.fields[0]):
            return "UserNotFoundError", f"There is no user {row.fields[0]!r} in the table users."
        return None, ""

    def _audit(self, child: ChildRecord) -> Iterator[dict[str, Any]]:
        user, entered = child.input["userId"], moment_text(self._map_entered)
        common = {"executionName": self._name, "userId": user, "executionArn": self._arn, "ttl": 1_811_487_195}
        if child.error is not None:
            failed = {"status": "failed", "errorMessage": child.error, "errorCause": child.cause}
            key = audit_key.make(entered, child.index, audit_key.ROW_FAILED)
            at = moment_text(child.attempts[-1].started)
            yield {**common, **failed, "timestamp": key, "processingType": audit_key.ROW_FAILED, "processedAt": at}
            return
        before = self._stage.totals.get(user, (0,) * len(TOTALS))
        now = tuple(int(text) for text in self._rows[child.index].fields[1 : len(COLUMNS)])
        self._stage.totals[user], self._stage.updated[user] = now, self._began
        for column, old, new in zip(TOTALS, before, now, strict=True):
            if old != new:
                key = audit_key.make(entered, child.index, column.audit_type)
                values = {"oldValue": old, "newValue": new, "status": "success"}
                at = moment_text(child.stopped)
                yield {**common, **values, "timestamp": key, "processingType": column.audit_type, "processedAt": at}

    def _map_changed(self, total: int, succeeded: int, failed: int) -> None:
        self._recorder.map_run_changed(
            MapRunInfo(
                arn=self._map_arn,
                parent_arn=self._arn,
                status="RUNNING",
                started=self._map_entered,
                stopped=None,
                max_concurrency=WORKERS,
                tolerated_failure_percentage=TOLERATED_SHARE * 100,
                tolerated_failure_count=TOLERATED_ROWS,
                item_counts={"total": total, "succeeded": succeeded, "failed": failed},
            )
        )

    def _end(self, status: str, error: str | None = None, cause: str | None = None) -> None:
        details = {"output": "{}"} if error is None else {"error": error, "cause": cause}
        self._event(f"Execution{status.capitalize()}", **details)
        redrive = self.folder.record_as_written().redrive_count
        self._recorder.execution_ended(self._info(status, redrive=redrive, stopped=self._now, error=error, cause=cause))

    def _die(self) -> None:
        """Leave the folder as `kill -9` does: nothing says that the run has ended."""
        self._recorder.close()
        for path in (self.folder.items_file, self.folder.events_file, self.folder.run_file):
            os.utime(path, (self._now.timestamp(),) * 2)

    def _info(self, status: str, *, redrive: int = 0, **changed: Any) -> ExecutionInfo:
        return ExecutionInfo(
            arn=self._arn,
            name=self._name,
            machine_arn=f"{PREFIX}:stateMachine:{MACHINE}",
            machine_name=MACHINE,
            definition=_WORKFLOW,
            input=self._input,
            status=status,
            started=self._began,
            redrive_count=redrive,
            **changed,
        )

    def _state(self, kind: str, name: str, output: dict[str, Any], *, seconds: float = 0.0) -> None:
        self._event(f"{kind}StateEntered", name=name, input=json.dumps(self._input))
        self._now += timedelta(seconds=seconds)
        self._event(f"{kind}StateExited", name=name, output=json.dumps(output))

    def _event(self, kind: str, **details: Any) -> None:
        self._events += 1
        event: dict[str, Any] = {"timestamp": moment_text(self._now), "type": kind, "id": self._events}
        event["previousEventId"] = self._events - 1
        key = "stateEntered" if kind.endswith("Entered") else "stateExited" if kind.endswith("Exited") else ""
        event[f"{key or kind[0].lower() + kind[1:]}EventDetails"] = details
        self._recorder.history_event(self._arn, event)

    def _request(self, index: int) -> str:
        return f"b0dc41b6-d912-4a42-ada6-{index:012}"


def _waiting(start: datetime) -> Iterator[TaskAttempt]:
    """The attempts of a row that the database did not answer."""
    now = start
    for wait in (*RETRY_WAITS, 0):
        stop = now + timedelta(seconds=0.4)
        yield TaskAttempt(state="ProcessUserLog", started=now, stopped=stop, error="DatabaseError")
        now = stop + timedelta(seconds=wait)


def _event_of(upload: Upload, began: datetime, digest: str) -> dict[str, Any]:
    content = upload.text.encode()
    found = {"key": upload.file, "versionId": digest[:36], "etag": sha256(content).hexdigest()[:32]}
    time = f"{began:%Y-%m-%dT%H:%M:%SZ}"
    detail = {"bucket": {"name": BUCKET}, "object": {**found, "size": len(content), "sequencer": digest[:16]}}
    return {"id": digest[:36], "time": time, "detail": detail}


def _corrected(folder: RunFolder) -> str:
    """A person opens failed-rows.csv and writes numbers and known users into it."""
    lines = folder.failed_rows_file.read_text(encoding="utf-8-sig").splitlines()
    header, *rows = list(records(["\n".join(lines) + "\n"]))
    fixed = [
        [user if user.startswith("U00") else "U00999", "3", *rest] for user, _, *rest in (row.fields for row in rows)
    ]
    return "\n".join(",".join(_cell(field) for field in fields) for fields in [header.fields, *fixed]) + "\n"


def _cell(field: str) -> str:
    return (
        '"' + field.replace("\\", "\\\\").replace('"', '""') + '"' if any(one in field for one in '",\\\n') else field
    )

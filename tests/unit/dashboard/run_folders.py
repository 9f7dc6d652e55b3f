"""Run folders as the simulator leaves them, made in milliseconds: for pages that only read them."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from simulator.runs.folder.json_lines import encode
from simulator.runs.folder.run_folder import RunFolder
from simulator.runs.folder.run_lock import RunLock
from simulator.runs.folder.run_record import FailureReason, MapRunNote, RowCounts, RunRecord, SourceObject
from simulator.runs.folder.times import moment_text
from tests.deployed_text import workflow_text

if TYPE_CHECKING:
    from pathlib import Path

KINDS = ("succeeded", "failed", "rejected", "interrupted", "running")
BEGAN = datetime(2026, 9, 23, 22, 58, 40, tzinfo=UTC)
HEADER = "ユーザーID,ログイン回数,投稿回数"
CAUSE = "There is no user 'X{:04}' in the table users."
REJECTION = [{"line": 1, "message": "The header lacks 投稿回数"}, {"line": 3, "message": "3 columns, not 2"}]
STATUS = {"succeeded": "SUCCEEDED", "failed": "FAILED", "rejected": "FAILED"}
ERROR = {"failed": "States.ExceedToleratedFailureThreshold", "rejected": "ValidationFailed"}


@dataclass
class MadeRun:
    """A made folder; the lock keeps a running one running."""

    folder: RunFolder
    lock: RunLock | None = None

    @property
    def name(self) -> str:
        """The run's name."""
        return self.folder.name

    def release(self) -> None:
        """Let go of the lock, if there is one."""
        if self.lock is not None:
            self.lock.release()


def make_run(runs: Path, kind: str, *, rows: int = 40, number: int = 0, key: str = "sample.csv") -> MadeRun:
    """Make the folder of a run of one of the KINDS, `number` hours after the first.

    Every tenth row fails; where the run is interrupted or going on, the second half has not been done.
    """
    began = BEGAN + timedelta(hours=number)
    folder = RunFolder(runs, f"user-log-{began:%Y%m%d-%H%M%S}-{kind}-{number}")
    folder.path.mkdir(parents=True)
    folder.results.mkdir()
    folder.input_file.write_text(
        HEADER + "\n" + "".join(f"{_user(index)},{index},{index * 2}\n" for index in range(rows)), encoding="utf-8"
    )
    folder.definition_file.write_text(workflow_text(), encoding="utf-8")
    done = 0 if kind == "rejected" else rows if kind in STATUS else rows // 2
    items = [_item(index, began) for index in range(done)]
    _write(folder.items_file, items)
    _write(folder.events_file, _events(kind, began, done))
    _write(folder.audit_file, [entry for item in items for entry in _audit(item, folder.name)])
    _write(folder.logs_file, [_log(item, folder.name) for item in items])
    record = _record(folder.name, kind, began, rows, items)
    record.source.key = key
    folder.write_record(record)
    for path in (folder.items_file, folder.events_file, folder.run_file):
        os.utime(path, (began.timestamp() + 5,) * 2)  # the last sign of life of an interrupted run
    if record.rows.failed:
        lines = [f"{_user(one['index'])},1,2,{one['line']},UserNotFoundError,No such user,1\r\n" for one in items[::10]]
        folder.failed_rows_file.write_text(
            HEADER + ",_line,_error,_cause,_attempts\r\n" + "".join(lines), encoding="utf-8-sig"
        )
    return MadeRun(folder, RunLock(folder.lock_file) if kind == "running" else None)


def _user(index: int) -> str:
    return f"X{index:04}" if index % 10 == 0 else f"U{index:05}"


def _record(name: str, kind: str, began: datetime, rows: int, items: list[dict[str, Any]]) -> RunRecord:
    failed = [item for item in items if item["error"]]
    rejected = kind == "rejected"
    record = RunRecord(
        name=name,
        machine="csv-user-log-processor",
        status=STATUS.get(kind, "RUNNING"),
        started=moment_text(began),
        stopped=moment_text(began + timedelta(seconds=8)) if kind in STATUS else None,
        error=ERROR.get(kind),
        cause=json.dumps(REJECTION, ensure_ascii=False) if rejected else None,
        source=SourceObject(bucket="user-log-input", version_id="v1", size=900, uploaded_at=moment_text(began)),
        row_count=None if rejected else rows,
        rows=RowCounts()
        if rejected
        else RowCounts(total=rows, succeeded=len(items) - len(failed), failed=len(failed), pending=rows - len(items)),
        map_run=None
        if rejected
        else MapRunNote(
            status=STATUS.get(kind, "RUNNING"),
            max_concurrency=5,
            tolerated_failure_percentage=5,
            tolerated_failure_count=50,
        ),
        database="postgresql://postgres@localhost/postgres",
    )
    if failed:
        first = failed[0]
        record.reasons = [
            FailureReason(
                error="UserNotFoundError",
                group="There is no user '…' in the table users.",
                count=len(failed),
                index=first["index"],
                line=first["line"],
                user=first["user"],
                cause=CAUSE.format(first["index"]),
            )
        ]
    return record


def _item(index: int, began: datetime) -> dict[str, Any]:
    start = began + timedelta(milliseconds=100 + 40 * (index // 5))
    stop = start + timedelta(milliseconds=35)
    failed = index % 10 == 0
    item: dict[str, Any] = {
        "index": index,
        "line": index + 2,
        "user": _user(index),
        "status": "FAILED" if failed else "SUCCEEDED",
        "outcome": None if failed else "success",
        "attempts": 2 if failed else 1,
        "start": moment_text(start),
        "stop": moment_text(stop),
        "worker": index % 5,
        "error": "UserNotFoundError" if failed else None,
        "cause": json.dumps({"errorType": "UserNotFoundError", "errorMessage": CAUSE.format(index)})
        if failed
        else None,
        "redrive": 0,
        "name": f"child-{index}",
    }
    if failed:
        middle = start + timedelta(milliseconds=10)
        item["tries"] = [
            ["ProcessUserLog", moment_text(start), moment_text(middle), "DatabaseError"],
            ["ProcessUserLog", moment_text(middle + timedelta(milliseconds=12)), moment_text(stop), item["error"]],
        ]
    return item


def _audit(item: dict[str, Any], run: str) -> list[dict[str, Any]]:
    common = {"executionName": run, "userId": item["user"], "processedAt": item["stop"]}
    if item["error"]:
        key = f"{moment_text(BEGAN)}#{item['index']}#user_update"
        failure = {"processingType": "user_update", "status": "failed", "errorMessage": item["error"]}
        return [{**common, "timestamp": key, **failure}]
    return [
        {
            **common,
            "timestamp": f"{moment_text(BEGAN)}#{item['index']}#{kind}",
            "processingType": kind,
            "status": "success",
            "oldValue": 0,
            "newValue": item["index"] * factor,
        }
        for kind, factor in (("login_update", 1), ("post_update", 2))
    ]


def _log(item: dict[str, Any], run: str) -> dict[str, Any]:
    message = {"level": "ERROR" if item["error"] else "INFO", "message": "row done", "rowIndex": item["index"]}
    return {
        "time": item["stop"],
        "function": "user-log-processor",
        "environment": "2026/09/23/[$LATEST]1",
        "requestId": f"request-{item['index']}",
        "executionName": run,
        "kind": "log",
        "message": message,
    }


def _events(kind: str, began: datetime, done: int) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []

    def event(seconds: float, name: str, **details: Any) -> None:
        time = moment_text(began + timedelta(seconds=seconds))
        number = len(events) + 1
        events.append({"timestamp": time, "type": name, "id": number, "previousEventId": number - 1, **details})

    def passed(seconds: float, kind: str, name: str) -> None:
        event(seconds, f"{kind}StateEntered", stateEnteredEventDetails={"name": name, "input": "{}"})
        event(seconds + 0.05, f"{kind}StateExited", stateExitedEventDetails={"name": name, "output": "{}"})

    event(0, "ExecutionStarted", executionStartedEventDetails={"input": "{}"})
    passed(0, "Task", "CSVFileValidation")
    passed(0.06, "Choice", "CheckValidationResult")
    if kind == "rejected":
        for name, what in (("SaveRejection", "Task"), ("DescribeRejection", "Pass"), ("ValidationFailed", "Pass")):
            passed(0.2, what, name)
        event(0.3, "FailStateEntered", stateEnteredEventDetails={"name": "FileRejected", "input": "{}"})
    else:
        event(0.1, "MapStateEntered", stateEnteredEventDetails={"name": "UserLogDistributedMap", "input": "{}"})
        event(0.1, "MapRunStarted", mapRunStartedEventDetails={"mapRunArn": "arn:aws:states:::mapRun:x/y:z"})
    if kind == "succeeded":
        event(7, "MapRunSucceeded")
        event(7, "MapStateExited", stateExitedEventDetails={"name": "UserLogDistributedMap", "output": "{}"})
        passed(7.1, "Pass", "ProcessingCompleted")
        event(8, "ExecutionSucceeded", executionSucceededEventDetails={"output": "{}"})
    elif kind in ERROR:
        event(8, "ExecutionFailed", executionFailedEventDetails={"error": ERROR[kind], "cause": f"after {done} rows"})
    return events


def _write(path: Path, lines: list[dict[str, Any]]) -> None:
    path.write_bytes(b"".join(encode(line) + b"\n" for line in lines))

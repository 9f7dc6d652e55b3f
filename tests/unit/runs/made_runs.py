"""Runs made by telling a recorder what an execution would."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.runtime.listener import ChildRecord, ExecutionInfo, MapRunInfo, TaskAttempt
from simulator.runs.recorder import RunRecorder
from simulator.runs.store import RunStore
from tests.rows import upload

if TYPE_CHECKING:
    from pathlib import Path

MACHINE = "csv-user-log-processor"
NAME = "user-log-20250802-093000-abc"
START = datetime(2025, 8, 2, 9, 30, tzinfo=UTC)
PREFIX = "arn:aws:states:ap-northeast-1:123456789012"
MAP_RUN = f"{PREFIX}:mapRun:{MACHINE}/UserLogs:m1"
THREE_ROWS = upload("U1,1,2", "U2,x,2", "U3,3,4")


def execution(name: str = NAME, **changed: Any) -> ExecutionInfo:
    """An execution of the workflow that has just started."""
    fields: dict[str, Any] = {
        "arn": f"{PREFIX}:execution:{MACHINE}:{name}",
        "name": name,
        "machine_arn": f"{PREFIX}:stateMachine:{MACHINE}",
        "machine_name": MACHINE,
        "definition": '{"StartAt":"A"}',
        "input": {
            "time": "2025-08-02T09:30:00Z",
            "detail": {"bucket": {"name": "in"}, "object": {"key": "a.csv", "versionId": "v1", "size": 10}},
        },
        "status": "RUNNING",
        "started": START,
    }
    return ExecutionInfo(**{**fields, **changed})


def child(index: int, line: int | None, *, name: str = NAME, **changed: Any) -> ChildRecord:
    """A row that succeeded at the first attempt."""
    stop = START + timedelta(milliseconds=12)
    fields: dict[str, Any] = {
        "map_run_arn": MAP_RUN,
        "parent_arn": execution(name).arn,
        "name": f"child-{index}",
        "arn": "child",
        "index": index,
        "line": line,
        "items": 1,
        "value": {},
        "input": {"userId": f"U{index + 1}", "rowIndex": index},
        "output": {"status": "success"},
        "status": "SUCCEEDED",
        "started": START,
        "stopped": stop,
        "worker": 0,
        "attempts": (TaskAttempt(state="ProcessUserLog", started=START, stopped=stop, error=None),),
    }
    return ChildRecord(**{**fields, **changed})


def failed_child(index: int, line: int, message: str = "bad value 'x'", **changed: Any) -> ChildRecord:
    """A row that failed with an error of the processor function and was logged."""
    cause = json.dumps({"errorMessage": message, "errorType": "InvalidRecordError", "stackTrace": []})
    tries = (
        TaskAttempt(state="ProcessUserLog", started=START, stopped=START, error="InvalidRecordError"),
        TaskAttempt(state="LogError", started=START, stopped=START, error=None),
    )
    fields = {"status": "FAILED", "output": None, "error": "InvalidRecordError", "cause": cause, "attempts": tries}
    return child(index, line, **{**fields, **changed})


def map_run(name: str = NAME, **counts: int) -> MapRunInfo:
    """A Map Run with these item counts."""
    return MapRunInfo(
        arn=MAP_RUN,
        parent_arn=execution(name).arn,
        status="RUNNING",
        started=START,
        stopped=None,
        max_concurrency=5,
        tolerated_failure_percentage=5.0,
        tolerated_failure_count=50,
        item_counts=counts,
    )


def recorder(runs: Path, text: str = THREE_ROWS, database: str | None = None) -> RunRecorder:
    """A recorder for which every uploaded object holds `text`."""
    return RunRecorder(RunStore(runs), MACHINE, lambda *_: [text.encode()], database=database)


def finished_run(runs: Path, text: str = THREE_ROWS, *children: ChildRecord, name: str = NAME, **end: Any) -> None:
    """Record a run from start to end."""
    writer = recorder(runs, text)
    writer.execution_started(execution(name))
    writer.map_run_changed(map_run(name, total=3))
    for one in children:
        writer.child_ended(one)
    fields = {"status": "SUCCEEDED", "stopped": START + timedelta(seconds=2), **end}
    writer.execution_ended(execution(name, **fields))
    writer.close()

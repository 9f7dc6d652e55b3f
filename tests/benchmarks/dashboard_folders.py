"""Run folders as the simulator writes them, made without running anything: line shapes are those of a real run."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from simulator.runs.failure_reasons import ReasonTally
from simulator.runs.folder.json_lines import encode
from simulator.runs.folder.run_folder import RunFolder
from simulator.runs.folder.run_record import MapRunNote, RowCounts, RunRecord, SourceObject
from simulator.runs.folder.times import moment_text
from simulator.runs.store import RunStore
from tests.deployed_text import workflow_text
from tests.rows import AUDIT_TYPES, upload

FUNCTION = "user-log-processor"
FIRST_DAY = datetime(2026, 1, 1, 9, 30, tzinfo=UTC)
ROW_TIME = timedelta(milliseconds=20)
WORKERS = 5
LOGS_A_ROW = 5
STATES = ("CSVFileValidation", "CheckValidationResult", "UserLogDistributedMap", "ProcessingCompleted")


def make_runs(
    store: RunStore,
    count: int,
    rows: int,
    *,
    failing: int = 100,
    first: datetime = FIRST_DAY,
    apart: timedelta = timedelta(days=1),
) -> None:
    """Make `count` runs of `rows` rows, some time apart; one row in `failing` fails."""
    for number in range(count):
        make_run(store, f"user-log-{number:05}", rows, first + number * apart, failing=failing)


def make_run(store: RunStore, name: str, rows: int, started: datetime, *, failing: int = 100) -> RunFolder:
    """Make one run that succeeded, with a row in `failing` failed."""
    folder = store.folder(name)
    (folder.results / "m1").mkdir(parents=True)
    items = [_item(index, started, failed=index % failing == failing - 1) for index in range(rows)]
    failed = [item for item in items if item["status"] == "FAILED"]
    stopped = started + ROW_TIME * (rows // WORKERS + 1)
    folder.definition_file.write_text(workflow_text(), encoding="utf-8")
    lines = (f"{item['user']},{item['index'] % 90},{item['index'] % 7}" for item in items)
    folder.input_file.write_text(upload(*lines), encoding="utf-8")
    _write(folder.events_file, _events(started, stopped))
    _write(folder.items_file, items)
    _write(folder.audit_file, (entry for item in items for entry in _audit(name, item)))
    _write(folder.logs_file, (record for item in items for record in _logs(name, item)))
    folder.failed_rows_file.write_text("_line\n" * (len(failed) + 1), encoding="utf-8")
    folder.write_record(
        RunRecord(
            name=name,
            status="SUCCEEDED",
            started=moment_text(started),
            stopped=moment_text(stopped),
            source=SourceObject(bucket="in", key=f"users-{name[-2:]}.csv", version_id="v"),
            row_count=rows,
            rows=RowCounts(total=rows, succeeded=rows - len(failed), failed=len(failed)),
            map_run=MapRunNote(status="SUCCEEDED", max_concurrency=WORKERS, tolerated_failure_percentage=5.0),
            reasons=ReasonTally(failed).reasons(),
        )
    )
    return folder


def _write(path: Path, values: Any) -> None:
    with path.open("wb") as file:
        file.writelines(encode(value) + b"\n" for value in values)


def _item(index: int, started: datetime, *, failed: bool) -> dict[str, Any]:
    start = started + ROW_TIME * (index // WORKERS)
    stop = start + ROW_TIME
    user = f"U{index % 100_000:05}"
    line: dict[str, Any] = {
        "index": index,
        "line": index + 2,
        "user": user,
        "status": "FAILED" if failed else "SUCCEEDED",
        "outcome": None if failed else "success",
        "attempts": 1,
        "start": moment_text(start),
        "stop": moment_text(stop),
        "worker": index % WORKERS,
        "error": None,
        "cause": None,
        "redrive": 0,
        "name": f"601e3737-282b-4711-8e46-{index:012}",
    }
    if failed:
        payload = {
            "errorMessage": f"There is no user '{user}' in the table users.",
            "errorType": "UserNotFoundError",
            "requestId": f"e1799cdd-c20b-4f39-b1a1-{index:012}",
            "stackTrace": ["  File handler.py, line 56, in lambda_handler\n    old, status = _process(record)\n"] * 3,
        }
        line |= {"error": "UserNotFoundError", "cause": json.dumps(payload)}
        middle = moment_text(start + ROW_TIME / 2)
        line["tries"] = [
            ["ProcessUserLog", line["start"], middle, "UserNotFoundError"],
            ["LogError", middle, line["stop"], None],
        ]
    return line


def _audit(name: str, item: dict[str, Any]) -> list[dict[str, Any]]:
    common = {"executionName": name, "userId": item["user"], "processedAt": item["stop"], "executionArn": "arn:" * 30}
    key = f"{item['start']}#{item['index']}#"
    if item["status"] == "FAILED":
        failed = {"status": "failed", "errorMessage": item["error"], "errorCause": item["cause"]}
        return [common | failed | {"timestamp": key + "user_update", "processingType": "user_update"}]
    values = {"oldValue": 1, "newValue": 2, "status": "success", "ttl": 1_811_187_042}
    return [common | values | {"timestamp": key + kind, "processingType": kind} for kind in AUDIT_TYPES]


def _logs(name: str, item: dict[str, Any]) -> list[dict[str, Any]]:
    request = f"d9700db7-1213-40c7-89a6-{item['index']:012}"
    common = {"time": item["stop"], "function": FUNCTION, "environment": "e" * 45, "requestId": request}
    message = {
        "level": "INFO",
        "message": "processed",
        "rowIndex": item["index"],
        "userId": item["user"],
        "pad": "p" * 200,
    }
    lines = [common | {"executionName": name, "kind": "platform", "message": f"START RequestId: {request}"}]
    return lines + [common | {"executionName": name, "kind": "log", "message": message}] * (LOGS_A_ROW - 1)


def _events(started: datetime, stopped: datetime) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = [{"type": "ExecutionStarted", "executionStartedEventDetails": {"input": "{}"}}]
    for state in STATES:
        kind = {"CSVFileValidation": "Task", "CheckValidationResult": "Choice"}.get(state, "Map")
        for step in ("Entered", "Exited"):
            details = {f"state{step}EventDetails": {"name": state, "input": "{}"}}
            events.append({"type": f"{kind}State{step}", **details})
    events.append({"type": "ExecutionSucceeded", "executionSucceededEventDetails": {"output": "{}"}})
    times = [started] * (len(events) - 4) + [stopped] * 4
    return [
        {"timestamp": moment_text(time), "id": number, "previousEventId": number - 1, **event}
        for number, (time, event) in enumerate(zip(times, events, strict=True), start=1)
    ]

"""A run of three rows, of which everything that is billed is known."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from simulator.runs.store import RunStore
from tests.rows import AUDIT_TYPES
from tests.unit.runs.made_runs import NAME, START, child, failed_child, finished_run
from tests.unit.verify.made_folder import write_lines

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.runs.folder.run_folder import RunFolder

DEFINITION = {
    "StartAt": "Rows",
    "TimeoutSeconds": 43200,
    "States": {
        "Rows": {
            "Type": "Map",
            "MaxConcurrency": 5,
            "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}},
        }
    },
}


def report(function: str, milliseconds: float, init: float | None = None) -> dict[str, Any]:
    """A REPORT line of a function of 512 MB."""
    billed = round(milliseconds + (init or 0))
    cold = {"initDurationMs": init} if init is not None else {}
    return {
        "function": function,
        "message": "REPORT",
        "memorySizeMb": 512,
        "durationMs": milliseconds,
        "billedDurationMs": billed,
        **cold,
    }


def made_run(runs: Path) -> RunFolder:
    """Rows of 12 ms, 150 ms and (failed) 12 ms; one cold start of 100 ms; five audit items of less than 1 KB."""
    stop = START + timedelta(milliseconds=150)
    finished_run(runs, "", child(0, 2, worker=0), child(2, 4, worker=1, stopped=stop), failed_child(1, 3, worker=2))
    folder = RunStore(runs).folder(NAME)
    folder.definition_file.write_text(json.dumps(DEFINITION), encoding="utf-8")
    events = [
        "ExecutionStarted",
        "TaskStateEntered",
        "LambdaFunctionScheduled",
        "MapStateEntered",
        "ExecutionSucceeded",
    ]
    moments = [START, START, START, START, START + timedelta(seconds=2)]
    write_lines(
        folder.events_file,
        [
            {"type": kind, "id": number, "timestamp": moment.isoformat(), "stateEnteredEventDetails": {"name": kind}}
            for number, (kind, moment) in enumerate(zip(events, moments, strict=True), 1)
        ],
    )
    processor = [report("user-log-processor", 100.0, 100.0), *(report("user-log-processor", 10.0) for _ in range(2))]
    others = [
        report("user-log-csv-validator", 20.0, 80.0),
        *(report("user-log-file-gate", 15.0) for _ in range(2)),
        report("user-log-reporter", 50.0),
    ]
    write_lines(folder.logs_file, [*others, *processor])
    audit: list[dict[str, Any]] = [
        {"executionName": NAME, "timestamp": f"T#{index}#{kind}", "userId": f"U{index}", "newValue": 1}
        for index in (0, 2)
        for kind in AUDIT_TYPES
    ]
    write_lines(folder.audit_file, [*audit, {"executionName": NAME, "timestamp": "T#1#user_update"}])
    return folder

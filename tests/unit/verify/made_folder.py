"""A run's folder with all its places, made as a run makes them, for tests to tamper with."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from simulator.aws.asl.runtime.listener import ChildRecord, MapRunInfo
from simulator.aws.asl.runtime.ports import ResultWriterSpec
from simulator.aws.map_run.results.result_writer import ExportedResults
from simulator.runs.folder.run_folder import RunFolder
from simulator.runs.recovery import recovered
from simulator.runs.store import RunStore
from simulator.verify.database_check import Stored
from simulator.verify.findings import Findings
from simulator.verify.reconcile import reconcile
from tests.rows import AUDIT_TYPES, event_values, totals, upload
from tests.unit.map_run.harness import MemoryStore
from tests.unit.runs.made_runs import MAP_RUN, NAME, child, execution, failed_child, map_run, recorder

TEXT = upload("U1,1,2", "U2,x,2", '"U3",3,4', "U4,5,6")
UPLOADED = datetime(2025, 8, 2, 9, 30)  # noqa: DTZ001 - as the table keeps it
ENTERED = "2025-08-02T09:30:00.100Z"
Totals = dict[str, Stored]


def stored(logins: int | None, posts: int | None, at: datetime | None) -> Stored:
    """What the table user_statistics has of a user."""
    return Stored(totals(logins, posts), at)


DONE: Totals = {
    "U1": stored(1, 2, UPLOADED),
    "U2": stored(0, 0, None),
    "U3": stored(9, 9, datetime(2025, 8, 3)),  # noqa: DTZ001 - as above
    "U4": stored(0, 0, datetime(2025, 8, 1)),  # noqa: DTZ001 - as above
}
"""U1 succeeded, U2 failed, U3 was superseded, U4 was never begun."""


def event(index: int, user: str, logins: str, posts: str) -> dict[str, Any]:
    """The input of a row's child."""
    return {**event_values(user, logins, posts), "rowIndex": index}


ROWS = [event(0, "U1", "1", "2"), event(1, "U2", "x", "2"), event(2, "U3", "3", "4"), event(3, "U4", "5", "6")]


def succeeded(index: int, outcome: str = "success", **changed: Any) -> ChildRecord:
    """A row that succeeded."""
    return child(index, index + 2, input=ROWS[index], output={"status": outcome}, **changed)


def failed(index: int, **changed: Any) -> ChildRecord:
    """A row that failed."""
    return failed_child(index, index + 2, input=ROWS[index], **changed)


def audit_item(index: int, kind: str, **changed: Any) -> dict[str, Any]:
    """An audit item as audit.jsonl has it."""
    row = ROWS[index]
    taken = dict(zip(AUDIT_TYPES, list(row.values())[1:], strict=False))
    return {
        "executionName": NAME,
        "timestamp": f"{ENTERED}#{index}#{kind}",
        "userId": row["userId"],
        "processingType": kind,
        **({"errorMessage": "InvalidRecordError"} if kind == "user_update" else {"newValue": int(taken[kind])}),
        "status": "failed" if kind == "user_update" else "success",
        **changed,
    }


def write_results(
    folder: RunFolder,
    children: Sequence[ChildRecord],
    pending: Sequence[int],
    redrive: int = 0,
    map_run_arn: str = MAP_RUN,
) -> None:
    """Write the result files of an attempt, manifest and all."""
    results = ExportedResults(
        ResultWriterSpec(bucket="out", prefix="results"),
        map_run_arn=map_run_arn,
        machine_arn="machine",
        store=MemoryStore(),
        folder=folder.results,
        redrive_count=redrive,
    )
    for one in children:
        results.add(one)
    for index in pending:
        results.add_pending(ROWS[index])
    results.finish()


def write_lines(path: Path, values: Sequence[Mapping[str, Any]]) -> None:
    """Replace a file of JSON lines."""
    path.write_text("".join(json.dumps(value) + "\n" for value in values), encoding="utf-8")


def map_run_event(kind: str = "MapRunStarted", arn: str = MAP_RUN, **details: Any) -> dict[str, Any]:
    """An event of a Map Run."""
    return {"type": kind, f"m{kind[1:]}EventDetails": {"mapRunArn": arn, **details}}


def breached_run(runs: Path) -> RunFolder:
    """A run given up at its third row: U1 done, U2 failed, U3 superseded, U4 never begun."""
    children = [succeeded(0), failed(1), succeeded(2, "superseded")]
    writer = recorder(runs, TEXT)
    writer.execution_started(execution())
    counted: MapRunInfo = map_run(total=4, succeeded=2, failed=1)
    writer.map_run_changed(counted)
    writer.history_event(execution().arn, map_run_event())
    for one in children:
        writer.child_ended(one)
    folder = RunStore(runs).folder(NAME)
    write_results(folder, children, [3])
    kinds = [*((0, kind) for kind in AUDIT_TYPES), (1, "user_update")]
    late = [audit_item(2, kind, status="superseded") for kind in AUDIT_TYPES]
    write_lines(folder.audit_file, [*(audit_item(index, kind) for index, kind in kinds), *late])
    writer.execution_ended(
        execution(status="FAILED", stopped=datetime(2025, 8, 2, 9, 31, tzinfo=UTC), error="States.Exceed")
    )
    writer.close()
    return folder


def reader(known: Totals) -> Callable[[Sequence[str]], Totals]:
    """What the database answers."""
    return lambda users: {user: known[user] for user in users if user in known}


def found(folder: RunFolder, known: Totals | None = None, **options: bool) -> Findings:
    """Verify a folder against a database."""
    return reconcile(folder, recovered(folder), reader(DONE if known is None else known), **options)


def said(findings: Findings) -> list[tuple[str, int | None]]:
    """The places that disagree, and the lines they disagree on."""
    return [(one.place, one.line) for one in findings.disagreements]

"""Redrives a run of an earlier process: its objects, items and execution are rebuilt from its folder.

API reference, "RedriveExecution"; developer guide, "Redriving Map Runs".
"""

from __future__ import annotations

import urllib.error
import urllib.request
from collections import Counter
from typing import TYPE_CHECKING, Any

import orjson

from simulator.aws.asl.expressions.timestamps import parse_time
from simulator.aws.asl.runtime.listener import ExecutionInfo
from simulator.aws.map_run.earlier import EarlierChild, EarlierMapRun
from simulator.aws.moto.restore_path import RESTORE_PATH
from simulator.pipeline.earlier_results import repair_result_files
from simulator.pipeline.errors import CloudError
from simulator.pipeline.provisioning import RESULTS_PREFIX
from simulator.runs.child_histories import child_histories
from simulator.runs.items import redrive_of

if TYPE_CHECKING:
    from simulator.aws.stepfunctions.running_execution import RunningExecution
    from simulator.pipeline.session import Session
    from simulator.runs.folder import RunFolder
    from simulator.runs.history_reader import MapRunPass
    from simulator.runs.redrive_plan import RedrivePlan


def redrive(session: Session, folder: RunFolder, plan: RedrivePlan) -> RunningExecution:
    """Start the redrive of a run.

    Raises:
        CloudError: where the run's rows lie in another database, or its folder cannot be restored.
    """
    _check_database(session, plan)
    _restore(session, folder, plan)
    if plan.map_run is not None:
        session.map_runs.continue_with(plan.record.arn, plan.resume.state, _earlier(folder, plan, plan.map_run))
    info = ExecutionInfo(
        arn=plan.record.arn,
        name=plan.record.name,
        machine_arn=session.resources.workflow_arn,
        machine_name=plan.record.machine,
        definition=folder.definition_file.read_text(encoding="utf-8"),
        input=plan.input,
        status="RUNNING",
        started=parse_time(plan.record.started) or plan.resume.entered_at,
        redrive_count=plan.redrive_count,
    )
    return session.step_functions.redrive_execution(info, plan.resume, last_event=plan.last_event)


def _check_database(session: Session, plan: RedrivePlan) -> None:
    before, now = plan.record.database_id, session.database_id
    if before is not None and before != now:
        raise CloudError(
            f"The rows of this run are in another PostgreSQL ({plan.record.database}) than the one that answers now "
            f"({session.postgres.display_url}). A redrive must go to the same one: set SIMULATOR_DATABASE_URL or "
            "SIMULATOR_HOME as they were, or run failed-rows.csv as a file of its own."
        )


def _earlier(folder: RunFolder, plan: RedrivePlan, map_run: MapRunPass) -> EarlierMapRun:
    """Return what the Map Run has behind it: a row counts as done where both its line and its result are there."""
    written = repair_result_files(folder, map_run.arn)
    last: dict[int, tuple[str, str]] = {}
    ends: Counter[int] = Counter()
    for item in folder.items():
        if redrive_of(item) < map_run.redrive:
            continue  # an earlier Map Run's
        last[item["index"]] = (item["status"], item["name"])
        ends[item["index"]] += 1
    exported = any(folder.results.iterdir())
    succeeded = {
        index for index, (status, name) in last.items() if status == "SUCCEEDED" and (name in written or not exported)
    }
    started = parse_time(map_run.started) or plan.resume.entered_at
    children = {
        index: EarlierChild(name=name, redrive_count=ends[index] - 1)
        for index, (_, name) in last.items()
        if index not in succeeded
    }
    for index, child in child_histories(folder, map_run.arn, succeeded).items():
        children[index] = EarlierChild.standard(child.name, parse_time(child.started) or started, child.events)
    return EarlierMapRun(
        arn=map_run.arn,
        started=started,
        redrive_count=plan.map_run_redrives,
        succeeded=succeeded,
        children=children,
    )


def _restore(session: Session, folder: RunFolder, plan: RedrivePlan) -> None:
    """Put back the uploaded object under its version, the result files, and the audit items."""
    source = plan.record.source
    uploaded = {
        "bucket": source.bucket,
        "key": source.key,
        "versionId": source.version_id,
        "path": str(folder.input_file),
    }
    results = [
        {
            "bucket": session.resources.output_bucket,
            "key": f"{RESULTS_PREFIX}{path.relative_to(folder.results).as_posix()}",
            "path": str(path),
        }
        for path in folder.result_files()
    ]
    items = {"table": session.resources.table, "path": str(folder.audit_file)}
    body = {"objects": [uploaded, *results], "items": items}
    _post(f"{session.aws.endpoint}{RESTORE_PATH}", body)


def _post(url: str, body: Any) -> None:
    request = urllib.request.Request(url, orjson.dumps(body), {"Content-Type": "application/json"})  # noqa: S310 - ours
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        opener.open(request, timeout=600).close()
    except urllib.error.HTTPError as error:
        raise CloudError(f"The run could not be restored: {error.read().decode(errors='replace')}") from error
    except OSError as error:
        raise CloudError(f"The run could not be restored: {error}") from error

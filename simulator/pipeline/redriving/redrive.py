"""Redrives a run of an earlier process: its objects, items and execution are rebuilt from its folder.

API reference, "RedriveExecution"; developer guide, "Redriving Map Runs".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.aws.asl.expressions.timestamps import parse_time
from simulator.aws.asl.runtime.listener import ExecutionInfo
from simulator.aws.errors import ApiError
from simulator.pipeline.errors import CloudError
from simulator.pipeline.provisioning import RESULTS_PREFIX
from simulator.pipeline.redriving.earlier_map_run import earlier_map_run
from simulator.pipeline.restoring import post_restore
from simulator.runs.recovery import recovered
from simulator.runs.redrive_plan import NotRedrivable, plan_redrive
from simulator.runs.store import RunNotFound

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.aws.stepfunctions.running_execution import RunningExecution
    from simulator.pipeline.session import Session
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.redrive_plan import RedrivePlan


def redrive(session: Session, folder: RunFolder, plan: RedrivePlan) -> RunningExecution:
    """Start the redrive of a run.

    Raises:
        CloudError: if the run's rows lie in another database, or its folder cannot be restored.
    """
    _check_database(session, plan)
    if plan.map_run is not None:  # first: what is restored are the result files as they are repaired for it
        session.map_runs.continue_with(plan.record.arn, plan.resume.state, earlier_map_run(folder, plan, plan.map_run))
    _restore(session, folder, plan)
    info = ExecutionInfo(
        arn=plan.record.arn,
        name=plan.record.name,
        machine_arn=session.resources.workflow_arn,
        machine_name=plan.record.machine,
        definition=folder.definition_file.read_text(encoding="utf-8"),
        input=plan.input,
        input_text=plan.input_text,
        status="RUNNING",
        started=parse_time(plan.record.started) or plan.resume.entered_at,
        redrive_count=plan.redrive_count,
    )
    return session.step_functions.redrive_execution(info, plan.resume, last_event=plan.last_event)


class RequestedRedrives:
    """RedriveExecution in a session: runs of the workflow from their folders, every other execution by `others`.

    Args:
        session: in which they run.
        others: redrives the execution of another machine.
    """

    def __init__(self, session: Session, others: Callable[[ExecutionInfo], RunningExecution]) -> None:
        self._session = session
        self._others = others

    def __call__(self, info: ExecutionInfo) -> RunningExecution:
        """Start the redrive of an execution.

        Raises:
            ApiError: ExecutionNotRedrivable, with what to do instead.
        """
        if info.machine_arn != self._session.resources.workflow_arn:
            return self._others(info)
        try:
            folder = self._session.store.find(info.name)
            return redrive(self._session, folder, plan_redrive(folder, recovered(folder)))
        except (RunNotFound, NotRedrivable, CloudError) as error:
            raise ApiError("ExecutionNotRedrivable", str(error)) from error


def _check_database(session: Session, plan: RedrivePlan) -> None:
    before, now = plan.record.database_id, session.database_id
    if before is not None and before != now:
        raise CloudError(
            f"The rows of this run are in another PostgreSQL ({plan.record.database}) than the one that answers now "
            f"({session.postgres.display_url}). A redrive must go to the same one: set SIMULATOR_DATABASE_URL or "
            "SIMULATOR_HOME as they were, or run failed-rows.csv as a file of its own."
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
    post_restore(session.aws.endpoint, {"objects": [uploaded, *results], "items": items})

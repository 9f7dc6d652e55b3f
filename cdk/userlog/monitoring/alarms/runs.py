"""Runs that failed, and files that were rejected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from userlog.definitions import definition, rejected_prefix, results_prefix
from userlog.monitoring.alarm_rule import SUSTAINED, AlarmRule

if TYPE_CHECKING:
    from userlog.monitoring.pipeline_metrics import PipelineMetrics
    from userlog.stage import Stage


def run_alarms(metrics: PipelineMetrics, stage: Stage) -> list[AlarmRule]:
    """Return the alarms of the workflow. A rejected file is a run that failed, too: it is not told twice."""
    return [
        AlarmRule(
            name="RunFailed",
            metric=metrics.runs_failed(),
            threshold=1,
            what_to_do=(
                "A run failed, and not because its file was rejected. Open the execution in Step Functions. Failed at "
                "UserLogDistributedMap: more rows failed than are tolerated; FAILED_0.json below "
                f"{results_prefix()} says why. Failed elsewhere: an error of the system; error and cause are in the "
                "execution. Fix the cause, then redrive the execution within 14 days: only what is not done runs again."
            ),
        ),
        AlarmRule(
            name="RunTimedOut",
            metric=metrics.executions("ExecutionsTimedOut"),
            threshold=1,
            what_to_do=(
                f"A run took more than {definition('workflow.asl.json')['TimeoutSeconds'] // 3600} hours. Check the "
                "dashboard: is Aurora or Lambda slow? Fix the cause, then redrive the execution: only rows that were "
                "not done run again."
            ),
        ),
        AlarmRule(
            name="RunAborted",
            metric=metrics.executions("ExecutionsAborted"),
            threshold=1,
            what_to_do=(
                "Someone stopped a run: rows that were not done yet are missing. Redrive the execution within 14 days: "
                "repeating a row that is done changes nothing."
            ),
        ),
        AlarmRule(
            name="RunThrottled",
            metric=metrics.executions("ExecutionThrottled"),
            threshold=1,
            periods=SUSTAINED,
            what_to_do=(
                "Step Functions throttles the workflow: runs are slow, nothing is lost. Find what else in the account "
                "starts executions, or ask for a higher StateTransition quota."
            ),
        ),
        AlarmRule(
            name="FileRejected",
            metric=metrics.files("FilesRejected"),
            threshold=1,
            tells=stage.options.file_email is None,
            what_to_do=(
                f"A file was rejected before any row was written. {rejected_prefix()}<execution>.json in the output "
                "bucket lists its errors by line: send the list to the author of the file. (If the stage has a "
                "fileEmail, the senders are told, and this alarm is a light only.)"
            ),
        ),
    ]

"""Reports of runs that could not be written; the runs themselves are not affected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from userlog.monitoring.alarm_rule import AlarmRule

if TYPE_CHECKING:
    from userlog.monitoring.pipeline_metrics import PipelineMetrics
    from userlog.stage import Stage


def report_alarms(metrics: PipelineMetrics, stage: Stage) -> list[AlarmRule]:
    """Return the alarms of the report rule, the reporter and their queue."""
    queue = stage.name_of("ReportFailuresQueue")
    return [
        AlarmRule(
            name="ReportsUnwritten",
            metric=metrics.waiting().unreported,
            threshold=1,
            what_to_do=(
                "A run has ended and has no report; the run itself is not affected. The message in the queue "
                f"{queue} is the event of its end; its attributes say why. If the upload has gone from the input "
                "bucket, there is no report: delete the message. If not, fix the cause, and invoke the reporter with "
                "the message (docs/deploy.md, section 5)."
            ),
        ),
        AlarmRule(
            name="ReporterFailed",
            metric=metrics.reports_failed(),
            threshold=1,
            unless=("ReportsUnwritten",),
            what_to_do=(
                "An attempt at a report failed; the run itself is not affected. Lambda tries twice more: look into "
                "reports/ for the run's folder. If it is there, nothing is lost. If not, and nothing is in the queue "
                f"{queue}, its policy or the reporter's role no longer lets anybody write to it: compare with the "
                "template (`npx cdk drift`), and invoke the reporter with the event that its log group has."
            ),
        ),
    ]

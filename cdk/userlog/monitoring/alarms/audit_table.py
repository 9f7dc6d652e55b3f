"""DynamoDB: the audit table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from userlog.monitoring.alarm_rule import AlarmRule

if TYPE_CHECKING:
    from userlog.monitoring.pipeline_metrics import PipelineMetrics
    from userlog.stage import Stage


def audit_table_alarms(metrics: PipelineMetrics, stage: Stage) -> list[AlarmRule]:
    """Return the alarms of the audit table."""
    table = stage.name_of("ProcessingLogsTable")
    return [
        AlarmRule(
            name="AuditTableErrors",
            metric=metrics.table_operations("SystemErrors", "system errors"),
            threshold=1,
            periods=2,
            what_to_do=(
                f"DynamoDB returns server errors on {table}: rows are retried, then fail. Look at AWS Health for the "
                "region, and redrive the failed runs when it is over."
            ),
        ),
        AlarmRule(
            name="AuditTableThrottled",
            metric=metrics.table_operations("ThrottledRequests", "throttled"),
            threshold=1,
            periods=2,
            what_to_do=(
                f"DynamoDB throttles {table}. On-demand tables double within minutes. If it goes on, one partition is "
                "hot (a run's first thousand rows share one, and so do all that fail): lower mapConcurrency in "
                f"cdk/stages/{stage.name}.json."
            ),
        ),
    ]

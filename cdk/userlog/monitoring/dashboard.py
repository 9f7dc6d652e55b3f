"""The CloudWatch dashboard: the design document's list, in the order in which a file passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_cloudwatch as cloudwatch

from userlog.monitoring.pipeline_metrics import PERIOD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

    from userlog.functions.functions import Functions
    from userlog.monitoring.pipeline_metrics import PipelineMetrics
    from userlog.stage import Stage

EXECUTIONS = ("ExecutionsStarted", "ExecutionsSucceeded", "ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted")


class PipelineDashboard(cloudwatch.Dashboard):
    """Files, rows, functions, database, audit table and queues of one stage.

    Args:
        scope: the parent construct.
        construct_id: its name below the parent.
        stage: names it.
        metrics: what it shows.
        functions: for their own metrics.
        alarms: shown first, as lights.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: Stage,
        metrics: PipelineMetrics,
        functions: Functions,
        alarms: Sequence[cloudwatch.IAlarm],
    ) -> None:
        super().__init__(scope, construct_id, dashboard_name=stage.name_of("Dashboard"))
        self.add_widgets(cloudwatch.AlarmStatusWidget(title="Alarms", alarms=list(alarms), width=24, height=6))
        self.add_widgets(
            _graph("Uploads", [metrics.rule("MatchedEvents"), metrics.rule("FailedInvocations")]),
            _graph("Runs", [metrics.executions(name) for name in EXECUTIONS]),
            _graph("Files", [metrics.files("FilesValidated"), metrics.files("FilesRejected")]),
        )
        self.add_widgets(
            _graph("How long a file has waited for its turn, s", [metrics.longest_wait()]),
        )
        self.add_widgets(
            _graph("Rows", [metrics.rows(name) for name in ("RowsProcessed", "RowsSuperseded", "RowsFailed")]),
            _graph("Processor: errors, %", [metrics.error_rate()]),
            _graph("How long a run takes, its wait included, ms", [metrics.run_time("p50"), metrics.run_time("max")]),
        )
        each = {"validator": functions.validator, "processor": functions.processor, "migrator": functions.migrator}
        self.add_widgets(
            _graph(
                "Functions: duration, ms (p99)",
                [
                    function.metric_duration(statistic="p99", period=PERIOD, label=name)
                    for name, function in each.items()
                ],
            ),
            _graph(
                "Functions: errors",
                [function.metric_errors(period=PERIOD, label=name) for name, function in each.items()],
            ),
            _graph(
                "Functions: throttles",
                [function.metric_throttles(period=PERIOD, label=name) for name, function in each.items()],
            ),
        )
        self.add_widgets(
            _graph("Aurora: connections", [metrics.aurora("DatabaseConnections", "max")]),
            _graph(
                "Aurora: CPU and capacity in use, %",
                [
                    metrics.aurora("CPUUtilization"),
                    metrics.aurora_capacity("ACUUtilization"),
                ],
            ),
            _graph("Aurora: commit latency, ms", [metrics.aurora("CommitLatency")]),
        )
        self.add_widgets(
            _graph("Aurora: capacity, ACU", [metrics.aurora_capacity("ServerlessDatabaseCapacity")]),
            _graph(
                "Audit table: errors and throttles",
                [
                    metrics.table_operations("SystemErrors", "system errors"),
                    metrics.table_operations("ThrottledRequests", "throttled"),
                    metrics.user_errors(),
                ],
            ),
            _graph("Waiting for a person, messages", list(metrics.waiting())),
        )


def _graph(title: str, metrics: Sequence[cloudwatch.IMetric]) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(
        title=title, left=list(metrics), width=8, height=6, left_y_axis=cloudwatch.YAxisProps(min=0)
    )

"""The metrics: each once, for the dashboard and the alarms alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from lambdas.shared.observability import FILE_GATE_SERVICE, NAMESPACE, PROCESSOR_SERVICE, VALIDATOR_SERVICE

if TYPE_CHECKING:
    from aws_cdk import aws_events as events

    from userlog.database.database import Database
    from userlog.functions.functions import Functions
    from userlog.storage.storage import Storage
    from userlog.workflow.workflow import Workflow

PERIOD = Duration.minutes(5)
# What the pipeline calls on the table.
TABLE_OPERATIONS = ("PutItem", "BatchWriteItem")
# Below this a rate says nothing: one bad row of three is 33 %.
ENOUGH_INVOCATIONS = 20


class WaitingMessages(NamedTuple):
    """How many messages wait for a person in each queue."""

    undelivered: cloudwatch.IMetric
    unstarted: cloudwatch.IMetric
    unreported: cloudwatch.IMetric
    unanswered: cloudwatch.IMetric


class PipelineMetrics:
    """The metrics of one deployment.

    Args:
        storage, database, functions, workflow: what is measured.
    """

    def __init__(self, *, storage: Storage, database: Database, functions: Functions, workflow: Workflow) -> None:
        self._storage = storage
        self._database = database
        self._functions = functions
        self._workflow = workflow
        self._runs_failed = workflow.runs_that_failed("RunsFailed", NAMESPACE)
        self._rows_lost = workflow.rows_lost_to_an_outage("RowsLostToOutage", NAMESPACE)

    def executions(self, metric_name: str, label: str | None = None) -> cloudwatch.Metric:
        """Executions of the workflow: `ExecutionsStarted`, `ExecutionsFailed`, ..."""
        return self._workflow.workflow.metric(metric_name, statistic="sum", period=PERIOD, label=label or metric_name)

    def runs_failed(self) -> cloudwatch.Metric:
        """Runs that failed; none whose file was rejected."""
        return self._runs_failed.metric(statistic="sum", period=PERIOD, label="RunsFailed")

    def run_time(self, statistic: str) -> cloudwatch.Metric:
        """How long runs take, in milliseconds, their waiting for their turn included."""
        return self._workflow.workflow.metric("ExecutionTime", statistic=statistic, period=PERIOD, label=statistic)

    def dispatches(self, metric_name: str) -> cloudwatch.Metric:
        """Executions of the dispatcher."""
        return self._workflow.dispatcher.metric(metric_name, statistic="sum", period=PERIOD, label=metric_name)

    def dispatches_lost(self) -> cloudwatch.MathExpression:
        """Dispatcher executions that ended without having started a run, whether or not they could report it."""
        return cloudwatch.MathExpression(
            expression="SUM([FILL(failed, 0), FILL(timedOut, 0)])",
            label="dispatches that started no run",
            period=PERIOD,
            using_metrics={
                "failed": self.dispatches("ExecutionsFailed"),
                "timedOut": self.dispatches("ExecutionsTimedOut"),
            },
        )

    def rule(self, metric_name: str) -> cloudwatch.Metric:
        """The upload rule's metrics: `Invocations`, `FailedInvocations`, ..."""
        return _of_rule(self._workflow.rule, metric_name)

    def reports_failed(self) -> cloudwatch.MathExpression:
        """Attempts at a report that failed, and ends of runs that the report rule gave up delivering."""
        return cloudwatch.MathExpression(
            expression="SUM([FILL(failed, 0), FILL(undelivered, 0)])",
            label="failed attempts at a report",
            period=PERIOD,
            using_metrics={
                "failed": self._functions.reporter.metric_errors(period=PERIOD),
                "undelivered": _of_rule(self._workflow.report_rule, "FailedInvocations"),
            },
        )

    def gate_failed(self) -> cloudwatch.MathExpression:
        """Attempts of the file gate that failed, and ends of runs that its rule gave up delivering."""
        return cloudwatch.MathExpression(
            expression="SUM([FILL(failed, 0), FILL(undelivered, 0)])",
            label="failed attempts of the file gate",
            period=PERIOD,
            using_metrics={
                "failed": self._functions.file_gate.metric_errors(period=PERIOD),
                "undelivered": _of_rule(self._workflow.file_gate_rule, "FailedInvocations"),
            },
        )

    def longest_wait(self) -> cloudwatch.Metric:
        """How long the first files that wait have waited, in seconds; each asks again every four minutes."""
        return cloudwatch.Metric(
            namespace=NAMESPACE,
            metric_name="LongestWaitSeconds",
            dimensions_map={"service": FILE_GATE_SERVICE, "function_name": self._functions.file_gate.function_name},
            statistic="max",
            period=PERIOD,
            label="LongestWaitSeconds",
        )

    def error_rate(self) -> cloudwatch.MathExpression:
        """Per cent of the processor's invocations that ended in an error, 0 below 20 invocations."""
        return cloudwatch.MathExpression(
            expression=f"IF(invocations >= {ENOUGH_INVOCATIONS}, 100 * errors / invocations, 0)",
            label="processor: errors, % of invocations",
            period=PERIOD,
            using_metrics={
                "errors": self._functions.processor.metric_errors(period=PERIOD),
                "invocations": self._functions.processor.metric_invocations(period=PERIOD),
            },
        )

    def rows(self, metric_name: str) -> cloudwatch.Metric:
        """The processor's counts, per attempt: `RowsProcessed`, `RowsFailed`, `RowsSuperseded`."""
        return self._counted(metric_name, PROCESSOR_SERVICE, self._functions.processor.function_name)

    def rows_lost(self) -> cloudwatch.Metric:
        """Rows that were given up by an outage, each once; none that a retry has cured."""
        return self._rows_lost.metric(statistic="sum", period=PERIOD, label="RowsLostToOutage")

    def files(self, metric_name: str) -> cloudwatch.Metric:
        """The validator's counts: `FilesValidated`, `FilesRejected`."""
        return self._counted(metric_name, VALIDATOR_SERVICE, self._functions.validator.function_name)

    def _counted(self, metric_name: str, service: str, function_name: str) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace=NAMESPACE,
            metric_name=metric_name,
            dimensions_map={"service": service, "function_name": function_name},
            statistic="sum",
            period=PERIOD,
            label=metric_name,
        )

    def aurora(self, metric_name: str, statistic: str = "avg") -> cloudwatch.Metric:
        """A metric of the cluster's writer, which is all that the pipeline uses."""
        return cloudwatch.Metric(
            namespace="AWS/RDS",
            metric_name=metric_name,
            dimensions_map={"DBClusterIdentifier": self._database.cluster.cluster_identifier, "Role": "WRITER"},
            statistic=statistic,
            period=PERIOD,
            label=metric_name,
        )

    def aurora_capacity(self, metric_name: str) -> cloudwatch.Metric:
        """`ServerlessDatabaseCapacity` (in ACU) or `ACUUtilization` (in % of what the cluster may grow to)."""
        return self._database.cluster.metric(metric_name, statistic="max", period=PERIOD, label=metric_name)

    def table_operations(self, metric_name: str, title: str) -> cloudwatch.MathExpression:
        """`SystemErrors` or `ThrottledRequests`, summed over what the pipeline calls on the table."""
        ids = {f"{metric_name[0].lower()}{metric_name[1:]}{operation}": operation for operation in TABLE_OPERATIONS}
        return cloudwatch.MathExpression(
            # A metric without data would leave a plain sum without data too.
            expression=f"SUM([{', '.join(f'FILL({metric_id}, 0)' for metric_id in ids)}])",
            label=title,
            period=PERIOD,
            using_metrics={
                metric_id: cloudwatch.Metric(
                    namespace="AWS/DynamoDB",
                    metric_name=metric_name,
                    dimensions_map={"TableName": self._storage.logs_table.table_name, "Operation": operation},
                    statistic="sum",
                    period=PERIOD,
                )
                for metric_id, operation in ids.items()
            },
        )

    @staticmethod
    def user_errors() -> cloudwatch.Metric:
        """Requests that DynamoDB refused, of the whole account and region: it counts them in no other way.

        Shown, not alarmed on: a row with a blank user ID makes one on purpose, and so may other applications.
        """
        return cloudwatch.Metric(
            namespace="AWS/DynamoDB",
            metric_name="UserErrors",
            statistic="sum",
            period=PERIOD,
            label="refused (account)",
        )

    def waiting(self) -> WaitingMessages:
        """The messages in the queues that wait for a person."""
        return WaitingMessages(
            *(
                queue.metric_approximate_number_of_messages_visible(statistic="max", period=PERIOD, label=label)
                for label, queue in (
                    ("events that reached no dispatcher", self._workflow.rule_dead_letter_queue),
                    ("events that started no run", self._workflow.dispatcher_failures_queue),
                    ("ends of runs without a report", self._functions.report_failures_queue),
                    ("ends of runs that let no file in", self._functions.file_gate_failures_queue),
                )
            )
        )


def _of_rule(rule: events.CfnRule, metric_name: str) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace="AWS/Events",
        metric_name=metric_name,
        dimensions_map={"RuleName": rule.ref},
        statistic="sum",
        period=PERIOD,
        label=f"rule: {metric_name}",
    )

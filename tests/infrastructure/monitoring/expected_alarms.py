"""Every alarm, written out a second time: what it watches, and when it goes off."""

from __future__ import annotations

from typing import Any, NamedTuple

ACCOUNT = "ap-northeast-1:123456789012"
TOPIC = f"arn:aws:sns:{ACCOUNT}:user-log-alarms"
WORKFLOW = ("StateMachineArn", f"arn:aws:states:{ACCOUNT}:stateMachine:csv-user-log-processor")
DISPATCHER = ("StateMachineArn", f"arn:aws:states:{ACCOUNT}:stateMachine:csv-user-log-dispatcher")
RULE, REPORT_RULE = ("RuleName", "s3-csv-upload-rule"), ("RuleName", "user-log-report-rule")
DEAD_LETTERS, FAILURES = ("QueueName", "s3-csv-upload-rule-dlq"), ("QueueName", "user-log-dispatcher-failures")
UNREPORTED = ("QueueName", "user-log-report-failures")
GATE_RULE, NOT_LET_IN = ("RuleName", "user-log-file-gate-rule"), ("QueueName", "user-log-file-gate-failures")
CLUSTER = ("DBClusterIdentifier", "user-log")
WRITER = (CLUSTER, ("Role", "WRITER"))
PROCESSOR = ("FunctionName", "user-log-processor")
VALIDATOR = ("FunctionName", "user-log-csv-validator")
REPORTER = ("FunctionName", "user-log-reporter")
FILE_GATE = ("FunctionName", "user-log-file-gate")
COUNTED = "UserLog/csv-user-log-processor"
OF_PROCESSOR = (("function_name", "user-log-processor"), ("service", "user-log-processor"))
OF_VALIDATOR = (("function_name", "user-log-csv-validator"), ("service", "csv-validator"))
OF_FILE_GATE = (("function_name", "user-log-file-gate"), ("service", "file-gate"))
AT_LEAST, AT_MOST = "GreaterThanOrEqualToThreshold", "LessThanOrEqualToThreshold"


class Metric(NamedTuple):
    """A metric in periods of five minutes: namespace, name, statistic, dimensions; in an expression also its id."""

    namespace: str
    name: str
    statistic: str
    dimensions: tuple[tuple[str, str], ...]
    id: str = ""


class Alarm(NamedTuple):
    """An alarm: what it watches, when it goes off, and which others tell of the same.

    Attributes:
        metrics: one, or those of the expression.
        threshold: what the metric has to reach.
        periods: for how many periods in a row.
        unless: the alarms that tell of the same event; with one, a composite alarm tells.
        expression: over the metrics; blank for the metric itself.
        compare: how the metric reaches the threshold.
    """

    metrics: tuple[Metric, ...]
    threshold: float
    periods: int = 1
    unless: tuple[str, ...] = ()
    expression: str = ""
    compare: str = AT_LEAST


def one(namespace: str, name: str, statistic: str, *dimensions: tuple[str, str]) -> tuple[Metric, ...]:
    """Return a metric that is watched by itself."""
    return (Metric(namespace, name, statistic, dimensions),)


def table(name: str, prefix: str) -> dict[str, Any]:
    """Return what watches both operations of the audit table."""
    operations = ("PutItem", "BatchWriteItem")
    return {
        "metrics": tuple(
            Metric(
                "AWS/DynamoDB",
                name,
                "Sum",
                (("Operation", operation), ("TableName", "ProcessingLogs")),
                f"{prefix}{operation}",
            )
            for operation in operations
        ),
        "expression": f"SUM([FILL({prefix}PutItem, 0), FILL({prefix}BatchWriteItem, 0)])",
    }


ALARMS = {
    "UploadsUndelivered": Alarm(one("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", DEAD_LETTERS), 1),
    "UploadsUnstarted": Alarm(
        one("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", ("QueueName", "user-log-dispatcher-failures")),
        1,
    ),
    "DispatcherFailed": Alarm(
        (
            Metric("AWS/States", "ExecutionsFailed", "Sum", (DISPATCHER,), "failed"),
            Metric("AWS/States", "ExecutionsTimedOut", "Sum", (DISPATCHER,), "timedOut"),
        ),
        1,
        unless=("UploadsUnstarted",),
        expression="SUM([FILL(failed, 0), FILL(timedOut, 0)])",
    ),
    "RuleFailed": Alarm(one("AWS/Events", "FailedInvocations", "Sum", RULE), 1, unless=("UploadsUndelivered",)),
    "FileWaitsLong": Alarm(one("UserLog", "LongestWaitSeconds", "Maximum", *OF_FILE_GATE), 7_200),
    "FilesNotLetIn": Alarm(one("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", NOT_LET_IN), 1),
    "FileGateFailed": Alarm(
        (
            Metric("AWS/Lambda", "Errors", "Sum", (FILE_GATE,), "failed"),
            Metric("AWS/Events", "FailedInvocations", "Sum", (GATE_RULE,), "undelivered"),
        ),
        1,
        unless=("FilesNotLetIn", "RunFailed"),
        expression="SUM([FILL(failed, 0), FILL(undelivered, 0)])",
    ),
    "RunFailed": Alarm(one(COUNTED, "RunsFailed", "Sum"), 1),
    "RunTimedOut": Alarm(one("AWS/States", "ExecutionsTimedOut", "Sum", WORKFLOW), 1),
    "RunAborted": Alarm(one("AWS/States", "ExecutionsAborted", "Sum", WORKFLOW), 1),
    "RunThrottled": Alarm(one("AWS/States", "ExecutionThrottled", "Sum", WORKFLOW), 1, periods=3),
    "FileRejected": Alarm(one("UserLog", "FilesRejected", "Sum", *OF_VALIDATOR), 1),
    "ReportsUnwritten": Alarm(one("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", UNREPORTED), 1),
    "ReporterFailed": Alarm(
        (
            Metric("AWS/Lambda", "Errors", "Sum", (REPORTER,), "failed"),
            Metric("AWS/Events", "FailedInvocations", "Sum", (REPORT_RULE,), "undelivered"),
        ),
        1,
        unless=("ReportsUnwritten",),
        expression="SUM([FILL(failed, 0), FILL(undelivered, 0)])",
    ),
    "RowsFailed": Alarm(
        one("UserLog", "RowsFailed", "Sum", *OF_PROCESSOR), 1, unless=("RunFailed", "RowsLostToOutage")
    ),
    "RowsLostToOutage": Alarm(one(COUNTED, "RowsLostToOutage", "Sum"), 1, unless=("RunFailed",)),
    "ProcessorErrorRate": Alarm(
        (
            Metric("AWS/Lambda", "Errors", "Sum", (PROCESSOR,), "errors"),
            Metric("AWS/Lambda", "Invocations", "Sum", (PROCESSOR,), "invocations"),
        ),
        5,
        unless=("RunFailed", "RowsFailed"),
        expression="IF(invocations >= 20, 100 * errors / invocations, 0)",
    ),
    "ProcessorSlow": Alarm(one("AWS/Lambda", "Duration", "p99", PROCESSOR), 8000, periods=3),
    "ProcessorThrottled": Alarm(one("AWS/Lambda", "Throttles", "Sum", PROCESSOR), 25),
    "ValidatorFailed": Alarm(one("AWS/Lambda", "Errors", "Sum", VALIDATOR), 1, unless=("RunFailed",)),
    "ValidatorSlow": Alarm(one("AWS/Lambda", "Duration", "Maximum", VALIDATOR), 240_000),
    "ValidatorThrottled": Alarm(one("AWS/Lambda", "Throttles", "Sum", VALIDATOR), 25, unless=("RunFailed",)),
    # 80 % of about 400, which Aurora allows with at most 2 ACU.
    "AuroraConnections": Alarm(one("AWS/RDS", "DatabaseConnections", "Maximum", *WRITER), 320, periods=3),
    # A tenth of the 4 GiB of 2 ACU, in bytes.
    "AuroraMemory": Alarm(
        one("AWS/RDS", "FreeableMemory", "Minimum", *WRITER), 429_496_729, periods=3, compare=AT_MOST
    ),
    "AuroraCpu": Alarm(one("AWS/RDS", "CPUUtilization", "Average", *WRITER), 80, periods=3),
    "AuroraCapacity": Alarm(one("AWS/RDS", "ACUUtilization", "Maximum", CLUSTER), 90, periods=3),
    "AuroraCommitLatency": Alarm(one("AWS/RDS", "CommitLatency", "Average", *WRITER), 100, periods=3),
    "AuditTableErrors": Alarm(threshold=1, periods=2, **table("SystemErrors", "systemErrors")),
    "AuditTableThrottled": Alarm(threshold=1, periods=2, **table("ThrottledRequests", "throttledRequests")),
}
"""By the end of the name; all are `notBreaching` without data, since without uploads there is none."""

LIGHTS_FOR_SENDERS = {"FileRejected", "RowsFailed"}
"""With the option fileEmail the senders are told of these, and no operator."""

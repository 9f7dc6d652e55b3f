"""The design document's list of what to watch: alarms that are there, are about our things, and say what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from lambdas.shared.observability import count_metric
from lambdas.user_log_reporter.reasons import OUTAGE_ERRORS
from tests.infrastructure.template.resolver import Resolver

TOPIC = "arn:aws:sns:ap-northeast-1:123456789012:user-log-alarms"
WORKFLOW = "arn:aws:states:ap-northeast-1:123456789012:stateMachine:csv-user-log-processor"
# Section 6 of the design document, and the list: (namespace, metric, what it is about).
WATCHED = {
    ("AWS/Lambda", "Duration", "user-log-processor"),
    ("AWS/Lambda", "Duration", "user-log-csv-validator"),
    ("AWS/Lambda", "Errors", "user-log-processor"),
    ("AWS/Lambda", "Errors", "user-log-csv-validator"),
    ("AWS/Lambda", "Throttles", "user-log-processor"),
    ("AWS/States", "ExecutionsTimedOut", WORKFLOW),
    ("AWS/States", "ExecutionThrottled", WORKFLOW),
    ("AWS/RDS", "DatabaseConnections", "user-log"),
    ("AWS/RDS", "CPUUtilization", "user-log"),
    ("AWS/RDS", "ACUUtilization", "user-log"),
    ("AWS/RDS", "CommitLatency", "user-log"),
    ("AWS/DynamoDB", "SystemErrors", "ProcessingLogs"),
    ("AWS/DynamoDB", "ThrottledRequests", "ProcessingLogs"),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "s3-csv-upload-rule-dlq"),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "user-log-dispatcher-failures"),
    ("UserLog", "RowsFailed", "user-log-processor"),
}


class Watched(NamedTuple):
    """A metric with its dimensions."""

    namespace: str
    name: str
    dimensions: dict[str, str]


def metrics(alarm: dict[str, Any]) -> Iterator[Watched]:
    """Return the metrics of an alarm, those inside an expression too."""
    stats = [each["MetricStat"]["Metric"] for each in alarm.get("Metrics", []) if "MetricStat" in each]
    for metric in stats or [alarm]:
        dimensions = {each["Name"]: each["Value"] for each in metric.get("Dimensions", [])}
        yield Watched(metric["Namespace"], metric["MetricName"], dimensions)


def watched(stack: Resolver) -> list[Watched]:
    """Return the metrics of all alarms."""
    return [metric for alarm in stack.of_type("AWS::CloudWatch::Alarm").values() for metric in metrics(alarm)]


def test_everything_on_the_list_has_an_alarm(stack: Resolver) -> None:
    """About the very function, machine, cluster, table or queue."""
    found = {(each.namespace, each.name, about) for each in watched(stack) for about in each.dimensions.values()}
    assert found >= WATCHED


def test_every_alarm_says_what_to_do(stack: Resolver) -> None:
    """Someone reads it at night: a name alone does not help."""
    for name, alarm in stack.by_name("AWS::CloudWatch::Alarm").items():
        assert len(alarm["AlarmDescription"].split()) >= 12, name
        assert len(alarm["AlarmDescription"]) <= 1024, name
        assert "." in alarm["AlarmDescription"], name
        assert alarm.get("ActionsEnabled", True) is True, name


def texts(value: Any, key: str = "") -> Iterator[str]:
    """Return what a template says to people: descriptions, and all that a dashboard shows."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from texts(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner, key)
    elif isinstance(value, str) and ("Description" in key or key == "DashboardBody"):
        yield value


def names(stack: Resolver) -> set[str]:
    """Return the names that resources of a stage have, short ones that are also plain words left out."""
    found = {
        value
        for resource in stack.template["Resources"].values()
        for key, value in resource.get("Properties", {}).items()
        if (key == "Name" or key.endswith("Name")) and isinstance(value, str)
    }
    return {name for name in found if name not in ("user-log", "userlog")}


def test_what_the_stage_dev_says_names_things_of_the_stage_dev(stack: Resolver, dev_stack: Resolver) -> None:
    """A queue without `-dev` does not exist there: who is called at night would not find it."""
    others = names(stack) - names(dev_stack)
    assert {"s3-csv-upload-rule-dlq", "ProcessingLogs", "user-log-UploadsUnstarted"} <= others
    said = list(texts(dev_stack.template))
    assert any("s3-csv-upload-rule-dlq-dev" in text for text in said)
    wrong = [
        (name, text) for text in said for name in others if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text)
    ]
    assert wrong == []


@pytest.mark.parametrize("rule", ["UploadsUndelivered", "UploadsUnstarted"])
def test_an_alarm_that_speaks_of_another_names_it_in_full(dev_stack: Resolver, rule: str) -> None:
    """The console finds alarms by their names."""
    for alarm in dev_stack.of_type("AWS::CloudWatch::Alarm").values():
        assert re.search(rf"(?<!user-log-dev-)\b{rule}", alarm["AlarmDescription"]) is None


def test_the_functions_own_metrics_are_counted_as_the_alarms_look_for_them(
    stack: Resolver, capsys: pytest.CaptureFixture[str]
) -> None:
    """Namespace and dimensions, or the alarm would wait for ever."""
    services = {
        "user-log-processor": "user-log-processor",
        "user-log-csv-validator": "csv-validator",
        "user-log-file-gate": "file-gate",
    }
    alarms = [each for each in watched(stack) if each.namespace == "UserLog"]
    assert alarms
    for alarm in alarms:
        name = alarm.dimensions["function_name"]
        count_metric(services[name], SimpleNamespace(function_name=name), **{alarm.name: 1})  # type: ignore[arg-type]
        written = json.loads(capsys.readouterr().out)
        (directive,) = written["_aws"]["CloudWatchMetrics"]
        assert directive["Namespace"] == alarm.namespace
        assert [sorted(each) for each in directive["Dimensions"]] == [sorted(alarm.dimensions)]
        assert {key: written[key] for key in alarm.dimensions} == alarm.dimensions


def test_rows_that_an_outage_took_from_a_run_that_succeeded_raise_an_alarm(stack: Resolver) -> None:
    """Counted in the log of the rows' own executions, by every error that the workflow tries again."""
    metric_filter = stack.of_type("AWS::Logs::MetricFilter")["WorkflowWorkflowLogsRowsLostToOutage"]
    assert metric_filter["LogGroupName"] == "/aws/vendedlogs/states/csv-user-log-processor"
    pattern = metric_filter["FilterPattern"]
    assert '$.type = "ExecutionFailed"' in pattern
    assert {name for name in OUTAGE_ERRORS if f'($.details.error = "{name}")' not in pattern} == set()
    assert len(pattern) <= 1024
    (counted,) = metric_filter["MetricTransformations"]
    alarm = stack.by_name("AWS::CloudWatch::Alarm")["user-log-RowsLostToOutage"]
    (about,) = metrics(alarm)
    assert (about.namespace, about.name) == (counted["MetricNamespace"], counted["MetricName"])
    assert alarm["Threshold"] == 1


def test_slow_functions_alarm_before_they_time_out(stack: Resolver) -> None:
    """Thresholds are milliseconds, below the function's own timeout."""
    timeouts = {name: each["Timeout"] for name, each in stack.by_name("AWS::Lambda::Function").items()}
    for alarm in stack.of_type("AWS::CloudWatch::Alarm").values():
        for metric in metrics(alarm):
            if (metric.namespace, metric.name) == ("AWS/Lambda", "Duration"):
                limit = timeouts[metric.dimensions["FunctionName"]] * 1000
                assert limit / 2 < alarm["Threshold"] < limit


def test_alarms_tell_the_limits_of_the_definitions_that_are_deployed(stack: Resolver) -> None:
    """Tolerance of the workflow, timeouts of workflow and functions."""
    alarms = stack.by_name("AWS::CloudWatch::Alarm")
    machine = stack.by_name("AWS::StepFunctions::StateMachine")["csv-user-log-processor"]
    workflow = json.loads(machine["DefinitionString"])
    rows = workflow["States"]["UserLogDistributedMap"]
    percentage, count = rows["ToleratedFailurePercentage"], rows["ToleratedFailureCount"]
    assert alarms["user-log-ProcessorErrorRate"]["Threshold"] == percentage
    assert f"{percentage} % and {count} rows" in alarms["user-log-RowsFailed"]["AlarmDescription"]
    assert f"{workflow['TimeoutSeconds'] // 3600} hours" in alarms["user-log-RunTimedOut"]["AlarmDescription"]
    functions = stack.by_name("AWS::Lambda::Function")
    for name, function in (("Processor", "user-log-processor"), ("Validator", "user-log-csv-validator")):
        told = alarms[f"user-log-{name}Slow"]["AlarmDescription"]
        assert f"after {functions[function]['Timeout']} s" in told


def test_an_alarm_of_dev_names_what_dev_has(dev_stack: Resolver) -> None:
    """A queue or a table of prod would be the wrong place to look."""
    alarms = dev_stack.by_name("AWS::CloudWatch::Alarm")
    told = {name.removeprefix("user-log-dev-"): alarm["AlarmDescription"] for name, alarm in alarms.items()}
    assert "queue s3-csv-upload-rule-dlq-dev:" in told["UploadsUndelivered"]
    assert "queue user-log-dispatcher-failures-dev " in told["UploadsUnstarted"]
    assert "--stack UserLogPipeline-dev`" in told["UploadsUnstarted"]
    assert "queue s3-csv-upload-rule-dlq-dev:" in told["RuleFailed"]
    assert "cdk/stages/dev.json" in told["AuroraCapacity"]
    assert all("ProcessingLogs-dev" in told[name] for name in ("AuditTableErrors", "AuditTableThrottled"))


def test_the_dashboard_shows_what_is_watched(stack: Resolver) -> None:
    """Every metric that has an alarm, and the alarms themselves."""
    (dashboard,) = stack.of_type("AWS::CloudWatch::Dashboard").values()
    widgets = json.loads(dashboard["DashboardBody"])["widgets"]
    shown = json.dumps([widget["properties"].get("metrics", []) for widget in widgets])
    missing = {metric for _, metric, _ in WATCHED if f'"{metric}"' not in shown}
    assert missing <= {"ExecutionThrottled"}
    (lights,) = [widget for widget in widgets if widget["type"] == "alarm"]
    assert sorted(lights["properties"]["alarms"]) == sorted(
        f"arn:aws:cloudwatch:ap-northeast-1:123456789012:alarm:{name}"
        for name in stack.by_name("AWS::CloudWatch::Alarm")
    )
    assert {widget["properties"].get("region", "ap-northeast-1") for widget in widgets} == {"ap-northeast-1"}


def test_the_topics_are_encrypted_and_an_address_is_subscribed_on_demand(
    stack: Resolver, optional_stack: Resolver
) -> None:
    """Operators and senders have a topic each."""
    keys = {name: topic["KmsMasterKeyId"] for name, topic in stack.by_name("AWS::SNS::Topic").items()}
    assert keys == {
        "user-log-alarms": "arn:aws:kms:ap-northeast-1:123456789012:key/MonitoringAlarmsKey",
        "user-log-files": "arn:aws:kms:ap-northeast-1:123456789012:key/StorageDataKey",
    }
    assert stack.of_type("AWS::SNS::Subscription") == {}
    subscriptions = optional_stack.of_type("AWS::SNS::Subscription").values()
    assert {(each["Protocol"], each["Endpoint"], each["TopicArn"]) for each in subscriptions} == {
        ("email", "ops@example.com", TOPIC),
        ("email", "sender@example.com", TOPIC.replace("alarms", "files")),
    }


def test_no_alarm_has_a_file_sent_again_without_saying_what_that_means(stack: Resolver) -> None:
    """A new upload has a new time, with which old totals overwrite newer ones."""
    for name, alarm in stack.by_name("AWS::CloudWatch::Alarm").items():
        text = alarm["AlarmDescription"]
        assert "onto itself" not in text, name
        if re.search(r"\b(upload|uploaded) (a|the|as|again)\b", text, re.IGNORECASE):
            assert "newer" in text, name

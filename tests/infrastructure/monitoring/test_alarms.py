"""The alarms, one by one, and whom they tell: of one event once."""

from __future__ import annotations

import importlib
import json
from types import SimpleNamespace
from typing import Any

import pytest

from tests.infrastructure.monitoring.expected_alarms import ALARMS, LIGHTS_FOR_SENDERS, TOPIC, Alarm, Metric
from tests.infrastructure.template.resolver import Resolver
from tests.infrastructure.template.synthesis import load_cdk

PREFIX = "user-log-"
ARN = "arn:aws:cloudwatch:ap-northeast-1:123456789012:alarm:user-log-"


def alarms(stack: Resolver, kind: str = "Alarm") -> dict[str, dict[str, Any]]:
    """Return the alarms by the ends of their names."""
    return {name.removeprefix(PREFIX): each for name, each in stack.by_name(f"AWS::CloudWatch::{kind}").items()}


def read(alarm: dict[str, Any]) -> tuple[tuple[Metric, ...], str]:
    """Return what an alarm watches, and the expression over it; every period is five minutes."""
    if "Metrics" not in alarm:
        assert alarm["Period"] == 300
        statistic = alarm.get("Statistic") or alarm["ExtendedStatistic"]
        return (Metric(alarm["Namespace"], alarm["MetricName"], statistic, dimensions(alarm)),), ""
    expressions = [each for each in alarm["Metrics"] if "Expression" in each]
    assert [each.get("ReturnData", True) for each in alarm["Metrics"]].count(True) == 1
    assert all(each["ReturnData"] for each in expressions)
    found = []
    for each in alarm["Metrics"]:
        if "MetricStat" in each:
            stat, metric = each["MetricStat"], each["MetricStat"]["Metric"]
            assert stat["Period"] == 300
            metric_id = each["Id"] if expressions else ""
            found.append(Metric(metric["Namespace"], metric["MetricName"], stat["Stat"], dimensions(metric), metric_id))
    return tuple(found), expressions[0]["Expression"] if expressions else ""


def dimensions(metric: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return a metric's dimensions, in the order of their names."""
    return tuple(sorted((each["Name"], each["Value"]) for each in metric.get("Dimensions", [])))


def test_there_is_every_alarm_and_no_other(stack: Resolver, dev_stack: Resolver) -> None:
    """In dev too: what is not watched there is not known to work."""
    assert set(alarms(stack)) == set(ALARMS)
    assert {name.removeprefix("dev-") for name in alarms(dev_stack)} == set(ALARMS)


@pytest.mark.parametrize(("name", "expected"), ALARMS.items())
def test_an_alarm_is_the_one_written_out(stack: Resolver, name: str, expected: Alarm) -> None:
    """Metric, dimensions, statistic, period, expression, threshold, comparison, periods, and what no data means."""
    alarm = alarms(stack)[name]
    metrics, expression = read(alarm)
    found = Alarm(
        metrics,
        alarm["Threshold"],
        alarm["EvaluationPeriods"],
        expected.unless,
        expression,
        alarm["ComparisonOperator"],
    )
    assert found == expected
    assert alarm["TreatMissingData"] == "notBreaching"
    assert alarm.get("DatapointsToAlarm", alarm["EvaluationPeriods"]) == alarm["EvaluationPeriods"]


@pytest.mark.parametrize(("name", "expected"), ALARMS.items())
def test_one_event_tells_the_operators_once(stack: Resolver, name: str, expected: Alarm) -> None:
    """An alarm tells; or a composite one does, if no other tells of the same event within ten minutes. Its end too."""
    alarm = alarms(stack)[name]
    composite = alarms(stack, "CompositeAlarm").get(f"{name}Alone")
    if not expected.unless:
        assert (alarm["AlarmActions"], alarm["OKActions"]) == ([TOPIC], [TOPIC])
        assert composite is None
        return
    assert not alarm.get("AlarmActions")
    assert not alarm.get("OKActions")
    assert composite is not None
    assert (composite["AlarmActions"], composite["OKActions"]) == ([TOPIC], [TOPIC])
    assert composite["AlarmRule"] == f'ALARM("{ARN}{name}")'
    assert composite["AlarmDescription"] == alarm["AlarmDescription"]
    assert (composite["ActionsSuppressorWaitPeriod"], composite["ActionsSuppressorExtensionPeriod"]) == (600, 600)
    if len(expected.unless) == 1:
        assert composite["ActionsSuppressor"] == f"{ARN}{expected.unless[0]}"
    else:
        assert composite["ActionsSuppressor"] == f"{ARN}{name}Elsewhere"
        elsewhere = alarms(stack, "CompositeAlarm")[f"{name}Elsewhere"]
        rule = " OR ".join(f'ALARM("{ARN}{other}")' for other in expected.unless)
        assert elsewhere["AlarmRule"] in (rule, f"({rule})")
        assert not elsewhere.get("AlarmActions")


def test_there_is_no_composite_alarm_beside_those() -> None:
    """The table names what suppresses what; each name is an alarm."""
    assert {other for alarm in ALARMS.values() for other in alarm.unless} <= set(ALARMS)


def test_senders_are_told_instead_of_operators_if_there_is_an_address_of_theirs(optional_stack: Resolver) -> None:
    """What the sender has to correct is a light for the operators then."""
    tells = {
        name.removesuffix("Alone")
        for kind in ("Alarm", "CompositeAlarm")
        for name, alarm in alarms(optional_stack, kind).items()
        if alarm.get("AlarmActions")
    }
    assert tells == {*set(ALARMS) - LIGHTS_FOR_SENDERS, "UploadMissing"}


def test_aurora_tells_of_its_failovers_itself(stack: Resolver, dev_stack: Resolver) -> None:
    """To the operators' topic."""
    for each, suffix in ((stack, ""), (dev_stack, "-dev")):
        (subscription,) = each.of_type("AWS::RDS::EventSubscription").values()
        assert subscription["SnsTopicArn"] == f"{TOPIC}{suffix}"
        assert (subscription["SourceType"], subscription["SourceIds"]) == ("db-cluster", [f"user-log{suffix}"])
        assert subscription["EventCategories"] == ["failover", "failure"]
        assert subscription["Enabled"] is True


def test_limits_of_aurora_follow_its_greatest_capacity(optional_stack: Resolver) -> None:
    """8 ACU, never below 1: about 1,600 connections, 16 GiB."""
    found = alarms(optional_stack)
    assert found["AuroraConnections"]["Threshold"] == 1280
    assert found["AuroraMemory"]["Threshold"] == 1_717_986_918


def test_a_rejected_file_is_no_failed_run_for_the_operators(stack: Resolver) -> None:
    """Counted in the workflow's log: Step Functions' own metric has both."""
    found = stack.of_type("AWS::Logs::MetricFilter")["WorkflowWorkflowLogsRunsFailed"]
    assert found["LogGroupName"] == "/aws/vendedlogs/states/csv-user-log-processor"
    assert found["FilterPattern"] == (
        '{ ($.type = "ExecutionFailed") && ($.execution_arn = "*:execution:*") && '
        '(($.details.error NOT EXISTS) || ($.details.error != "ValidationFailed")) }'
    )
    (counted,) = found["MetricTransformations"]
    assert counted == {
        "MetricName": "RunsFailed",
        "MetricNamespace": "UserLog/csv-user-log-processor",
        "MetricValue": "1",
    }


def test_the_dead_mans_switch_is_off_by_default(stack: Resolver, dev_stack: Resolver) -> None:
    """A schedule is set per stage."""
    for each in (stack, dev_stack):
        assert each.of_type("AWS::Scheduler::Schedule") == {}
        assert not any("Upload" in name for name in alarms(each, "CompositeAlarm"))


def test_no_upload_by_its_time_is_an_alarm(optional_stack: Resolver) -> None:
    """At 09:30 in Japan, if none has come in the nine and a half hours since midnight."""
    (schedule,) = optional_stack.of_type("AWS::Scheduler::Schedule").values()
    assert schedule["ScheduleExpression"] == "cron(30 9 * * ? *)"
    assert schedule["ScheduleExpressionTimezone"] == "Asia/Tokyo"
    assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert schedule["Target"]["Arn"] == "arn:aws:scheduler:::aws-sdk:cloudwatch:putMetricData"
    assert schedule["Target"]["RoleArn"] == "arn:aws:iam::123456789012:role/MonitoringUploadWatchRole"
    assert json.loads(schedule["Target"]["Input"]) == {
        "Namespace": "UserLog/csv-user-log-processor",
        "MetricData": [{"MetricName": "UploadDue", "Value": 1}],
    }
    found = alarms(optional_stack)
    due, none = found["UploadDue"], found["NoUpload"]
    assert read(due) == ((Metric("UserLog/csv-user-log-processor", "UploadDue", "Sum", ()),), "")
    assert (due["Threshold"], due["EvaluationPeriods"], due["TreatMissingData"]) == (1, 1, "notBreaching")
    assert due["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert read(none) == ((Metric("AWS/Events", "MatchedEvents", "Sum", (("RuleName", "s3-csv-upload-rule"),)),), "")
    assert (none["Threshold"], none["EvaluationPeriods"], none["TreatMissingData"]) == (1, 114, "breaching")
    assert none["ComparisonOperator"] == "LessThanThreshold"
    assert not any(each.get("AlarmActions") for each in (due, none))
    missing = alarms(optional_stack, "CompositeAlarm")["UploadMissing"]
    assert missing["AlarmRule"] in (
        f'(ALARM("{ARN}UploadDue") AND ALARM("{ARN}NoUpload"))',
        f'ALARM("{ARN}UploadDue") AND ALARM("{ARN}NoUpload")',
    )
    assert (missing["AlarmActions"], missing["OKActions"]) == ([TOPIC], [TOPIC])


@pytest.mark.parametrize(
    ("least", "greatest", "limit"), [(0, 2, 400), (0.5, 2, 400), (0.5, 64, 2000), (1, 8, 1600), (1, 64, 5000)]
)
def test_the_limit_of_connections_is_auroras(least: float, greatest: float, limit: int) -> None:
    """200 per ACU; 5,000 at most, and 2,000 if the capacity may go down to 0.5."""
    load_cdk()
    options = importlib.import_module("userlog.options").Options
    given = SimpleNamespace(min_acu=least, max_acu=greatest)
    assert options.connection_limit.fget(given) == limit

"""EventBridge's API over a real bus."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.aws.asl.runtime.clock import SkippingClock
from simulator.aws.errors import ApiError
from simulator.aws.eventbridge.api import EventsApi
from simulator.aws.eventbridge.bus import EventBus
from simulator.aws.eventbridge.rule_book import RuleBook
from tests.unit.called_as_boto3 import Caller
from tests.unit.eventbridge.upload_rule import DISPATCHER, upload_rule

PREFIX = "arn:aws:events:ap-northeast-1:123456789012"
QUEUE = "arn:aws:sqs:ap-northeast-1:123456789012:q"
PATTERN = json.dumps({"source": ["shop"]})


class Events:
    """The API, the events that the queue took, and a way to see a refusal."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.bus = EventBus(
            [upload_rule()],
            {QUEUE: lambda text, _event: self.taken.append(json.loads(text))},
            clock=SkippingClock(),
            dead_letter=lambda *_: None,
            region="ap-northeast-1",
            account="123456789012",
        )
        self.call = Caller("events", EventsApi(self.bus).operations)

    def refused(self, operation: str, **request: Any) -> tuple[str, str]:
        """Return the name and the words of the error that a call is refused with."""
        with pytest.raises(ApiError) as raised:
            self.call(operation, **request)
        return raised.value.name, raised.value.message


class Kept:
    """A store in memory."""

    def __init__(self) -> None:
        self.values: dict[str, dict[str, Any]] = {}

    def put(self, key: str, value: dict[str, Any], /) -> None:
        """Keep, as JSON."""
        self.values[key] = json.loads(json.dumps(value))

    def delete(self, key: str, /) -> None:
        """Forget."""
        self.values.pop(key, None)

    def all(self) -> dict[str, dict[str, Any]]:
        """Return all."""
        return self.values


def test_the_deployed_rule_is_listed_with_its_target() -> None:
    """The rule of cdk/definitions, its pattern as text."""
    events = Events()
    [rule] = events.call("ListRules")["Rules"]
    assert rule["Arn"] == f"{PREFIX}:rule/s3-csv-upload-rule"
    assert json.loads(rule["EventPattern"])["source"] == ["aws.s3"]
    [target] = events.call("ListTargetsByRule", Rule=rule["Name"])["Targets"]
    assert target["Arn"] == DISPATCHER
    assert target["RetryPolicy"]["MaximumRetryAttempts"] == 185
    assert events.call("ListRuleNamesByTarget", TargetArn=DISPATCHER) == {"RuleNames": [rule["Name"]]}


def test_an_event_goes_the_way_of_a_rule_that_a_user_made() -> None:
    """PutRule, PutTargets, PutEvents; then disabled, enabled, and taken away."""
    events = Events()
    assert events.call("PutRule", Name="r", EventPattern=PATTERN) == {"RuleArn": f"{PREFIX}:rule/r"}
    put = events.call("PutTargets", Rule="r", Targets=[{"Id": "q", "Arn": QUEUE, "InputPath": "$.detail"}])
    assert put == {"FailedEntryCount": 0, "FailedEntries": []}
    entry = {"Source": "shop", "DetailType": "sold", "Detail": '{"n": 1}'}
    answer = events.call("PutEvents", Entries=[entry, {**entry, "Source": "other"}])
    assert (answer["FailedEntryCount"], len(answer["Entries"]), events.taken) == (0, 2, [{"n": 1}])
    events.call("DisableRule", Name="r")
    assert events.call("DescribeRule", Name="r")["State"] == "DISABLED"
    events.call("PutEvents", Entries=[entry])
    events.call("EnableRule", Name="r")
    events.call("PutEvents", Entries=[entry])
    assert events.taken == [{"n": 1}, {"n": 1}]
    assert events.refused("DeleteRule", Name="r") == (
        "ValidationException",
        "Rule can't be deleted since it has targets.",
    )
    removed = events.call("RemoveTargets", Rule="r", Ids=["q", "other"])
    assert [one["TargetId"] for one in removed["FailedEntries"]] == ["other"]
    events.call("DeleteRule", Name="r")
    events.call("DeleteRule", Name="r")
    assert len(events.call("ListRules")["Rules"]) == 1


def test_a_rule_that_is_put_again_keeps_its_targets() -> None:
    """Only what PutRule names changes."""
    events = Events()
    events.call("PutRule", Name="r", EventPattern=PATTERN, Description="d")
    events.call("PutTargets", Rule="r", Targets=[{"Id": "q", "Arn": QUEUE}])
    events.call("PutRule", Name="r", EventPattern='{"source": ["x", "y"]}', State="DISABLED")
    assert events.call("DescribeRule", Name="r") == {
        "Name": "r",
        "Arn": f"{PREFIX}:rule/r",
        "EventPattern": '{"source": ["x", "y"]}',
        "State": "DISABLED",
        "EventBusName": "default",
        "CreatedBy": "123456789012",
    }
    assert events.call("ListTargetsByRule", Rule="r")["Targets"] == [{"Id": "q", "Arn": QUEUE}]


def test_entries_are_refused_one_by_one() -> None:
    """Each with AWS's code, in the place of the entry; the others are taken."""
    fine = {"Source": "s", "DetailType": "t", "Detail": "{}"}
    answer = Events().call(
        "PutEvents",
        Entries=[
            fine,
            {"DetailType": "t", "Detail": "{}"},
            {**fine, "Detail": "[1]"},
            {**fine, "Detail": "{"},
            {**fine, "Source": "aws.s3"},
            {**fine, "EventBusName": "elsewhere"},
        ],
    )
    assert [entry.get("ErrorCode") for entry in answer["Entries"]] == [
        None,
        "InvalidArgument",
        "MalformedDetail",
        "MalformedDetail",
        "NotAuthorizedForSourceException",
        None,
    ]
    assert answer["FailedEntryCount"] == 4


def test_entries_that_are_too_large_together_are_refused() -> None:
    """1 MB, counted as EventBridge counts."""
    entry = {"Source": "s", "DetailType": "t", "Detail": json.dumps("x" * 600_000)}
    name, words = Events().refused("PutEvents", Entries=[entry, entry])
    assert (name, words) == (
        "ValidationException",
        "Total size of the entries in the request is over the limit.",
    )


@pytest.mark.parametrize(
    ("operation", "request_", "name", "words"),
    [
        ("DescribeRule", {"Name": "no"}, "ResourceNotFoundException", "Rule no does not exist on EventBus default."),
        ("ListRules", {"EventBusName": "b"}, "ResourceNotFoundException", "Event bus b does not exist."),
        ("DescribeEventBus", {"Name": f"{PREFIX}:event-bus/b"}, "ResourceNotFoundException", "Event bus b does not"),
        ("PutRule", {"Name": "r"}, "ValidationException", "EventPattern or ScheduleExpression must be specified."),
        ("PutRule", {"Name": "r", "ScheduleExpression": "x"}, "ValidationException", "ScheduleExpression is not valid"),
        ("PutRule", {"Name": "r", "ScheduleExpression": "rate(1 day)"}, "ValidationException", "is not simulated"),
        ("PutRule", {"Name": "r", "EventPattern": "{}"}, "InvalidEventPatternException", "Empty objects"),
        ("PutRule", {"Name": "r", "EventPattern": "{"}, "InvalidEventPatternException", "Event pattern is not valid"),
        ("TestEventPattern", {"EventPattern": PATTERN, "Event": "["}, "ValidationException", "Parameter Event is not"),
        ("TestEventPattern", {"EventPattern": PATTERN, "Event": "{}"}, "ValidationException", "no 'id', 'account', 's"),
        ("ListRules", {"NextToken": "made-up"}, "ValidationException", "NextToken"),
        ("RemoveTargets", {"Rule": "no", "Ids": ["a"]}, "ResourceNotFoundException", "Rule no"),
    ],
)
def test_calls_that_eventbridge_refuses(operation: str, request_: Any, name: str, words: str) -> None:
    """By the API's names."""
    found = Events().refused(operation, **request_)
    assert found[0] == name
    assert words in found[1]


def test_an_event_is_compared_with_a_pattern() -> None:
    """It must have each field that the API reference calls mandatory."""
    event: Any = {"id": "1", "account": "123456789012", "source": "s", "time": "2026-11-28T00:00:00Z"}
    event |= {"region": "ap-northeast-1", "resources": [], "detail-type": "d"}
    events = Events()
    for source, matches in (("s", True), ("other", False)):
        pattern = json.dumps({"source": [source]})
        assert events.call("TestEventPattern", EventPattern=pattern, Event=json.dumps(event)) == {"Result": matches}
    for name in event:
        lacking = json.dumps({key: value for key, value in event.items() if key != name})
        refused = events.refused("TestEventPattern", EventPattern='{"source": ["s"]}', Event=lacking)
        assert refused == ("ValidationException", f"Parameter Event is not valid. Reason: it has no '{name}'")


def test_targets_are_refused_one_by_one_and_six_are_too_many() -> None:
    """A service that is not simulated, and what is not an ARN."""
    events = Events()
    events.call("PutRule", Name="r", EventPattern=PATTERN)
    sns = "arn:aws:sns:ap-northeast-1:123456789012:t"
    answer = events.call("PutTargets", Rule="r", Targets=[{"Id": "a", "Arn": "x"}, {"Id": "b", "Arn": sns}])
    assert answer["FailedEntryCount"] == 2
    assert "Provided Arn is not in correct format." in answer["FailedEntries"][0]["ErrorMessage"]
    assert "sns is not simulated" in answer["FailedEntries"][1]["ErrorMessage"]
    six = [{"Id": str(number), "Arn": QUEUE} for number in range(6)]
    assert events.refused("PutTargets", Rule="r", Targets=six)[0] == "LimitExceededException"
    machine = [{"Id": "m", "Arn": "arn:aws:states:ap-northeast-1:123456789012:stateMachine:m"}]
    assert "RoleArn is required for target" in events.refused("PutTargets", Rule="r", Targets=machine)[1]


def test_rules_are_listed_in_pages() -> None:
    """By name, each once, although one is deleted between the pages."""
    events = Events()
    for name in ("a", "b", "c"):
        events.call("PutRule", Name=name, EventPattern=PATTERN)
    first = events.call("ListRules", Limit=2)
    events.call("DeleteRule", Name="b")
    second = events.call("ListRules", Limit=2, NextToken=first["NextToken"])
    assert [rule["Name"] for rule in first["Rules"] + second["Rules"]] == ["a", "b", "c", "s3-csv-upload-rule"]
    assert "NextToken" not in second


def test_rules_that_users_made_outlast_the_process() -> None:
    """The store has them, and a new book takes them in; the deployed rule comes from its file."""
    events, store = Events(), Kept()
    assert events.bus.rules.keep_in(store) == []
    events.call("PutRule", Name="r", EventPattern=PATTERN)
    events.call("PutTargets", Rule="r", Targets=[{"Id": "q", "Arn": QUEUE}])
    events.call("DisableRule", Name="s3-csv-upload-rule")
    store.values["bad"] = {"Name": "bad", "EventPattern": "{"}
    later = RuleBook([upload_rule()], arn_prefix="p")
    [problem] = later.keep_in(store)
    assert problem.startswith("The rule bad is not there again: ")
    assert [rule.name for rule in later.all()] == ["s3-csv-upload-rule", "r"]
    assert [target.arn for rule in later.all()[1:] for target in rule.targets] == [QUEUE]
    events.call("RemoveTargets", Rule="r", Ids=["q"])
    events.call("DeleteRule", Name="r")
    assert set(store.values) == {"bad"}

"""Delivery: at least once, with retries, and with a queue for what could not be delivered."""

from __future__ import annotations

import json
import re
import time
from typing import Any

from simulator.aws.asl.runtime.clock import SkippingClock
from simulator.aws.eventbridge.bus import EventBus
from simulator.aws.eventbridge.errors import TargetError
from simulator.aws.eventbridge.rule import Rule
from simulator.aws.eventbridge.s3_event import S3Events
from tests.unit.eventbridge.upload_rule import BUCKET, DISPATCHER, QUEUE, upload_rule

EVENTS = S3Events(region="ap-northeast-1", account="123456789012")


class Target:
    """A target that refuses its first events with the errors given, then takes all."""

    def __init__(self, *errors: TargetError) -> None:
        self.inputs: list[Any] = []
        self._errors = list(errors)

    def __call__(self, text: str, _event: dict[str, Any]) -> None:
        """Refuse, or take the input."""
        if self._errors:
            raise self._errors.pop(0)
        self.inputs.append(json.loads(text))


class Setting:
    """A bus with one target and a list for its dead letters."""

    def __init__(self, target: Target | None, rule: Rule | None = None, **options: Any) -> None:
        self.clock = SkippingClock()
        self.dead: list[tuple[str, str, dict[str, str]]] = []
        self.bus = EventBus(
            [rule or upload_rule()],
            {DISPATCHER: target} if target else {},
            clock=self.clock,
            dead_letter=lambda *letter: self.dead.append(letter),
            region="ap-northeast-1",
            account="123456789012",
            **options,
        )


def uploaded(key: str = "a.csv") -> dict[str, Any]:
    """Return the event of an upload."""
    return EVENTS.object_created(bucket=BUCKET, key=key, size=5, etag="e", version_id="v")


def throttled() -> TargetError:
    """Return an error that another attempt can cure."""
    return TargetError("THROTTLING", "Rate exceeded", retryable=True)


def test_an_event_reaches_its_target_transformed_and_again_when_put_again() -> None:
    """The same event twice gives the same input twice: the target tells duplicates apart, the bus does not."""
    target, event = Target(), uploaded()
    setting = Setting(target)
    reports = [setting.bus.put(event) for _ in range(2)]
    assert target.inputs[0] == target.inputs[1]
    assert target.inputs[0]["id"] == event["id"] == reports[0].event_id
    [delivery] = reports[0].deliveries
    assert (delivery.delivered, delivery.retries, delivery.target_arn) == (True, 0, DISPATCHER)
    assert (reports[0].unmatched, setting.dead) == ((), [])


def test_an_event_that_no_rule_wants_is_reported_with_the_reason() -> None:
    """So that the terminal can say why an upload starts nothing."""
    target = Target()
    report = Setting(target).bus.put(uploaded("notes.txt"))
    assert (report.deliveries, target.inputs) == ((), [])
    [unmatched] = report.unmatched
    assert str(unmatched) == ("rule s3-csv-upload-rule: detail.object.key is 'notes.txt', but must end in '.csv'")


def test_a_disabled_rule_delivers_nothing_and_says_so() -> None:
    """The pattern is not even looked at."""
    rule = Rule.model_validate({**upload_rule().model_dump(by_alias=True, exclude_none=True), "State": "DISABLED"})
    report = Setting(Target(), rule).bus.put(uploaded())
    assert report.unmatched[0].reasons == ("it is DISABLED",)


def test_a_target_that_is_busy_is_tried_again_until_it_takes_the_event() -> None:
    """Waits grow, on the bus's clock."""
    target = Target(throttled(), throttled())
    setting = Setting(target)
    [delivery] = setting.bus.put(uploaded()).deliveries
    assert (delivery.delivered, delivery.retries, len(target.inputs)) == (True, 2, 1)
    assert 1.5 <= setting.clock.skipped_seconds <= 3


def test_a_target_that_stays_busy_sends_the_event_to_the_dead_letter_queue() -> None:
    """The message is the input that was tried, its attributes are those of EventBridge."""
    setting = Setting(Target(*[throttled() for _ in range(9)]), with_input(Input='{"x": 1}'), most_retries=3)
    event = uploaded()
    [delivery] = setting.bus.put(event).deliveries
    assert (delivery.delivered, delivery.retries, delivery.dead_letter_queue) == (False, 3, QUEUE)
    [(queue, body, attributes)] = setting.dead
    assert (queue, body) == (QUEUE, '{"x": 1}')
    assert attributes == {
        "RULE_ARN": "arn:aws:events:ap-northeast-1:123456789012:rule/s3-csv-upload-rule",
        "TARGET_ARN": DISPATCHER,
        "ERROR_CODE": "THROTTLING",
        "ERROR_MESSAGE": "Rate exceeded",
        "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts",
        "RETRY_ATTEMPTS": "3",
    }


def with_input(**fields: Any) -> Rule:
    """Return the upload rule with another way to make its target's input."""
    rule = upload_rule().model_dump(by_alias=True, exclude_none=True)
    del rule["Targets"][0]["InputTransformer"]
    rule["Targets"][0].update(fields)
    return Rule.model_validate(rule)


def with_policy(**policy: int) -> Rule:
    """Return the upload rule with another RetryPolicy."""
    fields = upload_rule().model_dump(by_alias=True, exclude_none=True)
    fields["Targets"][0]["RetryPolicy"] = policy
    return Rule.model_validate(fields)


def test_the_rules_own_retry_policy_counts() -> None:
    """No retries where it says 0; none beyond the event's age where retries are left."""
    setting = Setting(Target(throttled()), with_policy(MaximumRetryAttempts=0))
    assert setting.bus.put(uploaded()).deliveries[0].retries == 0
    aged = Setting(Target(*[throttled() for _ in range(99)]), with_policy(MaximumEventAgeInSeconds=60), most_retries=99)
    aged.bus.put(uploaded())
    assert aged.dead[0][2]["EXHAUSTED_RETRY_CONDITION"] == "MaximumEventAgeInSeconds"
    assert aged.clock.skipped_seconds <= 60


def test_an_error_that_no_retry_can_cure_goes_to_the_queue_at_once() -> None:
    """Missing permissions, and a target that does not exist: the input, and exactly four attributes."""
    rule = with_input(InputPath="$.detail.object")
    denied = Setting(Target(TargetError("NO_PERMISSIONS", "no", retryable=False)), rule)
    nowhere = Setting(None, rule)
    for setting, code in ((denied, "NO_PERMISSIONS"), (nowhere, "NO_RESOURCE")):
        event = uploaded()
        assert setting.bus.put(event).deliveries[0].error_code == code
        [(_, body, attributes)] = setting.dead
        assert body == json.dumps(event["detail"]["object"], separators=(",", ":"))
        assert attributes["ERROR_CODE"] == code
        assert sorted(attributes) == ["ERROR_CODE", "ERROR_MESSAGE", "RULE_ARN", "TARGET_ARN"]
        assert setting.clock.skipped_seconds == 0


def test_an_input_that_is_not_json_is_a_dead_letter_as_it_is() -> None:
    """A key with a quote in a template whose root is a string."""
    rule = with_input(InputTransformer={"InputPathsMap": {"key": "$.detail.object.key"}, "InputTemplate": '"at <key>"'})
    setting = Setting(Target(), rule)
    [delivery] = setting.bus.put(uploaded('say "hi".csv')).deliveries
    assert (delivery.delivered, delivery.error_code) == (False, "INVALID_JSON")
    [(_, body, attributes)] = setting.dead
    assert body == '"at say "hi".csv"'
    assert attributes["ERROR_MESSAGE"] == "Invalid input for target."
    assert len(attributes) == 4


def test_an_empty_input_is_not_delivered_and_is_no_dead_letter() -> None:
    """An empty Input, and a template of one variable that the event does not have."""
    missing = {"InputPathsMap": {"v": "$.detail.none"}, "InputTemplate": "<v>"}
    for rule in (with_input(Input=""), with_input(InputTransformer=missing)):
        target = Target()
        setting = Setting(target, rule)
        [delivery] = setting.bus.put(uploaded()).deliveries
        assert (delivery.delivered, delivery.error_code, delivery.dead_letter_queue) == (False, None, None)
        assert delivery.error_message == "the input is empty: nothing is delivered"
        assert (target.inputs, setting.dead) == ([], [])


def test_the_ingestion_time_has_milliseconds() -> None:
    """As recorded on AWS."""
    target = Target()
    template = {"InputTemplate": '{"at": <aws.events.event.ingestion-time>}'}
    Setting(target, with_input(InputTransformer=template)).bus.put(uploaded())
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", target.inputs[0]["at"])


def test_without_a_queue_the_event_is_dropped_and_the_report_says_so() -> None:
    """As EventBridge does without a DeadLetterConfig."""
    fields = upload_rule().model_dump(by_alias=True, exclude_none=True)
    del fields["Targets"][0]["DeadLetterConfig"]
    setting = Setting(None, Rule.model_validate(fields))
    [delivery] = setting.bus.put(uploaded()).deliveries
    assert (delivery.delivered, delivery.dead_letter_queue, setting.dead) == (False, None, [])


def test_without_waiting_the_first_attempt_is_made_at_once_and_the_others_later() -> None:
    """PutEvents and an upload are answered before a target that is busy has taken the event."""
    target = Target(throttled(), throttled())
    setting = Setting(target)
    [delivery] = setting.bus.put(uploaded(), wait=False).deliveries
    assert (delivery.delivered, delivery.error_code) == (False, "THROTTLING")
    deadline = time.monotonic() + 5
    while not target.inputs and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(target.inputs) == 1
    assert setting.dead == []

"""Rules: the one that is deployed, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.aws.eventbridge.errors import InvalidEventPatternException, ValidationException
from simulator.aws.eventbridge.input_transformer import RuleFacts
from simulator.aws.eventbridge.rule import parse_rule
from simulator.aws.eventbridge.s3_event import S3Events
from tests.unit.eventbridge.upload_rule import BUCKET, DISPATCHER, FILE, QUEUE, upload_rule, upload_rule_text

FACTS = RuleFacts(rule_arn="arn", rule_name="n", ingestion_time="2025-08-02T09:30:00Z")


def test_the_deployed_rule_gives_the_dispatcher_what_it_reads() -> None:
    """Every field of the dispatcher's input, from a key with quotes, spaces and a backslash."""
    rule, [target] = upload_rule(), upload_rule().targets
    key = '日報 "8月"/a\\b.csv'
    event = S3Events(region="ap-northeast-1", account="1").object_created(
        bucket=BUCKET, key=key, size=1_234, etag='"e"', version_id="v1"
    )
    assert rule.pattern.matches(event)
    assert json.loads(target.input_for(event, FACTS)) == {
        "id": event["id"],
        "time": event["time"],
        "detail": {
            "bucket": {"name": BUCKET},
            "object": {
                "key": key,
                "versionId": "v1",
                "etag": "e",
                "size": 1_234,
                "sequencer": event["detail"]["object"]["sequencer"],
            },
        },
    }


def test_the_deployed_rule_has_the_fixed_names() -> None:
    """Its name, its target, and the queue for what could not be delivered."""
    rule = upload_rule()
    assert (rule.name, rule.state) == ("s3-csv-upload-rule", "ENABLED")
    [target] = rule.targets
    assert target.arn == DISPATCHER
    assert target.dead_letter_config is not None
    assert target.dead_letter_config.arn == QUEUE


def test_a_placeholder_that_nothing_was_put_in_for_is_named() -> None:
    """The file in the repository has placeholders."""
    with pytest.raises(
        ValidationException, match=r"no value was put in for \$\{DispatcherArn\}, \$\{InputBucketName\}"
    ):
        parse_rule(FILE.read_text(encoding="utf-8"), "upload_rule.json")


def changed(**changes: Any) -> str:
    """Return the rule's text with fields of its target replaced; None takes one out."""
    rule = json.loads(upload_rule_text())
    target = rule["Targets"][0]
    target.update(changes)
    rule["Targets"][0] = {name: value for name, value in target.items() if value is not None}
    return json.dumps(rule)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "f.json is not JSON"),
        ("[]", "f.json: the rule"),
        (
            changed(Input="{}"),
            "Only one of Input, InputPath, or InputTransformer must be provided for target dispatcher",
        ),
        (changed(RoleArn=None), "RoleArn is required for target"),
        (changed(Arn="x"), "Targets.0.Arn"),
        (changed(Kinesis={}), "Targets.0.Kinesis: Extra inputs are not permitted"),
        (changed(RetryPolicy={"MaximumRetryAttempts": 186}), "Targets.0.RetryPolicy.MaximumRetryAttempts"),
        (changed(RetryPolicy={"MaximumEventAgeInSeconds": 59}), "Targets.0.RetryPolicy.MaximumEventAgeInSeconds"),
        (changed(InputTransformer=None, InputPath="$..x"), "InputPath for target dispatcher is invalid"),
        (changed(InputTransformer=None, Input="{"), "Targets.0"),
        ('{"Name": "a b", "EventPattern": {"a": [1]}, "Targets": []}', "Name: String should match pattern"),
    ],
)
def test_what_is_no_rule_is_refused_with_the_file_and_the_field(text: str, words: str) -> None:
    """A table: the text, and words of the message."""
    with pytest.raises(ValidationException) as refused:
        parse_rule(text, "f.json")
    assert words in str(refused.value)


def test_a_wrong_pattern_is_refused_with_its_place_in_the_file() -> None:
    """The place goes down to the operator."""
    with pytest.raises(InvalidEventPatternException, match=r"f\.json: EventPattern\.detail\.object\.key\[0\]\.suffix"):
        parse_rule(upload_rule_text().replace('".csv"', "5"), "f.json")


def test_two_targets_of_one_id_are_refused() -> None:
    """Ids tell targets apart."""
    rule = json.loads(upload_rule_text())
    rule["Targets"] *= 2
    with pytest.raises(ValidationException, match="two targets have the same Id"):
        parse_rule(json.dumps(rule))


@pytest.mark.parametrize(
    ("fields", "made"),
    [
        ({}, '{"a":{"b":1},"none":null}'),
        ({"InputPath": "$.a"}, '{"b":1}'),
        ({"InputPath": "$.a.b"}, "1"),
        ({"InputPath": "$.a.c"}, "{}"),
        ({"InputPath": "$.none"}, "{}"),
        ({"InputPath": ""}, "{}"),
        ({"Input": '{"fixed": true}'}, '{"fixed": true}'),
        ({"Input": ""}, ""),
    ],
)
def test_without_a_transformer_a_target_is_given_the_event_a_part_of_it_or_a_constant(
    fields: dict[str, Any], made: str
) -> None:
    """The three other ways to make the input: compact, and an empty object for null and for what is missing."""
    rule = parse_rule(changed(InputTransformer=None, **fields))
    assert rule.targets[0].input_for({"a": {"b": 1}, "none": None}, FACTS) == made

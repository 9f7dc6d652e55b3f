"""What messages of the two queues hold."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.deployed.waiting_events import UnreadableEventError, dispatcher_input, reason

INPUT: dict[str, Any] = {
    "id": "e-1",
    "time": "2026-11-28T01:02:03Z",
    "detail": {
        "bucket": {"name": "in"},
        "object": {"key": "a.csv", "versionId": "v", "etag": "x", "size": 3, "sequencer": "0A"},
    },
}


def test_the_dispatchers_input_is_taken_as_it_is() -> None:
    """That is what EventBridge puts into a dead-letter queue."""
    assert dispatcher_input(json.dumps(INPUT)) == INPUT


def test_what_the_dispatcher_has_added_is_left_out() -> None:
    """Else its state NameParts would get a name and an error of another execution."""
    reported = {**INPUT, "name": {"hash": "h"}, "error": {"Error": "E", "Cause": "C"}}
    assert dispatcher_input(json.dumps(reported)) == INPUT


def test_a_whole_event_is_brought_into_the_rules_form() -> None:
    """`version-id` becomes `versionId`; the fields that the rule does not pass on go."""
    stored = {"key": "a.csv", "version-id": "v", "etag": "x", "size": 3, "sequencer": "0A"}
    event = {
        **INPUT,
        "version": "0",
        "detail-type": "Object Created",
        "source": "aws.s3",
        "detail": {"version": "0", "bucket": {"name": "in"}, "object": stored, "reason": "PutObject"},
    }
    assert dispatcher_input(json.dumps(event)) == INPUT


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("{", "not JSON"),
        ("[]", "not a JSON object"),
        ("null", "not a JSON object"),
        (json.dumps({**INPUT, "time": 5}), "no text in time"),
        (json.dumps({**INPUT, "id": ""}), "no text in id"),
        (json.dumps({**INPUT, "detail": None}), "no text in detail.bucket.name"),
        (json.dumps({**INPUT, "detail": {"bucket": {"name": "in"}, "object": []}}), "no text in detail.object.key"),
        (
            json.dumps({**INPUT, "detail": {"bucket": {"name": "in"}, "object": {"key": "k", "sequencer": "1"}}}),
            "no text in detail.object.versionId",
        ),
    ],
)
def test_anything_else_is_refused(body: str, why: str) -> None:
    """With the field that is missing: nothing is guessed."""
    with pytest.raises(UnreadableEventError, match=why):
        dispatcher_input(body)


def test_why_an_event_waits() -> None:
    """EventBridge says it in attributes, the dispatcher in the body; a message of neither has no reason."""
    attributes = {"ERROR_CODE": {"StringValue": "NO_PERMISSIONS"}, "ERROR_MESSAGE": {"StringValue": "denied"}}
    assert reason({"Body": "{}", "MessageAttributes": attributes}) == "NO_PERMISSIONS: denied"
    assert reason({"Body": json.dumps({"error": {"Error": "E", "Cause": "C"}})}) == "E: C"
    assert not reason({"Body": "no JSON"})
    assert not reason({"Body": "[1]"})

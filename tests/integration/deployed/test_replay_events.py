"""`replay-events` at the endpoint of a cloud that is up: events keep their times, and nothing is lost or run twice."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import closing
from typing import Any

import pytest
from typer.testing import CliRunner

from lambdas.shared.connection import connect
from simulator.cli.app import application
from simulator.deployed.errors import StackError
from simulator.deployed.replay import EventReplay
from simulator.deployed.stack import Stack
from simulator.pipeline.settings import PROJECT_ROOT
from tests.integration.deployed.conftest import Cloud

HEADER = "ユーザーID,ログイン回数,投稿回数"
OLD = "2026-03-01T00:00:00Z"


def _stored(cloud: Cloud, key: str, content: str, when: str) -> dict[str, Any]:
    """Store an object past the endpoint, so that it starts nothing, and return its event as the rule passes it on."""
    aws, bucket = cloud.session.aws, cloud.session.resources.input_bucket
    put = aws.s3.put_object(Bucket=bucket, Key=key, Body=content.encode())
    event = cloud.session.event_of(key=key, version_id=put["VersionId"], size=len(content), etag=put["ETag"])
    stored = dict(event["detail"]["object"])
    stored["versionId"] = stored.pop("version-id")
    return {"id": event["id"], "time": when, "detail": {"bucket": {"name": bucket}, "object": stored}}


def _replay(cloud: Cloud, *options: str) -> tuple[int, dict[str, Any]]:
    arguments = ["replay-events", "--stack", "UserLogPipeline", "--endpoint-url", cloud.url, "--json", *options]
    command = [sys.executable, str(PROJECT_ROOT / "simulator"), *arguments]  # the functions of this process print
    outcome = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False)
    return outcome.returncode, json.loads(outcome.stdout)


def _outcomes(cloud: Cloud) -> list[str]:
    with closing(EventReplay(cloud.stack())) as replay:
        return [replay.replay(event).outcome for event in replay.events]


def _queue(cloud: Cloud, output: str) -> str:
    return cloud.stack().output(output)


def _waiting(cloud: Cloud, queue: str) -> int:
    found = cloud.session.aws.sqs.get_queue_attributes(
        QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    )["Attributes"]
    return sum(map(int, found.values()))


@pytest.mark.slow
def test_both_queues_are_replayed_with_the_events_own_times(cloud: Cloud) -> None:
    """The rule's queue, and the dispatcher's; a run starts for each, and its rows carry the upload's time."""
    first = _stored(cloud, "first.csv", f"{HEADER}\nU00001,1,1\n", OLD)
    second = _stored(cloud, "second.csv", f"{HEADER}\nU00002,1,1\n", OLD)
    undelivered, unstarted = _queue(cloud, "RuleDeadLetterQueueUrl"), _queue(cloud, "DispatcherFailuresQueueUrl")
    sqs = cloud.session.aws.sqs
    attributes = {"ERROR_CODE": {"DataType": "String", "StringValue": "NO_PERMISSIONS"}}
    sqs.send_message(QueueUrl=undelivered, MessageBody=json.dumps(first), MessageAttributes=attributes)
    reported = {**second, "name": {"year": "2026"}, "error": {"Error": "Boom", "Cause": "why"}}
    sqs.send_message(QueueUrl=unstarted, MessageBody=json.dumps(reported))

    code, listed = _replay(cloud, "--dry-run")
    assert code == 1
    assert [(one["key"], one["why"], one["outcome"]) for one in listed["events"]] == [
        ("first.csv", "NO_PERMISSIONS", "waiting"),
        ("second.csv", "Boom: why", "waiting"),
    ]

    code, document = _replay(cloud)
    assert code == 0
    assert [one["outcome"] for one in document["events"]] == ["started", "started"]
    for entry in document["events"]:
        running = cloud.session.step_functions.execution(entry["executionArn"])
        assert running.wait(60)
        assert running.info.name.startswith("user-log-20260301-000000-")
        assert running.info.input["time"] == OLD
    assert (_waiting(cloud, undelivered), _waiting(cloud, unstarted)) == (0, 0)
    assert _outcomes(cloud) == []


@pytest.mark.slow
def test_an_event_that_waits_twice_or_has_had_its_run_starts_no_second_one(cloud: Cloud) -> None:
    """Its messages are deleted together."""
    event = _stored(cloud, "twice.csv", f"{HEADER}\nU00003,1,1\n", OLD)
    queues = [_queue(cloud, "RuleDeadLetterQueueUrl"), _queue(cloud, "DispatcherFailuresQueueUrl")]
    for queue in queues:
        cloud.session.aws.sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(event))
    assert _outcomes(cloud) == ["started"]
    assert [_waiting(cloud, queue) for queue in queues] == [0, 0]
    cloud.session.aws.sqs.send_message(QueueUrl=queues[0], MessageBody=json.dumps(event))
    assert _outcomes(cloud) == ["already started"]
    assert [_waiting(cloud, queue) for queue in queues] == [0, 0]


def test_what_cannot_be_replayed_stays_and_can_be_seen(cloud: Cloud) -> None:
    """A message that is not an event, and an event that the dispatcher cannot name."""
    queue = _queue(cloud, "RuleDeadLetterQueueUrl")
    sqs = cloud.session.aws.sqs
    sqs.send_message(QueueUrl=queue, MessageBody="not an event")
    nameless = {**_stored(cloud, "nameless.csv", HEADER, OLD), "time": "yesterday"}
    sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(nameless))
    code, document = _replay(cloud)
    assert code == 1
    assert [one["why"] for one in document["unreadable"]] == ["it is not JSON"]
    assert document["events"][0]["outcome"] == "failed"
    assert document["events"][0]["error"]
    time.sleep(0.1)
    again = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=0)["Messages"]
    assert len(again) == 2, "the messages are visible at once, not after a quarter of an hour"
    sqs.purge_queue(QueueUrl=queue)


def test_a_replayed_file_does_not_overwrite_newer_totals(cloud: Cloud) -> None:
    """The reason for all this: an upload of the same object would."""
    stale = _stored(cloud, "stale.csv", f"{HEADER}\nU00009,10,10\n", OLD)
    newer = cloud.session.upload(f"{HEADER}\nU00009,12,12\n".encode(), "newer.csv")
    assert cloud.session.wait_for_workflow(newer).wait(60)
    queue = _queue(cloud, "RuleDeadLetterQueueUrl")
    cloud.session.aws.sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(stale))
    with closing(EventReplay(cloud.stack())) as replay:
        replayed = replay.replay(replay.events[0])
    assert replayed.execution_arn is not None
    assert cloud.session.step_functions.execution(replayed.execution_arn).wait(60)
    with connect(cloud.session.postgres.url) as connection:
        found = connection.execute("SELECT login_count FROM user_statistics WHERE user_id = 'U00009'").fetchone()
    assert found == (12,)


@pytest.mark.parametrize(
    ("stack", "url", "message"),
    [
        ("Other", None, "AWS refused reading the stack Other in ap-northeast-1: ValidationError: .* does not exist"),
        ("UserLogPipeline", "http://127.0.0.1:9", "AWS was not reached while reading the stack"),
        ("UserLogPipeline", "nonsense", "'nonsense' is not an address"),
    ],
)
def test_a_stack_that_cannot_be_used_is_told(cloud: Cloud, stack: str, url: str | None, message: str) -> None:
    """In a sentence; the command makes exit code 2 of it."""
    with pytest.raises(StackError, match=message):
        Stack(stack, endpoint_url=url or cloud.url)
    arguments = ["replay-events", "--stack", stack, "--endpoint-url", url or cloud.url]
    assert CliRunner().invoke(application(), arguments).exit_code == 2

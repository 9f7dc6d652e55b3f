"""The reporter's handler: what it makes of an event, and whom it tells."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import boto3
import pytest

CONTEXT = SimpleNamespace(aws_request_id="request", function_name="user-log-reporter", memory_limit_in_mb=512)
NAME = "user-log-20261128-101500-users"
ARN = f"arn:aws:states:ap-northeast-1:123456789012:execution:csv-user-log-processor:{NAME}"
UPLOAD = {"detail": {"bucket": {"name": "in"}, "object": {"key": "users.csv", "versionId": "1"}}}


class RejectedRun:
    """Step Functions' answers about a run that ended before its rows."""

    def __init__(self) -> None:
        self.described = 0

    def describe_execution(self, **wanted: str) -> dict[str, Any]:
        """Return what the execution keeps, under its machine's key."""
        assert wanted == {"executionArn": ARN}
        self.described += 1
        return {"input": json.dumps(UPLOAD), "error": "FileRejected"}

    def list_map_runs(self, **wanted: str) -> dict[str, Any]:
        """Return none."""
        return {"mapRuns": []}


@pytest.fixture
def topic(aws: Any) -> dict[str, str]:
    """Return a topic's ARN, and the URL of a queue that gets its messages."""
    sns, sqs = (boto3.Session().client(name, endpoint_url=aws.endpoint) for name in ("sns", "sqs"))
    arn = sns.create_topic(Name="files")["TopicArn"]
    url = sqs.create_queue(QueueName="senders")["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue)
    return {"arn": arn, "url": url}


@pytest.fixture
def reporter(cold_start: Callable[..., ModuleType], aws: Any, topic: dict[str, str]) -> ModuleType:
    """Return the handler module, with a topic of senders and a run that was rejected."""
    module = cold_start(
        "user_log_reporter",
        OUTPUT_BUCKET=aws.resources.output_bucket,
        RESULTS_PREFIX="results/",
        PROCESSING_LOGS_TABLE=aws.resources.table,
        SENDERS_TOPIC_ARN=topic["arn"],
    )
    module.step_functions = RejectedRun()  # type: ignore[attr-defined]
    return module


def event(**detail: Any) -> dict[str, Any]:
    """Return EventBridge's event of a run that failed."""
    return {"detail": {"executionArn": ARN, "name": NAME, "status": "FAILED", **detail}}


def test_an_event_of_an_encrypted_machine_is_completed(reporter: ModuleType) -> None:
    """It has neither input nor error: both are asked for."""
    summary = reporter.lambda_handler(event(input=None, inputDetails={"included": False}), CONTEXT)
    assert (summary["bucket"], summary["key"], summary["error"]) == ("in", "users.csv", "FileRejected")
    assert reporter.step_functions.described == 1


def test_an_event_with_its_input_is_taken_as_it_is(reporter: ModuleType) -> None:
    """One call less."""
    summary = reporter.lambda_handler(event(input=json.dumps(UPLOAD), error="Other"), CONTEXT)
    assert (summary["key"], summary["error"]) == ("users.csv", "Other")
    assert reporter.step_functions.described == 0


def test_the_senders_are_told(reporter: ModuleType, topic: dict[str, str], aws: Any) -> None:
    """Status, file, and the place of the report."""
    reporter.lambda_handler(event(), CONTEXT)
    sqs = boto3.Session().client("sqs", endpoint_url=aws.endpoint)
    (message,) = sqs.receive_message(QueueUrl=topic["url"])["Messages"]
    told = json.loads(message["Body"])
    assert told["TopicArn"] == topic["arn"]
    assert "users.csv" in told["Subject"]
    assert f"s3://{aws.resources.output_bucket}/reports/{NAME}/summary.json" in told["Message"]

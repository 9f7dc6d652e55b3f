"""From PutObject to the workflow's start: real moto, the deployed rule and dispatcher, the real interpreter."""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from simulator.aws.asl.runtime.clock import SkippingClock
from simulator.aws.asl.runtime.listener import SilentListener
from simulator.aws.map_run.map_run import LocalMapRuns
from simulator.aws.map_run.object_store import S3ObjectStore
from simulator.aws.stepfunctions.service import StepFunctions
from simulator.pipeline.provisioning import read_definition
from simulator.pipeline.uploads import Upload, Uploads
from tests.integration.conftest import Aws
from tests.unit.integrations.fakes import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.aws.stepfunctions.running_execution import RunningExecution

WORK = "arn:aws:lambda:ap-northeast-1:123456789012:function:work"
WORKFLOW = {"StartAt": "Work", "States": {"Work": {"Type": "Task", "Resource": WORK, "End": True}}}


@dataclass
class Gate:
    """A LambdaInvoker whose one function answers when the gate is open."""

    open: threading.Event = field(default_factory=threading.Event)

    def invoke(self, _function: str, payload: bytes, *, timeout: float | None = None) -> Answer:
        """Wait for the gate and return the event."""
        self.open.wait(timeout or 30)
        return Answer(payload)


class Path:
    """The event path, with a workflow of one Task in the place of the deployed one."""

    def __init__(self, aws: Aws, *, workflow: bool = True) -> None:
        clock, listener = SkippingClock(), SilentListener()
        self.aws = aws
        self.gate = Gate()
        self.machines = StepFunctions(
            region="ap-northeast-1",
            account="123456789012",
            clock=clock,
            listener=listener,
            functions=self.gate,
            aws=aws.clients,
            maps=LocalMapRuns(S3ObjectStore(aws.s3), listener, lambda _name: None),
        )
        dispatcher = read_definition("dispatcher.asl.json", aws.resources.placeholders)
        self.machines.create_state_machine(name="csv-user-log-dispatcher", definition=dispatcher, kind="EXPRESS")
        if workflow:
            self.machines.create_state_machine(
                name="csv-user-log-processor", definition=json.dumps(WORKFLOW), kind="STANDARD"
            )
        self.events = Uploads(aws.clients, aws.resources, self.machines, clock)

    def dispatched(self, upload: Upload) -> RunningExecution:
        """Return the dispatcher's latest execution for an upload, ended."""
        execution = self.events.dispatchers(upload)[-1]
        assert execution.wait(20)
        return execution

    def workflows(self) -> list[RunningExecution]:
        """Return the workflow's executions."""
        return self.machines.executions(self.aws.resources.workflow_arn)


@pytest.fixture
def path(aws: Aws) -> Iterator[Path]:
    """Return an event path; what still runs is let go at the end."""
    made = Path(aws)
    yield made
    made.gate.open.set()
    made.machines.stop_all(5)


@pytest.mark.parametrize("key", ["a.csv", "日報/2025 08/ユーザー.csv", 'say "hi" \\ + %20.csv', "a'b\tc.csv"])
def test_an_upload_starts_the_workflow_with_all_of_its_facts(path: Path, key: str) -> None:
    """The input is that of upload_rule.json, the name that of the upload; any key."""
    upload = path.events.upload("ユーザーID\n".encode(), key)
    assert upload.started
    assert path.dispatched(upload).info.status == "SUCCEEDED"
    [workflow] = path.workflows()
    event = upload.event
    stored: dict[str, Any] = event["detail"]["object"]
    bucket = path.aws.resources.input_bucket
    assert workflow.info.input == {
        "id": event["id"],
        "time": event["time"],
        "detail": {
            "bucket": {"name": bucket},
            "object": {
                "key": key,
                "versionId": upload.version_id,
                "etag": stored["etag"],
                "size": len("ユーザーID\n".encode()),
                "sequencer": stored["sequencer"],
            },
        },
    }
    when = event["time"].translate({ord(letter): None for letter in "-:Z"}).replace("T", "-")
    digest = hashlib.sha1(f"{bucket}/{key}/{stored['sequencer']}".encode(), usedforsecurity=False).hexdigest()
    assert workflow.info.name == f"user-log-{when}-{digest}"


def test_the_same_event_twice_runs_once_while_the_first_runs_and_after_it_ended(path: Path) -> None:
    """EventBridge delivers at least once; the second dispatcher ends quietly both times."""
    upload = path.events.upload(b"x", "a.csv")
    path.dispatched(upload)
    [workflow] = path.workflows()
    assert workflow.info.status == "RUNNING"
    for status in ("RUNNING", "SUCCEEDED"):
        assert workflow.info.status == status
        again = path.events.deliver(upload.event)
        assert again.started
        assert path.dispatched(again).info.status == "SUCCEEDED"
        assert [one.info.arn for one in path.workflows()] == [workflow.info.arn]
        path.gate.open.set()
        assert workflow.wait(20)
    queue = path.aws.resources.dispatcher_failures_queue_url
    assert "Messages" not in path.aws.sqs.receive_message(QueueUrl=queue)


def test_a_new_upload_of_the_same_key_is_a_new_run(path: Path) -> None:
    """Even of the same bytes in the same second: its sequencer is another."""
    uploads = [path.events.upload(b"x", "a.csv") for _ in range(2)]
    for upload in uploads:
        path.dispatched(upload)
    assert len({workflow.info.name for workflow in path.workflows()}) == 2
    assert uploads[0].version_id != uploads[1].version_id


@pytest.mark.parametrize(
    ("key", "words"), [("notes.txt", "must end in '.csv'"), ("A.CSV", "upper and lower case differ")]
)
def test_another_file_starts_nothing_and_says_why(path: Path, key: str, words: str) -> None:
    """The sentence names the key."""
    upload = path.events.upload(b"x", key)
    assert not upload.started
    assert key in str(upload.why_not)
    assert words in str(upload.why_not)
    assert path.workflows() == []


def test_an_upload_whose_workflow_cannot_be_started_waits_in_the_dispatchers_queue(aws: Aws) -> None:
    """The dispatcher tries again, then sends the whole event to the queue, and fails for the alarm to see."""
    path = Path(aws, workflow=False)
    upload = path.events.upload(b"x", "a.csv")
    dispatcher = path.dispatched(upload)
    assert (dispatcher.info.status, dispatcher.info.error) == (
        "FAILED",
        "StepFunctions.StateMachineDoesNotExistException",
    )
    [message] = aws.sqs.receive_message(QueueUrl=aws.resources.dispatcher_failures_queue_url)["Messages"]
    body = json.loads(message["Body"])
    assert body["detail"]["object"]["key"] == "a.csv"
    assert body["error"]["Error"] == "StepFunctions.StateMachineDoesNotExistException"

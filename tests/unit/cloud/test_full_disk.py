"""A write to a lasting cloud whose disk is full is refused, is not there, and can be repeated."""

from __future__ import annotations

import os
import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import orjson
import pytest
from moto.moto_server.werkzeug_app import create_backend_app

from simulator.aws.engine.environment import REGION
from simulator.aws.engine.moto.dispatcher import Dispatcher
from simulator.aws.engine.moto.lasting.app import LastingApp
from simulator.aws.engine.moto.lasting.journal import Journal
from simulator.aws.engine.requests import Answer, Caller
from tests.unit.cloud.test_journal import no_file_longer_than

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TABLE = {
    "TableName": "t",
    "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
}
NEW = {"TableName": "t", "Item": {"k": {"S": "a"}}, "ConditionExpression": "attribute_not_exists(k)"}
BUCKET = (
    f"<CreateBucketConfiguration><LocationConstraint>{REGION}</LocationConstraint></CreateBucketConfiguration>".encode()
)
NO_BYTE_MORE = 1


class Cloud:
    """A lasting cloud in this process.

    Args:
        folder: where it keeps what it has.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._bucket = f"files-{uuid.uuid4().hex}"  # moto lets no name be used twice
        app = LastingApp(Dispatcher(create_backend_app), folder, None)
        self.restorer = app.restorer
        self._caller = Caller(app)

    def s3(self, method: str, path: str, body: bytes = b"") -> Answer:
        """Send a request about the bucket, or an object in it, to S3."""
        return self._caller.call(method, f"/{self._bucket}{path}", scope=("s3", REGION), body=body)

    def dynamodb(self, operation: str, request: dict[str, Any]) -> tuple[int, Any]:
        """Send a request to DynamoDB."""
        answer = self._caller.call(
            "POST",
            "/",
            scope=("dynamodb", REGION),
            headers={"x-amz-target": f"DynamoDB_20120810.{operation}", "content-type": "application/x-amz-json-1.0"},
            body=orjson.dumps(request),
        )
        return answer.status, orjson.loads(answer.body)

    def sqs(self, operation: str, request: dict[str, Any]) -> tuple[int, Any]:
        """Send a request to SQS."""
        headers = {"x-amz-target": f"AmazonSQS.{operation}", "content-type": "application/x-amz-json-1.0"}
        answer = self._caller.call("POST", "/", scope=("sqs", REGION), headers=headers, body=orjson.dumps(request))
        return answer.status, orjson.loads(answer.body or b"null")

    def query(self, service: str, request: dict[str, str]) -> Answer:
        """Send a request in the query protocol."""
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return self._caller.call(
            "POST", "/", scope=(service, REGION), headers=headers, body=urlencode(request).encode()
        )

    def kept(self) -> list[list[str]]:
        """Return the names of what a next start would find."""
        lines = (self.folder / "journal.jsonl").read_bytes().split(b"\n")
        return [orjson.loads(line)["about"] for line in lines if line.startswith(b'{"about"') and line.endswith(b"}")]


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """Open one, with a bucket and a table."""
    opened: list[Journal] = []
    begin = Journal.__init__

    def noted(journal: Journal, folder: Path, *, patience: float = 0) -> None:
        begin(journal, folder, patience=patience)
        opened.append(journal)

    for name in [name for name in os.environ if name.startswith("MOTO_")]:  # the tests' environment is hostile
        monkeypatch.delenv(name)
    monkeypatch.setattr(Journal, "__init__", noted)
    cloud = Cloud(tmp_path / "cloud")
    assert cloud.s3("PUT", "", BUCKET).status == 200
    made = cloud.dynamodb("CreateTable", TABLE)
    assert made[0] == 200, made
    yield cloud
    assert cloud.dynamodb("DeleteTable", {"TableName": "t"})[0] == 200
    for journal in opened:
        journal.close()


def test_an_item_that_cannot_be_kept_is_not_there_and_its_repeat_succeeds(cloud: Cloud) -> None:
    """A conditional put too, which would fail if the first attempt had left the item."""
    journal = cloud.folder / "journal.jsonl"
    with no_file_longer_than(journal.stat().st_size + NO_BYTE_MORE):
        cloud_is_full(cloud)
        for _ in range(3):
            status, said = cloud.dynamodb("PutItem", NEW)
            assert (status, said["__type"].rpartition("#")[2]) == (500, "InternalServerError")
            assert "cannot keep this write on disk: File too large" in said["message"]
        assert "Item" not in cloud.dynamodb("GetItem", {"TableName": "t", "Key": NEW["Item"]})[1]
    assert cloud.dynamodb("PutItem", NEW)[0] == 200
    assert cloud.kept()[-1][:4] == ["dynamodb", REGION, "t", "item"]


def test_an_object_that_cannot_be_kept_is_not_there_and_its_repeat_succeeds(cloud: Cloud) -> None:
    """What is there already stays, and can be read."""
    assert cloud.s3("PUT", "/old", b"here").status == 200
    journal = cloud.folder / "journal.jsonl"
    with no_file_longer_than(journal.stat().st_size + NO_BYTE_MORE):
        cloud_is_full(cloud)
        for method in ("PUT", "DELETE"):
            answer = cloud.s3(method, "/old", b"new")
            assert answer.status == 500
            assert b"<Code>InternalError</Code>" in answer.body
        assert cloud.s3("PUT", "/new", b"new").status == 500
        assert cloud.s3("GET", "/new").status == 404
        assert cloud.s3("GET", "/old").body == b"here"
    assert cloud.s3("PUT", "/new", b"new").status == 200
    assert cloud.s3("GET", "/new").body == b"new"


def test_a_message_that_cannot_be_kept_is_refused_and_its_repeat_succeeds(cloud: Cloud) -> None:
    """In the words of both protocols."""
    queue = {"QueueUrl": cloud.sqs("CreateQueue", {"QueueName": "full"})[1]["QueueUrl"]}
    journal = cloud.folder / "journal.jsonl"
    with no_file_longer_than(journal.stat().st_size + NO_BYTE_MORE):
        cloud_is_full(cloud)
        status, said = cloud.sqs("SendMessage", {**queue, "MessageBody": "m"})
        assert (status, said["__type"]) == (500, "InternalFailure")
        assert "cannot keep this write on disk" in said["message"]
        answer = cloud.query("sqs", {"Action": "SendMessage", **queue, "MessageBody": "m"})
        assert answer.status == 500
        assert b"<Code>InternalFailure</Code>" in answer.body
    assert cloud.query("sqs", {"Action": "SendMessage", **queue, "MessageBody": "m"}).status == 200
    assert cloud.kept()[-1][:4] == ["sqs", REGION, "full", "message"]
    received = cloud.sqs("ReceiveMessage", {**queue, "MaxNumberOfMessages": 10})[1]["Messages"]
    assert [message["Body"] for message in received] == ["m"], "no refused one is there"
    assert cloud.sqs("DeleteQueue", queue)[0] == 200


def cloud_is_full(cloud: Cloud) -> None:
    """Let a write find out: the reserve does not help it here, since it is the file that cannot grow."""
    status, said = cloud.dynamodb("PutItem", {"TableName": "t", "Item": {"k": {"S": "last"}}})
    assert status == 500, said

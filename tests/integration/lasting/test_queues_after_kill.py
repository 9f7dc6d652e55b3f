"""Messages that nobody has deleted are there after kill -9, with what SQS knows about them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from simulator.pipeline.settings import HomeFolder
from tests.integration.lasting.cloud_contents import lasting_cloud

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.only_engine("moto", reason="only moto is kept and restored")

ALL: Any = {"MessageAttributeNames": ["All"], "MessageSystemAttributeNames": ["All"], "MaxNumberOfMessages": 10}


@pytest.fixture
def home(tmp_path: Path) -> HomeFolder:
    """Return an empty home."""
    return HomeFolder(tmp_path / "home").create()


def _bodies(received: Any) -> list[str]:
    return [message["Body"] for message in received.get("Messages", [])]


def test_a_lost_event_in_the_failures_queue_lasts_until_it_is_deleted(home: HomeFolder) -> None:
    """With its attributes, text and bytes; a deleted one stays deleted over two kills."""
    with lasting_cloud(home) as (aws, resources):
        url = resources.rule_dead_letter_queue_url
        attributes: Any = {
            "ERROR_CODE": {"DataType": "String", "StringValue": "あ"},
            "RAW": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
        }
        first = aws.sqs.send_message(QueueUrl=url, MessageBody='{"n": "一"}', MessageAttributes=attributes)["MessageId"]
        aws.sqs.send_message_batch(
            QueueUrl=url, Entries=[{"Id": "a", "MessageBody": "2"}, {"Id": "b", "MessageBody": "3"}]
        )
    with lasting_cloud(home) as (aws, resources):
        url = resources.rule_dead_letter_queue_url
        received = aws.sqs.receive_message(QueueUrl=url, VisibilityTimeout=0, **ALL)["Messages"]
        assert [message["Body"] for message in received] == ['{"n": "一"}', "2", "3"]
        assert received[0]["MessageId"] == first
        assert received[0]["MessageAttributes"] == attributes
        aws.sqs.delete_message(QueueUrl=url, ReceiptHandle=received[1]["ReceiptHandle"])
    with lasting_cloud(home) as (aws, resources):
        received = aws.sqs.receive_message(QueueUrl=resources.rule_dead_letter_queue_url, **ALL)
        assert _bodies(received) == ['{"n": "一"}', "3"]
        assert received["Messages"][0]["Attributes"]["ApproximateReceiveCount"] == "2"


@pytest.mark.slow
def test_a_message_in_flight_stays_hidden_and_its_receipt_is_good(home: HomeFolder) -> None:
    """Who received it before the kill can delete it after it."""
    with lasting_cloud(home) as (aws, resources):
        url = resources.dispatcher_failures_queue_url
        aws.sqs.send_message(QueueUrl=url, MessageBody="taken")
        aws.sqs.send_message(QueueUrl=url, MessageBody="late", DelaySeconds=600)
        (taken,) = aws.sqs.receive_message(QueueUrl=url, VisibilityTimeout=600)["Messages"]
    with lasting_cloud(home) as (aws, resources):
        url = resources.dispatcher_failures_queue_url
        assert _bodies(aws.sqs.receive_message(QueueUrl=url)) == []
        aws.sqs.delete_message(QueueUrl=url, ReceiptHandle=taken["ReceiptHandle"])
        counted = aws.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        assert counted["ApproximateNumberOfMessagesDelayed"] == "1"
        aws.sqs.purge_queue(QueueUrl=url)
    with lasting_cloud(home) as (aws, resources):
        counted = aws.sqs.get_queue_attributes(
            QueueUrl=resources.dispatcher_failures_queue_url, AttributeNames=["All"]
        )["Attributes"]
        assert counted["ApproximateNumberOfMessagesDelayed"] == "0"


@pytest.mark.slow
def test_queues_of_a_user_last_with_attributes_tags_and_dead_letters(home: HomeFolder) -> None:
    """FIFO order too; a queue that was deleted does not come back with its messages."""
    with lasting_cloud(home) as (aws, _):
        sqs = aws.sqs
        dead = sqs.create_queue(QueueName="dead.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        policy = f'{{"deadLetterTargetArn": "{arn}", "maxReceiveCount": 1}}'
        mine = sqs.create_queue(
            QueueName="mine.fifo", Attributes={"FifoQueue": "true", "RedrivePolicy": policy}, tags={"a": "b"}
        )["QueueUrl"]
        sqs.set_queue_attributes(QueueUrl=mine, Attributes={"VisibilityTimeout": "1"})
        for number in range(3):
            sqs.send_message(
                QueueUrl=mine, MessageBody=str(number), MessageGroupId="g", MessageDeduplicationId=str(number)
            )
        assert _bodies(sqs.receive_message(QueueUrl=mine, MaxNumberOfMessages=1)) == ["0"]
        gone = sqs.create_queue(QueueName="gone")["QueueUrl"]
        sqs.send_message(QueueUrl=gone, MessageBody="gone")
        sqs.delete_queue(QueueUrl=gone)
    with lasting_cloud(home) as (aws, _):
        sqs = aws.sqs
        names = {url.rpartition("/")[2] for url in sqs.list_queues()["QueueUrls"]}
        assert {"dead.fifo", "mine.fifo"} <= names
        assert "gone" not in names
        mine = sqs.get_queue_url(QueueName="mine.fifo")["QueueUrl"]
        assert sqs.list_queue_tags(QueueUrl=mine)["Tags"] == {"a": "b"}
        attributes = sqs.get_queue_attributes(QueueUrl=mine, AttributeNames=["All"])["Attributes"]
        assert (attributes["VisibilityTimeout"], attributes["FifoQueue"]) == ("1", "true")
        time.sleep(1.1)
        assert _bodies(sqs.receive_message(QueueUrl=mine, MaxNumberOfMessages=1)) == ["1"], "0 is a dead letter now"
    with lasting_cloud(home) as (aws, _):
        dead = aws.sqs.get_queue_url(QueueName="dead.fifo")["QueueUrl"]
        assert _bodies(aws.sqs.receive_message(QueueUrl=dead)) == ["0"]


@pytest.mark.slow
def test_a_message_whose_retention_is_over_is_not_put_back(home: HomeFolder) -> None:
    """SQS deletes it, whether anybody was up or not."""
    with lasting_cloud(home) as (aws, _):
        url = aws.sqs.create_queue(QueueName="short", Attributes={"MessageRetentionPeriod": "60"})["QueueUrl"]
        aws.sqs.send_message(QueueUrl=url, MessageBody="old")
    journal = home.cloud / "journal.jsonl"
    text = journal.read_text(encoding="utf-8")
    sent = text.partition('"sent_timestamp":')[2].partition(",")[0]
    journal.write_text(text.replace(sent, str(int(sent) - 61_000)), encoding="utf-8")
    for _ in range(2):
        with lasting_cloud(home) as (aws, _):
            url = aws.sqs.get_queue_url(QueueName="short")["QueueUrl"]
            counted = aws.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
            assert counted["ApproximateNumberOfMessages"] == "0"

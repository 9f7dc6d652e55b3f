"""What provisioning leaves in the local cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.integration.conftest import Aws


def test_input_bucket_is_versioned_and_the_output_bucket_is_not(aws: Aws) -> None:
    """Only the input needs versions: what was validated is what is processed."""
    assert aws.s3.get_bucket_versioning(Bucket=aws.resources.input_bucket)["Status"] == "Enabled"
    assert "Status" not in aws.s3.get_bucket_versioning(Bucket=aws.resources.output_bucket)


def test_table_has_its_index_and_its_time_to_live(aws: Aws) -> None:
    """The table is the design document's."""
    table = aws.dynamodb.describe_table(TableName=aws.resources.table)["Table"]
    assert [index["IndexName"] for index in table["GlobalSecondaryIndexes"]] == ["UserIdIndex"]
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    described = aws.dynamodb.describe_time_to_live(TableName=aws.resources.table)["TimeToLiveDescription"]
    assert described == {"AttributeName": "ttl", "TimeToLiveStatus": "ENABLED"}


def test_queues_can_be_sent_to_and_have_the_arns_the_definitions_name(aws: Aws) -> None:
    """The queues of rules and functions are named by ARN, the dispatcher's by URL."""
    for url, arn in {
        aws.resources.rule_dead_letter_queue_url: aws.resources.rule_dead_letter_queue_arn,
        aws.resources.report_failures_queue_url: aws.resources.report_failures_queue_arn,
        aws.resources.file_gate_failures_queue_url: aws.resources.file_gate_failures_queue_arn,
    }.items():
        attributes = aws.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        assert attributes["Attributes"]["QueueArn"] == arn
    aws.sqs.send_message(QueueUrl=aws.resources.dispatcher_failures_queue_url, MessageBody="x")

"""The integrations against a real moto, with the table and buckets that are deployed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.aws.asl.errors import StateError
from simulator.aws.integrations.registry import Integrations
from tests.integration.conftest import Aws
from tests.unit.integrations.fakes import FakeActivities, FakeFunctions, FakeMachines, request, without_metadata

ITEM: dict[str, Any] = {
    "executionName": {"S": "run"},
    "timestamp": {"S": "2025-08-02T09:30:00Z#0#user_update"},
    "userId": {"S": "U00001"},
    "errorCause": {"S": "値"},
    "ttl": {"N": "1770000000"},
}
KEY = {name: ITEM[name] for name in ("executionName", "timestamp")}
BLANK_USER = "IndexName: UserIdIndex, IndexKey: userId (Service: AmazonDynamoDBv2; Status Code: 400;"


@pytest.fixture
def tasks(aws: Aws) -> Integrations:
    """Return the registry on moto's clients."""
    return Integrations(
        functions=FakeFunctions(), aws=aws.clients, machines=FakeMachines(), activities=FakeActivities()
    )


def failure(tasks: Integrations, resource: str, parameters: Any) -> StateError:
    """Return the error of a call that must fail."""
    with pytest.raises(StateError) as failed:
        tasks.call(request(resource, parameters, 20))
    return failed.value


def test_an_item_is_put_read_updated_and_deleted(tasks: Integrations, aws: Aws) -> None:
    """All four actions, optimised: results in AWS's spelling with the SDK's metadata."""
    table = {"TableName": aws.resources.table}
    put = tasks.call(request("dynamodb:putItem", {**table, "Item": ITEM}, 20))
    assert put.keys() == {"SdkHttpMetadata", "SdkResponseMetadata"}
    assert put["SdkHttpMetadata"]["HttpStatusCode"] == 200
    assert put["SdkResponseMetadata"]["RequestId"]
    update = {
        **table,
        "Key": KEY,
        "UpdateExpression": "SET #s = :s",
        "ExpressionAttributeNames": {"#s": "status"},
        "ExpressionAttributeValues": {":s": {"S": "failed"}},
        "ReturnValues": "UPDATED_NEW",
    }
    updated = tasks.call(request("dynamodb:updateItem", update, 20))
    assert without_metadata(updated) == {"Attributes": {"status": {"S": "failed"}}}
    read = tasks.call(request("dynamodb:getItem", {**table, "Key": KEY}, 20))
    assert without_metadata(read) == {"Item": {**ITEM, "status": {"S": "failed"}}}
    tasks.call(request("dynamodb:deleteItem", {**table, "Key": KEY}, 20))
    assert tasks.call(request("aws-sdk:dynamodb:getItem", {**table, "Key": KEY}, 20)) == {}


def test_a_blank_user_is_refused_for_the_index_and_kept_without_it(tasks: Integrations, aws: Aws) -> None:
    """The way from LogError to LogErrorWithoutUserId."""
    table = {"TableName": aws.resources.table}
    refused = failure(tasks, "dynamodb:putItem", {**table, "Item": {**ITEM, "userId": {"S": ""}}})
    assert refused.error == "DynamoDB.AmazonDynamoDBException"
    assert BLANK_USER in str(refused.cause)
    without = {name: value for name, value in ITEM.items() if name != "userId"}
    tasks.call(request("dynamodb:putItem", {**table, "Item": without}, 20))
    assert aws.dynamodb.get_item(TableName=aws.resources.table, Key=KEY)["Item"] == without


@pytest.mark.parametrize("value", [{"S": "x" * 2049}, {"N": "5"}, {}, {"S": "a", "N": "1"}])
def test_what_moto_would_take_or_stumble_over_is_refused_as_by_dynamodb(
    tasks: Integrations, aws: Aws, value: dict[str, str]
) -> None:
    """No item is left behind."""
    refused = failure(tasks, "dynamodb:putItem", {"TableName": aws.resources.table, "Item": {**ITEM, "userId": value}})
    assert refused.error == "DynamoDB.AmazonDynamoDBException"
    assert "Error Code: ValidationException" in str(refused.cause)
    assert aws.dynamodb.scan(TableName=aws.resources.table)["Count"] == 0


def test_a_failed_condition_has_its_own_name(tasks: Integrations, aws: Aws) -> None:
    """In both spellings."""
    parameters = {
        "TableName": aws.resources.table,
        "Item": ITEM,
        "ConditionExpression": "attribute_not_exists(executionName)",
    }
    tasks.call(request("dynamodb:putItem", parameters, 20))
    assert failure(tasks, "dynamodb:putItem", parameters).error == "DynamoDB.ConditionalCheckFailedException"
    assert failure(tasks, "aws-sdk:dynamodb:putItem", parameters).error == "DynamoDb.ConditionalCheckFailedException"


def test_numbers_are_stored_normalised_and_the_input_stays_as_it_was(tasks: Integrations, aws: Aws) -> None:
    """In an item as in the values of an expression."""
    table = {"TableName": aws.resources.table}
    given = {**table, "Item": {**ITEM, "n": {"L": [{"N": "1.50"}, {"NS": ["-0", "007"]}]}}}
    tasks.call(request("dynamodb:putItem", given, 20))
    assert given["Item"]["n"] == {"L": [{"N": "1.50"}, {"NS": ["-0", "007"]}]}
    update = {
        **table,
        "Key": KEY,
        "UpdateExpression": "SET m = :m",
        "ExpressionAttributeValues": {":m": {"M": {"a": {"N": "1E2"}}}},
    }
    tasks.call(request("dynamodb:updateItem", update, 20))
    item = aws.dynamodb.get_item(TableName=aws.resources.table, Key=KEY)["Item"]
    assert item["n"]["L"][0] == {"N": "1.5"}
    assert sorted(item["n"]["L"][1]["NS"]) == ["0", "7"]
    assert item["m"] == {"M": {"a": {"N": "100"}}}
    unused = {**update, "ExpressionAttributeValues": {":m": {"N": "1"}, ":o": {"N": "2"}}}
    refused = failure(tasks, "dynamodb:updateItem", unused)
    assert refused.error == "DynamoDB.AmazonDynamoDBException"
    assert "unused in expressions: keys: {:o}" in str(refused.cause)


def test_a_table_that_is_not_there_is_named_as_recorded(tasks: Integrations) -> None:
    """DynamoDB.ResourceNotFoundException."""
    refused = failure(tasks, "dynamodb:putItem", {"TableName": "none", "Item": ITEM})
    assert refused.error == "DynamoDB.ResourceNotFoundException"
    assert str(refused.cause).startswith(
        "Requested resource not found (Service: AmazonDynamoDBv2; Status Code: 400; "
        "Error Code: ResourceNotFoundException; Request ID: "
    )


def test_findings_are_written_to_s3_and_read_again(tasks: Integrations, aws: Aws) -> None:
    """What SaveRejection does: the object is JSON, of the content type given."""
    body = {"errors": [{"line": 2, "message": "値"}]}
    where = {"Bucket": aws.resources.output_bucket, "Key": "rejected/run.json"}
    put = tasks.call(request("aws-sdk:s3:putObject", {**where, "ContentType": "application/json", "Body": body}, 20))
    stored = aws.s3.get_object(**where)
    assert json.loads(stored["Body"].read()) == body
    assert (stored["ContentType"], stored["ETag"]) == ("application/json", put["ETag"])
    assert "SdkHttpMetadata" not in put
    read = tasks.call(request("aws-sdk:s3:getObject", where, 20))
    assert json.loads(read["Body"]) == body
    assert read["ContentType"] == "application/json"


@pytest.mark.parametrize("written", ["by a client", "by a Task"])
def test_an_object_is_read_with_exactly_the_fields_that_aws_answers(
    tasks: Integrations, aws: Aws, written: str
) -> None:
    """Recorded on AWS, for an object without checksum and for one with it."""
    where = {"Bucket": aws.resources.output_bucket, "Key": "k"}
    if written == "by a client":
        aws.s3.put_object(**where, Body=b"hi")
    else:
        tasks.call(request("aws-sdk:s3:putObject", {**where, "Body": "hi"}, 20))
    read = tasks.call(request("aws-sdk:s3:getObject", where, 20))
    assert sorted(read) == [
        "AcceptRanges",
        "Body",
        "ContentLength",
        "ContentType",
        "ETag",
        "LastModified",
        "Metadata",
        "ServerSideEncryption",
    ]
    assert (read["AcceptRanges"], read["Metadata"], read["ServerSideEncryption"]) == ("bytes", {}, "AES256")


def test_buckets_and_keys_that_are_not_there_have_the_sdks_names(tasks: Integrations, aws: Aws) -> None:
    """NoSuchBucket and NoSuchKey."""
    no_bucket = failure(tasks, "aws-sdk:s3:putObject", {"Bucket": "no-such-bucket-at-all", "Key": "k", "Body": 1})
    assert no_bucket.error == "S3.NoSuchBucketException"
    no_key = failure(tasks, "aws-sdk:s3:getObject", {"Bucket": aws.resources.output_bucket, "Key": "k"})
    assert no_key.error == "S3.NoSuchKeyException"
    for action, where, error in (
        ("headObject", {"Bucket": aws.resources.input_bucket, "Key": "none"}, "S3.NoSuchKeyException"),
        ("headBucket", {"Bucket": "no-such-bucket-here"}, "S3.NoSuchBucketException"),
    ):
        missing = failure(tasks, f"aws-sdk:s3:{action}", where)
        assert missing.error == error
        assert missing.cause is not None
        assert missing.cause.startswith("null (Service: S3, Status Code: 404, Request ID: ")
    assert str(no_key.cause).startswith("The specified key does not exist. (Service: S3, Status Code: 404, ")


def test_a_message_reaches_its_queue(tasks: Integrations, aws: Aws) -> None:
    """What ReportFailure does: the whole state as the message's body."""
    queue = aws.sqs.create_queue(QueueName="q")["QueueUrl"]
    state = {"id": "1", "error": {"Error": "E", "Cause": "値"}}
    sent = tasks.call(request("sqs:sendMessage", {"QueueUrl": queue, "MessageBody": state}, 20))
    [message] = aws.sqs.receive_message(QueueUrl=queue)["Messages"]
    assert json.loads(message["Body"]) == state
    assert (message["MessageId"], message["MD5OfBody"]) == (sent["MessageId"], sent["MD5OfMessageBody"])


def test_a_queue_that_is_not_there_has_the_sdks_name(tasks: Integrations, aws: Aws) -> None:
    """SQS.QueueDoesNotExistException."""
    refused = failure(tasks, "sqs:sendMessage", {"QueueUrl": f"{aws.endpoint}/123456789012/none", "MessageBody": "m"})
    assert refused.error == "SQS.QueueDoesNotExistException"


def test_actions_made_from_the_models_work_on_queues_objects_and_topics(tasks: Integrations, aws: Aws) -> None:
    """A topic delivers to a queue; the message is received and deleted; objects are copied, listed and deleted."""
    topic = tasks.call(request("aws-sdk:sns:createTopic", {"Name": "made-by-a-task"}, 20))["TopicArn"]
    queue = tasks.call(request("aws-sdk:sqs:createQueue", {"QueueName": "made-by-a-task"}, 20))["QueueUrl"]
    named = {"QueueUrl": queue, "AttributeNames": ["QueueArn"]}
    arn = tasks.call(request("aws-sdk:sqs:getQueueAttributes", named, 20))["Attributes"]["QueueArn"]
    subscription = {"TopicArn": topic, "Protocol": "sqs", "Endpoint": arn}
    tasks.call(request("aws-sdk:sns:subscribe", {**subscription, "Attributes": {"RawMessageDelivery": "true"}}, 20))
    tasks.call(request("sns:publish", {"TopicArn": topic, "Message": {"hello": 1}}, 20))
    [message] = tasks.call(request("aws-sdk:sqs:receiveMessage", {"QueueUrl": queue}, 20))["Messages"]
    assert message["Body"] == '{"hello":1}'
    deletion = {"QueueUrl": queue, "ReceiptHandle": message["ReceiptHandle"]}
    assert tasks.call(request("aws-sdk:sqs:deleteMessage", deletion, 20)) == {}
    tasks.call(request("aws-sdk:sqs:deleteQueue", {"QueueUrl": queue}, 20))
    gone = failure(tasks, "aws-sdk:sqs:getQueueAttributes", named)
    assert gone.error == "Sqs.QueueDoesNotExistException"
    bucket = aws.resources.output_bucket
    tasks.call(request("aws-sdk:s3:putObject", {"Bucket": bucket, "Key": "made/a", "Body": [1]}, 20))
    copy = {"Bucket": bucket, "Key": "made/b", "CopySource": f"{bucket}/made/a"}
    assert "ETag" in tasks.call(request("aws-sdk:s3:copyObject", copy, 20))["CopyObjectResult"]
    listing = {"Bucket": bucket, "Prefix": "made/"}
    listed = tasks.call(request("aws-sdk:s3:listObjectsV2", listing, 20))
    assert [entry["Key"] for entry in listed["Contents"]] == ["made/a", "made/b"]
    objects = {"Objects": [{"Key": "made/a"}, {"Key": "made/b"}]}
    tasks.call(request("aws-sdk:s3:deleteObjects", {"Bucket": bucket, "Delete": objects}, 20))
    assert tasks.call(request("aws-sdk:s3:listObjectsV2", listing, 20))["KeyCount"] == 0
    missing = failure(tasks, "aws-sdk:s3:headObject", {"Bucket": bucket, "Key": "made/a"})
    assert missing.error == "S3.NoSuchKeyException"

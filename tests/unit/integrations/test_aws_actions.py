"""Actions of S3, SQS and DynamoDB: what is sent, and what comes back, with the answers given beforehand."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.response import StreamingBody

from simulator.aws.asl.errors import StateError
from simulator.aws.asl.quotas import MAX_PAYLOAD_BYTES
from tests.unit.integrations.fakes import Setting, without_metadata

TABLE = {
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
}
METADATA = {"RequestId": "r", "HTTPStatusCode": 200, "HTTPHeaders": {"x-amzn-requestid": "r", "content-type": "j"}}


@pytest.fixture
def setting() -> Setting:
    """Return a registry with stubbed clients."""
    return Setting()


def failure(setting: Setting, resource: str, parameters: Any) -> StateError:
    """Return the error of a call that must fail."""
    with pytest.raises(StateError) as failed:
        setting.call(resource, parameters)
    return failed.value


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        ({"Dict": "値"}, '{"Dict":"値"}'.encode()),
        (["List", "Data"], b'["List","Data"]'),
        ("text data", b'"text data"'),
        (False, b"false"),
        (0, b"0"),
    ],
)
def test_a_body_is_written_as_json_whatever_it_is(setting: Setting, body: Any, sent: bytes) -> None:
    """Recorded by the ETags of five objects: a string too is written in quotes."""
    setting.aws.stubs["s3"].add_response(
        "put_object",
        {"ETag": '"e"', "VersionId": "v", "ChecksumCRC32": "K81oMA=="},
        {"Bucket": "b", "Key": "k", "Body": sent, "ChecksumAlgorithm": "CRC32"},
    )
    result = setting.call("aws-sdk:s3:putObject", {"Bucket": "b", "Key": "k", "Body": body})
    assert result == {
        "ETag": '"e"',
        "VersionId": "v",
        "ChecksumCRC32": "K81oMA==",
        "ChecksumType": "FULL_OBJECT",
        "ServerSideEncryption": "AES256",
    }


def test_an_objects_body_is_its_text_and_times_are_iso_8601(setting: Setting) -> None:
    """The result of aws-sdk:s3:getObject."""
    content = "値".encode()
    setting.aws.stubs["s3"].add_response(
        "get_object",
        {
            "Body": StreamingBody(io.BytesIO(content), len(content)),
            "LastModified": datetime(2025, 8, 2, tzinfo=UTC),
            "ContentLength": 3,
        },
    )
    assert setting.call("aws-sdk:s3:getObject", {"Bucket": "b", "Key": "k"}) == {
        "Body": "値",
        "LastModified": "2025-08-02T00:00:00Z",
        "ContentLength": 3,
        "ServerSideEncryption": "AES256",
    }


@pytest.mark.parametrize(("asked", "told"), [({}, False), ({"ChecksumMode": "ENABLED"}, True)])
def test_an_objects_checksum_is_told_only_if_the_task_asks_for_it(
    setting: Setting, asked: dict[str, str], *, told: bool
) -> None:
    """Boto3 always asks; an encryption that S3 told is kept."""
    setting.aws.stubs["s3"].add_response(
        "get_object",
        {
            "Body": StreamingBody(io.BytesIO(b"x"), 1),
            "ChecksumCRC32": "K81oMA==",
            "ChecksumType": "FULL_OBJECT",
            "ServerSideEncryption": "aws:kms",
        },
    )
    result = setting.call("aws-sdk:s3:getObject", {"Bucket": "b", "Key": "k", **asked})
    assert result.keys() == {"Body", "ServerSideEncryption"} | ({"ChecksumCRC32", "ChecksumType"} if told else set())
    assert result["ServerSideEncryption"] == "aws:kms"


def test_of_an_object_no_more_is_read_than_a_result_may_have_and_one_byte(setting: Setting) -> None:
    """A large object does not fill the memory; the interpreter refuses the result."""
    size = MAX_PAYLOAD_BYTES * 4
    source = io.BytesIO(b"x" * size)
    setting.aws.stubs["s3"].add_response("get_object", {"Body": StreamingBody(source, size)})
    assert len(setting.call("aws-sdk:s3:getObject", {"Bucket": "b", "Key": "k"})["Body"]) == MAX_PAYLOAD_BYTES + 1


@pytest.mark.parametrize(("body", "sent"), [({"a": "値"}, '{"a":"値"}'), ("as it is", "as it is"), (5, "5")])
def test_a_message_is_sent_as_json_but_a_string_as_it_is(setting: Setting, body: Any, sent: str) -> None:
    """sqs:sendMessage, with the SDK's metadata in the result."""
    setting.aws.stubs["sqs"].add_response(
        "send_message",
        {"MessageId": "m", "MD5OfMessageBody": "5", "ResponseMetadata": METADATA},
        {"QueueUrl": "https://q", "MessageBody": sent},
    )
    result = setting.call("sqs:sendMessage", {"QueueUrl": "https://q", "MessageBody": body})
    assert without_metadata(result) == {"MessageId": "m", "MD5OfMessageBody": "5"}
    assert result["SdkResponseMetadata"] == {"RequestId": "r"}
    assert result["SdkHttpMetadata"] == {
        "AllHttpHeaders": {"x-amzn-RequestId": ["r"], "Content-Type": ["j"]},
        "HttpHeaders": {"x-amzn-RequestId": "r", "Content-Type": "j"},
        "HttpStatusCode": 200,
    }


@pytest.mark.parametrize(
    ("action", "method", "code", "error"),
    [
        ("putObject", "put_object", "NoSuchBucket", "S3.NoSuchBucketException"),
        ("getObject", "get_object", "NoSuchKey", "S3.NoSuchKeyException"),
        ("getObject", "get_object", "NoSuchVersion", "S3.S3Exception"),
    ],
)
def test_an_error_of_s3_has_the_sdks_name(setting: Setting, action: str, method: str, code: str, error: str) -> None:
    """A code that S3's model does not name is an S3Exception."""
    setting.aws.stubs["s3"].add_client_error(method, code, "said", 404)
    failed = failure(setting, f"aws-sdk:s3:{action}", {"Bucket": "b", "Key": "k"})
    assert failed.error == error
    assert str(failed.cause).startswith("said (Service: S3, Status Code: 404, Request ID: ")
    assert ", Extended Request ID: " in str(failed.cause)
    assert str(failed.cause).endswith(") (SDK Attempt Count: 1)")


@pytest.mark.parametrize(
    ("action", "method", "status", "error"),
    [
        ("headObject", "head_object", 404, "S3.NoSuchKeyException"),
        ("headBucket", "head_bucket", 404, "S3.NoSuchBucketException"),
        ("headObject", "head_object", 403, "S3.S3Exception"),
    ],
)
def test_what_a_head_does_not_find_has_the_name_of_what_is_missing(
    setting: Setting, action: str, method: str, status: int, error: str
) -> None:
    """Its answer has no body with a code; the SDK makes the exception of a 404."""
    setting.aws.stubs["s3"].add_client_error(method, str(status), "said", status)
    where = {"Bucket": "b"} if action == "headBucket" else {"Bucket": "b", "Key": "k"}
    failed = failure(setting, f"aws-sdk:s3:{action}", where)
    assert failed.error == error
    message = "null" if status == 404 else "said"
    assert str(failed.cause).startswith(f"{message} (Service: S3, Status Code: {status}, Request ID: ")


@pytest.mark.parametrize(
    ("code", "optimised", "sdk"),
    [
        ("ResourceNotFoundException", "DynamoDB.ResourceNotFoundException", "DynamoDb.ResourceNotFoundException"),
        (
            "ConditionalCheckFailedException",
            "DynamoDB.ConditionalCheckFailedException",
            "DynamoDb.ConditionalCheckFailedException",
        ),
        ("ValidationException", "DynamoDB.AmazonDynamoDBException", "DynamoDb.DynamoDbException"),
    ],
)
def test_an_error_of_dynamodb_has_the_name_of_its_integration(
    setting: Setting, code: str, optimised: str, sdk: str
) -> None:
    """Recorded: a ValidationException has no name of its own in either."""
    for resource, error, words in (
        ("dynamodb:putItem", optimised, f"said (Service: AmazonDynamoDBv2; Status Code: 400; Error Code: {code}; "),
        ("aws-sdk:dynamodb:putItem", sdk, "said (Service: DynamoDb, Status Code: 400, Request ID: "),
    ):
        stub = setting.aws.stubs["dynamodb"]
        stub.add_response("describe_table", {"Table": TABLE})
        stub.add_client_error("put_item", code, "said", 400)
        failed = failure(setting, resource, {"TableName": "T", "Item": {"id": {"S": "1"}}})
        assert failed.error == error
        assert str(failed.cause).startswith(words)
        tail = " (SDK Attempt Count: 1)" if resource.startswith("aws-sdk:") else "; Proxy: null)"
        assert str(failed.cause).endswith(tail)


def test_a_null_item_is_refused_in_the_recorded_words(setting: Setting) -> None:
    """Before anything is sent; both spellings."""
    words = "1 validation error detected: Value null at 'item' failed to satisfy constraint: Member must not be null ("
    for resource, error in (
        ("dynamodb:putItem", "DynamoDB.AmazonDynamoDBException"),
        ("aws-sdk:dynamodb:putItem", "DynamoDb.DynamoDbException"),
    ):
        failed = failure(setting, resource, {"TableName": "T", "Item": None})
        assert failed.error == error
        assert str(failed.cause).startswith(words)


def test_a_table_name_that_is_none_is_refused_in_the_recorded_words(setting: Setting) -> None:
    """DynamoDB.AmazonDynamoDBException."""
    failed = failure(setting, "dynamodb:putItem", {"TableName": "/x", "Item": {}})
    assert failed.error == "DynamoDB.AmazonDynamoDBException"
    assert str(failed.cause).startswith(
        "1 validation error detected: Value '/x' at 'tableName' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+ (Service: AmazonDynamoDBv2; "
    )


def test_a_tables_keys_are_asked_for_once(setting: Setting) -> None:
    """Two items, one DescribeTable; the stub refuses any other order of calls."""
    stub = setting.aws.stubs["dynamodb"]
    stub.add_response("describe_table", {"Table": TABLE})
    stub.add_response("put_item", {})
    stub.add_response("put_item", {})
    for _ in range(2):
        assert setting.call("aws-sdk:dynamodb:putItem", {"TableName": "T", "Item": {"id": {"S": "1"}}}) == {}
    stub.assert_no_pending_responses()


def test_capacity_is_told_only_where_it_was_asked_for(setting: Setting) -> None:
    """Moto tells it always."""
    consumed = {"ConsumedCapacity": {"TableName": "T", "CapacityUnits": 1.0}}
    stub = setting.aws.stubs["dynamodb"]
    stub.add_response("describe_table", {"Table": TABLE})
    for asked, told in (({}, {}), ({"ReturnConsumedCapacity": "TOTAL"}, consumed)):
        stub.add_response("update_item", consumed)
        parameters = {"TableName": "T", "Key": {"id": {"S": "1"}}, **asked}
        assert setting.call("aws-sdk:dynamodb:updateItem", parameters) == told


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ({"n": {"N": 5}}, "The value for the field 'N' must be a STRING"),
        ({"n": {"BOOL": "true"}}, "The value for the field 'BOOL' must be a BOOLEAN"),
        ({"n": {"L": {}}}, "The value for the field 'L' must be an ARRAY"),
        ({"n": {"M": {"x": 5}}}, "The value for the field 'x' must be an OBJECT"),
        ({"n": {"Number": "5"}}, "The field 'Number' is not supported by Step Functions"),
        ({"n": {"B": "eA=="}}, "The field 'B' takes bytes, which is not simulated"),
        ({"n": "text"}, "The value for the field 'n' must be an OBJECT"),
    ],
)
def test_a_value_of_the_wrong_type_ends_the_execution(setting: Setting, item: dict[str, Any], words: str) -> None:
    """States.Runtime: a number where DynamoDB's API has text is not converted by AWS either."""
    failed = failure(setting, "dynamodb:putItem", {"TableName": "T", "Item": item})
    assert failed.error == "States.Runtime"
    assert f"could not be used to start the Task: [{words}]" in str(failed.cause)


def test_a_service_that_cannot_be_reached_is_a_client_error_that_names_the_address(setting: Setting) -> None:
    """The stub taken away, nothing listens at the address."""
    setting.aws.stubs["sqs"].deactivate()
    failed = failure(setting, "sqs:sendMessage", {"QueueUrl": "http://127.0.0.1:1/q", "MessageBody": "m"})
    assert failed.error == "SQS.SdkClientException"
    assert "127.0.0.1:1" in str(failed.cause)

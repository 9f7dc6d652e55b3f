"""SDK integrations made from botocore's models, and the optimised ones of SNS and EventBridge."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from simulator.aws.asl.errors import StateError
from simulator.aws.errors import ApiError
from simulator.aws.integrations.shapes.java_names import exception_name, pascal
from tests.unit.integrations.fakes import NOWHERE, Setting, without_metadata

WHEN = datetime(2025, 8, 2, 9, 30, tzinfo=UTC)
QUEUE = f"{NOWHERE}/123456789012/q"


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
    ("member", "name"),
    [
        ("QueueUrl", "QueueUrl"),
        ("stateMachineArn", "StateMachineArn"),
        ("ETag", "ETag"),
        ("SSEKMSKeyId", "SsekmsKeyId"),
        ("SSECustomerKeyMD5", "SseCustomerKeyMD5"),
        ("DBInstanceIdentifier", "DbInstanceIdentifier"),
        ("ACL", "Acl"),
        ("ChecksumCRC32", "ChecksumCRC32"),
        ("MD5OfBody", "Md5OfBody"),
        ("s", "S"),
    ],
)
def test_members_have_the_names_of_the_sdk_for_java(member: str, name: str) -> None:
    """Its getters, with a capital."""
    assert pascal(member) == name


@pytest.mark.parametrize(
    ("shape", "name"),
    [
        ("NoSuchKey", "NoSuchKeyException"),
        ("ResourceNotFoundException", "ResourceNotFoundException"),
        ("KMSDisabledException", "KmsDisabledException"),
        ("EC2AccessDeniedException", "Ec2AccessDeniedException"),
        ("InternalFault", "InternalException"),
    ],
)
def test_errors_have_the_names_of_the_sdks_exceptions(shape: str, name: str) -> None:
    """Of its classes."""
    assert exception_name(shape) == name


def test_any_action_of_a_service_behind_the_engine_is_called_by_its_models_names(setting: Setting) -> None:
    """Nested members too, both ways; times become text, keys of maps stay."""
    setting.aws.stubs["s3"].add_response(
        "list_objects_v2",
        {"Contents": [{"Key": "a", "LastModified": WHEN, "Size": 3, "ETag": '"e"'}], "KeyCount": 1},
        {"Bucket": "b", "Prefix": "in/"},
    )
    listed = setting.call("aws-sdk:s3:listObjectsV2", {"Bucket": "b", "Prefix": "in/"})
    assert listed == {
        "Contents": [{"Key": "a", "LastModified": "2025-08-02T09:30:00Z", "Size": 3, "ETag": '"e"'}],
        "KeyCount": 1,
    }
    setting.aws.stubs["sqs"].add_response(
        "receive_message",
        {"Messages": [{"MessageId": "m", "Body": "x", "MD5OfBody": "5", "Attributes": {"SentTimestamp": "1"}}]},
        {"QueueUrl": QUEUE, "MaxNumberOfMessages": 1},
    )
    received = setting.call("aws-sdk:sqs:receiveMessage", {"QueueUrl": QUEUE, "MaxNumberOfMessages": 1})
    message = {"MessageId": "m", "Body": "x", "Md5OfBody": "5", "Attributes": {"SentTimestamp": "1"}}
    assert received == {"Messages": [message]}


def test_values_of_dynamodb_keep_the_types_of_its_api(setting: Setting) -> None:
    """BOOL and SS, in parameters and results; Bool is taken too."""
    item = {"id": {"S": "1"}, "ok": {"BOOL": True}, "tags": {"SS": ["a"]}}
    setting.aws.stubs["dynamodb"].add_response(
        "scan",
        {"Items": [item], "Count": 1, "ConsumedCapacity": {"TableName": "t"}},
        {"TableName": "t", "ExpressionAttributeValues": {":x": {"BOOL": True}}, "FilterExpression": "ok = :x"},
    )
    for spelling in ("BOOL", "Bool"):
        parameters = {
            "TableName": "t",
            "FilterExpression": "ok = :x",
            "ExpressionAttributeValues": {":x": {spelling: True}},
        }
        assert setting.faults("aws-sdk:dynamodb:scan", parameters) == []
    assert setting.call("aws-sdk:dynamodb:scan", parameters) == {"Items": [item], "Count": 1}


@pytest.mark.parametrize(
    ("resource", "method", "code", "error"),
    [
        ("s3:listObjectsV2", "list_objects_v2", "SlowDown", "S3.S3Exception"),
        ("s3:getObjectTagging", "get_object_tagging", "NoSuchKey", "S3.NoSuchKeyException"),
        ("sqs:purgeQueue", "purge_queue", "QueueDoesNotExist", "Sqs.QueueDoesNotExistException"),
        ("sns:publish", "publish", "NotFound", "Sns.NotFoundException"),
        ("dynamodb:scan", "scan", "ResourceNotFoundException", "DynamoDb.ResourceNotFoundException"),
    ],
)
def test_an_error_has_the_services_prefix_and_the_models_name(
    setting: Setting, resource: str, method: str, code: str, error: str
) -> None:
    """With AWS's SDK's cause."""
    service = resource.partition(":")[0]
    parameters = {
        "s3": {"Bucket": "b"} if method == "list_objects_v2" else {"Bucket": "b", "Key": "k"},
        "sqs": {"QueueUrl": QUEUE},
        "sns": {"TopicArn": "t", "Message": "m"},
        "dynamodb": {"TableName": "t"},
    }[service]
    setting.aws.stubs[service].add_client_error(method, code, "No.", 404)
    failed = failure(setting, f"aws-sdk:{resource}", parameters)
    assert failed.error == error
    assert str(failed.cause).startswith("No. (Service: ")
    assert str(failed.cause).endswith("(SDK Attempt Count: 1)")


@pytest.mark.parametrize(
    ("resource", "parameters", "words"),
    [
        ("aws-sdk:sqs:purgeQueue", {}, "purgeQueue needs the parameter QueueUrl"),
        ("aws-sdk:s3:copyObject", {"Bucket": "b", "Key": "k", "CopySource": "c", "ACL": "p"}, "did you mean Acl?"),
        ("aws-sdk:sqs:sendMessageBatch", {"QueueUrl": "q", "Entries": [{"id": "1"}]}, "no parameter Entries[0].id"),
    ],
)
def test_a_wrong_parameter_of_an_sdk_action_is_found_beforehand(
    setting: Setting, resource: str, parameters: Any, words: str
) -> None:
    """At any depth."""
    assert any(words in fault for fault in setting.faults(resource, parameters))


def test_a_wrong_type_fails_the_task_and_sends_nothing(setting: Setting) -> None:
    """As AWS words it."""
    failed = failure(setting, "aws-sdk:sqs:receiveMessage", {"QueueUrl": QUEUE, "MaxNumberOfMessages": "1"})
    assert failed.error == "States.Runtime"
    assert "The value for the field 'MaxNumberOfMessages' must be an INTEGER" in str(failed.cause)
    failed = failure(setting, "aws-sdk:s3:getObjectAttributes", {"Bucket": "b", "Key": "k", "ObjectAttributes": "ETag"})
    assert "'ObjectAttributes' must be an ARRAY" in str(failed.cause)
    failed = failure(setting, "aws-sdk:s3:headObject", {"Bucket": "b", "Key": "k", "IfModifiedSince": "yesterday"})
    assert "'IfModifiedSince' must be a TIMESTAMP" in str(failed.cause)


def test_a_message_to_a_topic_is_any_json(setting: Setting) -> None:
    """sns:publish, with the SDK's metadata in the result."""
    setting.aws.stubs["sns"].add_response("publish", {"MessageId": "m"}, {"TopicArn": "t", "Message": '{"a":1}'})
    result = setting.call("sns:publish", {"TopicArn": "t", "Message": {"a": 1}})
    assert without_metadata(result) == {"MessageId": "m"}
    setting.aws.stubs["sns"].add_client_error("publish", "NotFound", "Topic does not exist", 404)
    failed = failure(setting, "sns:publish", {"TopicArn": "t", "Message": "m"})
    assert failed.error == "SNS.NotFoundException"
    assert str(failed.cause).startswith(
        "Topic does not exist (Service: AmazonSNS; Status Code: 404; Error Code: NotFound; Request ID: "
    )


class Bus:
    """EventBridge's PutEvents: keeps the requests and refuses details without a brace."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []

    def put_events(self, request: dict[str, Any]) -> dict[str, Any]:
        """Answer."""
        self.requests.append(request)
        bad = [entry for entry in request["Entries"] if not entry["Detail"].startswith("{")]
        answers = [{"ErrorCode": "MalformedDetail", "ErrorMessage": "no"} if bad else {"EventId": "e"}]
        return {"FailedEntryCount": len(bad), "Entries": answers}


def test_events_are_put_with_their_detail_as_json_and_the_senders_arns(setting: Setting) -> None:
    """events:putEvents; aws-sdk:eventbridge:putEvents adds nothing and takes text only."""
    bus = Bus()
    setting.tasks.offer("events", {"PutEvents": bus.put_events})
    entry = {"Source": "s", "DetailType": "d", "Resources": ["r"], "Time": "2025-08-02T09:30:00Z"}
    result = setting.call("events:putEvents", {"Entries": [{**entry, "Detail": {"a": 1}}]})
    assert without_metadata(result) == {"FailedEntryCount": 0, "Entries": [{"EventId": "e"}]}
    assert {"SdkHttpMetadata", "SdkResponseMetadata"} <= result.keys()
    setting.call("aws-sdk:eventbridge:putEvents", {"Entries": [{**entry, "Detail": '{"a":2}'}]})
    assert [request["Entries"] for request in bus.requests] == [
        [{**entry, "Time": WHEN, "Detail": '{"a":1}', "Resources": ["r", "e", "machine"]}],
        [{**entry, "Time": WHEN, "Detail": '{"a":2}'}],
    ]
    failed = failure(setting, "aws-sdk:eventbridge:putEvents", {"Entries": [{**entry, "Detail": {}}]})
    assert "The value for the field 'Detail' must be a STRING" in str(failed.cause)


def test_an_entry_that_is_refused_fails_the_optimised_task_alone(setting: Setting) -> None:
    """With the answer as its cause."""
    setting.tasks.offer("events", {"PutEvents": Bus().put_events})
    parameters = {"Entries": [{"Source": "s", "DetailType": "d", "Detail": "text"}]}
    failed = failure(setting, "events:putEvents", parameters)
    answer = '{"FailedEntryCount":1,"Entries":[{"ErrorCode":"MalformedDetail","ErrorMessage":"no"}]}'
    assert (failed.error, failed.cause) == ("EventBridge.FailedEntry", answer)
    assert setting.call("aws-sdk:eventbridge:putEvents", parameters)["FailedEntryCount"] == 1


def test_a_service_of_this_process_has_the_actions_that_it_offers(setting: Setting) -> None:
    """Members in AWS's spelling; an error has the SDK's name; any other action is refused by name."""
    requests: list[dict[str, Any]] = []

    def describe(request: dict[str, Any]) -> dict[str, Any]:
        requests.append(request)
        if request["executionArn"] == "gone":
            raise ApiError("ExecutionDoesNotExist", "Execution Does Not Exist: 'gone'")
        return {"executionArn": "a", "startDate": WHEN, "output": None, "inputDetails": {"included": True}}

    setting.tasks.offer("stepfunctions", {"DescribeExecution": describe})
    result = setting.call("aws-sdk:sfn:describeExecution", {"ExecutionArn": "a"})
    expected = {"ExecutionArn": "a", "StartDate": "2025-08-02T09:30:00Z", "InputDetails": {"Included": True}}
    assert (requests, result) == ([{"executionArn": "a"}], expected)
    failed = failure(setting, "aws-sdk:sfn:describeExecution", {"ExecutionArn": "gone"})
    assert failed.error == "Sfn.ExecutionDoesNotExistException"
    [fault] = setting.faults("aws-sdk:sfn:createStateMachineAlias")
    assert fault.endswith("aws-sdk:sfn:createStateMachineAlias is not simulated")

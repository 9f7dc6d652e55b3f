"""Requests: which actions they ask for, and on what."""

from __future__ import annotations

import json

import pytest

from simulator.aws.iam.call import MULTIPART
from simulator.aws.iam.requests.json_services import dynamodb_calls, sns_call, sqs_call, states_call
from simulator.aws.iam.requests.s3 import s3_calls

HERE = "ap-northeast-1:123456789012"
TABLE = f"arn:aws:dynamodb:{HERE}:table/"


@pytest.mark.parametrize(
    ("line", "headers", "expected"),
    [
        ("GET /b/k", {}, ["s3:GetObject b/k"]),
        ("GET /b/a%2Fb%20c?versionId=1", {}, ["s3:GetObjectVersion b/a/b c"]),
        ("HEAD /b/k", {}, ["s3:GetObject b/k"]),
        ("GET /b/k?tagging", {}, ["s3:GetObjectTagging b/k"]),
        ("GET /b/k?acl&versionId=1", {}, ["s3:GetObjectVersionAcl b/k"]),
        ("GET /b/k?uploadId=1", {}, ["s3:ListMultipartUploadParts b/k"]),
        ("PUT /b/k", {}, ["s3:PutObject b/k"]),
        ("PUT /b/k", {"x-amz-tagging": "a=b"}, ["s3:PutObject b/k", "s3:PutObjectTagging b/k"]),
        ("PUT /b/k", {"x-amz-acl": "private"}, ["s3:PutObject b/k", "s3:PutObjectAcl b/k"]),
        ("PUT /b/k", {"x-amz-copy-source": "/c/l%20m"}, ["s3:PutObject b/k", "s3:GetObject c/l m"]),
        ("PUT /b/k", {"x-amz-copy-source": "c/l?versionId=7"}, ["s3:PutObject b/k", "s3:GetObjectVersion c/l"]),
        ("POST /b/k?uploads", {}, ["s3:PutObject b/k"]),
        ("DELETE /b/k", {}, ["s3:DeleteObject b/k"]),
        ("DELETE /b/k?versionId=1", {}, ["s3:DeleteObjectVersion b/k"]),
        ("DELETE /b/k?uploadId=1", {}, ["s3:AbortMultipartUpload b/k"]),
        ("GET /b?list-type=2&prefix=a", {}, ["s3:ListBucket b"]),
        ("HEAD /b", {}, ["s3:ListBucket b"]),
        ("GET /b?versions", {}, ["s3:ListBucketVersions b"]),
        ("GET /b?uploads", {}, ["s3:ListBucketMultipartUploads b"]),
        ("GET /b?encryption", {}, ["s3:GetEncryptionConfiguration b"]),
        ("PUT /b?policy", {}, ["s3:PutBucketPolicy b"]),
        ("DELETE /b?policy", {}, ["s3:DeleteBucketPolicy b"]),
        ("PUT /b", {}, ["s3:CreateBucket b"]),
        ("DELETE /b", {}, ["s3:DeleteBucket b"]),
    ],
)
def test_s3(line: str, headers: dict[str, str], expected: list[str]) -> None:
    """Method, sub-resource, version and headers decide."""
    method, _, target = line.partition(" ")
    found = [
        f"{call.action} {call.resource.removeprefix('arn:aws:s3:::')}" for call in s3_calls("", method, target, headers)
    ]
    assert found == expected


def test_s3_tells_conditions() -> None:
    """What policies ask for: encryption, prefix, version; and that an object is put together from parts."""
    header = "x-amz-server-side-encryption"
    (put,) = s3_calls("", "PUT", "/b/k?partNumber=1&uploadId=x", {header: "AES256"})
    assert dict(put.context) == {f"s3:{header}": "AES256", MULTIPART: "true"}
    (listed,) = s3_calls("", "GET", "/b?prefix=a/&delimiter=/", {})
    assert dict(listed.context) == {"s3:prefix": "a/", "s3:delimiter": "/"}


def test_s3_deletes_each_object_of_a_list() -> None:
    """A version is deleted by another action."""
    body = b"<Delete><Object><Key>a</Key></Object><Object><Key>b</Key><VersionId>1</VersionId></Object></Delete>"
    found = [(call.action, call.resource) for call in s3_calls("", "POST", "/b?delete", {}, body)]
    assert found == [("s3:DeleteObject", "arn:aws:s3:::b/a"), ("s3:DeleteObjectVersion", "arn:aws:s3:::b/b")]


@pytest.mark.parametrize(
    ("operation", "body", "expected"),
    [
        ("PutItem", {"TableName": "T"}, [("dynamodb:PutItem", f"{TABLE}T")]),
        ("Query", {"TableName": "T", "IndexName": "I"}, [("dynamodb:Query", f"{TABLE}T/index/I")]),
        ("GetItem", {"TableName": f"{TABLE}T"}, [("dynamodb:GetItem", f"{TABLE}T")]),
        (
            "BatchWriteItem",
            {"RequestItems": {"T": [], "U": []}},
            [("dynamodb:BatchWriteItem", f"{TABLE}T"), ("dynamodb:BatchWriteItem", f"{TABLE}U")],
        ),
        (
            "TransactWriteItems",
            {"TransactItems": [{"Put": {"TableName": "T"}}, {"ConditionCheck": {"TableName": "T"}}]},
            [("dynamodb:ConditionCheckItem", f"{TABLE}T"), ("dynamodb:PutItem", f"{TABLE}T")],
        ),
        ("ListTables", {}, [("dynamodb:ListTables", "*")]),
    ],
)
def test_dynamodb(operation: str, body: dict[str, object], expected: list[tuple[str, str]]) -> None:
    """Batches ask for each table; transactions for the actions that they are made of."""
    calls = dynamodb_calls("", operation, json.dumps(body).encode(), HERE)
    assert [(call.action, call.resource) for call in calls] == expected


def test_dynamodb_takes_a_body_that_is_no_json() -> None:
    """The service refuses it; nothing breaks before."""
    assert [call.resource for call in dynamodb_calls("", "PutItem", b"{", HERE)] == ["*"]


def test_the_other_services() -> None:
    """Batches of SQS and SNS have no action of their own."""
    url = "http://127.0.0.1:1/123456789012/q"
    found = [
        sqs_call("", "SendMessageBatch", {"QueueUrl": url}, HERE),
        sns_call("", "PublishBatch", {"TopicArn": f"arn:aws:sns:{HERE}:t"}, HERE),
        states_call("", "DescribeMapRun", {"mapRunArn": "arn:map"}),
    ]
    assert [(call.action, call.resource) for call in found] == [
        ("sqs:SendMessage", f"arn:aws:sqs:{HERE}:q"),
        ("sns:Publish", f"arn:aws:sns:{HERE}:t"),
        ("states:DescribeMapRun", "arn:map"),
    ]

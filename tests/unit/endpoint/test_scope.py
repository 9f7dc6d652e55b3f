"""Requests are told apart by the service they are signed for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from simulator.aws.endpoint.scope import Scope, has_expired, scope_of

TARGETS = {"AWSStepFunctions": "states"}
V4 = "AWS4-HMAC-SHA256 Credential=AKIA/20261128/eu-west-1/{}/aws4_request, SignedHeaders=host, Signature=0"


def test_the_signature_names_service_and_region() -> None:
    """With or without spaces after the commas, and with the parts in any order."""
    assert scope_of({"Authorization": V4.format("states")}, {}, TARGETS) == Scope("states", "eu-west-1")
    other = "AWS4-HMAC-SHA256 SignedHeaders=host,Credential=a/b/20261128/x/Lambda/aws4_request,Signature=0"
    assert scope_of({"Authorization": other}, {}, TARGETS) == Scope("lambda", "x")


def test_the_signature_counts_before_the_target() -> None:
    """X-Amz-Target may name what it likes."""
    headers = {"Authorization": V4.format("dynamodb"), "X-Amz-Target": "AWSStepFunctions.ListStateMachines"}
    assert scope_of(headers, {}, TARGETS).service == "dynamodb"


def test_a_multi_region_signature_names_a_service_only() -> None:
    """SigV4A has no region."""
    signed = "AWS4-ECDSA-P256-SHA256 Credential=AKIA/20261128/s3/aws4_request, SignedHeaders=host, Signature=0"
    assert scope_of({"Authorization": signed}, {}, TARGETS) == Scope("s3", None)


def test_a_presigned_url_names_its_service() -> None:
    """In its query."""
    parameters = {"X-Amz-Credential": "AKIA/20261128/ap-northeast-1/sts/aws4_request"}
    assert scope_of({}, parameters, TARGETS) == Scope("sts", "ap-northeast-1")


@pytest.mark.parametrize(
    ("target", "service"),
    [
        ("AWSStepFunctions.StartExecution", "states"),
        ("DynamoDB_20120810.PutItem", "dynamodb"),
        ("DynamoDBStreams_20120810.ListStreams", "dynamodb"),
        ("AmazonSQS.SendMessage", "sqs"),
        ("Kinesis_20131202.ListStreams", "kinesis"),
        ("Unknown.Thing", "unknown"),
        ("", "s3"),
    ],
)
def test_an_unsigned_request_is_told_by_its_target(target: str, service: str) -> None:
    """What has none is S3's; one that is not simulated must not be taken for S3's."""
    assert scope_of({"X-Amz-Target": target}, {}, TARGETS) == Scope(service)


@pytest.mark.parametrize("signed", ["AWS AKIA:abc=", "Bearer x", "AWS4-HMAC-SHA256 nonsense", "AWS4-HMAC-SHA256"])
def test_other_signatures_are_s3s(signed: str) -> None:
    """Signature version 2 is only spoken by old S3 clients."""
    assert scope_of({"Authorization": signed}, {}, TARGETS) == Scope("s3")


def test_a_presigned_url_expires() -> None:
    """Both versions of signatures; what cannot be read has expired."""
    now = datetime.now(UTC)
    past, recent = (f"{now - timedelta(seconds=age):%Y%m%dT%H%M%SZ}" for age in (100, 5))
    assert has_expired({"X-Amz-Date": past, "X-Amz-Expires": "60"})
    assert not has_expired({"X-Amz-Date": recent, "X-Amz-Expires": "60"})
    assert has_expired({"X-Amz-Date": "yesterday", "X-Amz-Expires": "60"})
    assert has_expired({"Signature": "x", "Expires": str(int(now.timestamp()) - 1)})
    assert not has_expired({"Signature": "x", "Expires": str(int(now.timestamp()) + 60)})
    assert not has_expired({"Expires": "1"})

"""Buckets, table and keys."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.pipeline.provisioning import read_definition
from tests.infrastructure.template.resolver import Resolver

SUFFIX = "123456789012-ap-northeast-1"
INPUT, OUTPUT, ACCESS_LOGS = (f"user-log-{part}-{SUFFIX}" for part in ("input", "output", "access-logs"))
DATA_KEY = "arn:aws:kms:ap-northeast-1:123456789012:key/StorageDataKey"
HALF_A_YEAR = 180


def bucket(stack: Resolver, name: str) -> dict[str, Any]:
    """Return a bucket's properties."""
    return stack.by_name("AWS::S3::Bucket")[name]


def test_there_are_no_buckets_but_input_output_and_access_logs(stack: Resolver) -> None:
    """By names that are free in the world: account and region are in them."""
    assert set(stack.by_name("AWS::S3::Bucket")) == {INPUT, OUTPUT, ACCESS_LOGS}


@pytest.mark.parametrize("name", [INPUT, OUTPUT, ACCESS_LOGS])
def test_no_bucket_is_public(stack: Resolver, name: str) -> None:
    """All four blocks, and no access lists (what refuses plain HTTP is checked with the policies)."""
    properties = bucket(stack, name)
    block = properties["PublicAccessBlockConfiguration"]
    assert set(block) == {"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"}
    assert all(value is True for value in block.values())
    assert properties["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}


@pytest.mark.parametrize("name", [INPUT, OUTPUT])
def test_data_is_encrypted_by_our_key_and_versioned(stack: Resolver, name: str) -> None:
    """With a bucket key: one call of KMS for many objects."""
    properties = bucket(stack, name)
    (rule,) = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": DATA_KEY}
    assert rule["BucketKeyEnabled"] is True
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}


@pytest.mark.parametrize("name", [INPUT, OUTPUT])
def test_files_are_kept_as_long_as_the_audit_trail(stack: Resolver, name: str) -> None:
    """Half a year; old versions a month; unfinished uploads and empty delete markers are tidied up."""
    rules = bucket(stack, name)["LifecycleConfiguration"]["Rules"]
    assert all(rule["Status"] == "Enabled" for rule in rules)
    assert [rule["ExpirationInDays"] for rule in rules if "ExpirationInDays" in rule] == [HALF_A_YEAR]
    kept = [rule["NoncurrentVersionExpiration"] for rule in rules if "NoncurrentVersionExpiration" in rule]
    assert kept == [{"NoncurrentDays": 30}]
    assert any("AbortIncompleteMultipartUpload" in rule for rule in rules)
    assert any(rule.get("ExpiredObjectDeleteMarker") for rule in rules)


def test_access_is_recorded_in_a_bucket_that_expires(stack: Resolver) -> None:
    """Of both buckets."""
    for name in (INPUT, OUTPUT):
        assert bucket(stack, name)["LoggingConfiguration"]["DestinationBucketName"] == ACCESS_LOGS
    (rule,) = bucket(stack, ACCESS_LOGS)["LifecycleConfiguration"]["Rules"]
    assert (rule["Status"], rule["ExpirationInDays"]) == ("Enabled", 90)
    (encryption,) = bucket(stack, ACCESS_LOGS)["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}  # S3 delivers into no other


def test_only_the_input_bucket_tells_eventbridge(stack: Resolver) -> None:
    """Natively: results that are written must start nothing, and no function is needed for it."""
    told = {
        name
        for name, properties in stack.by_name("AWS::S3::Bucket").items()
        if properties.get("NotificationConfiguration") == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
    }
    assert told == {INPUT}
    assert not any("NotificationConfiguration" in bucket(stack, name) for name in (OUTPUT, ACCESS_LOGS))
    assert stack.of_type("Custom::S3BucketNotifications") == {}


def test_the_table_is_the_one_that_the_simulator_makes(stack: Resolver) -> None:
    """Keys, index, billing, time to live: every field of the file."""
    table = stack.by_name("AWS::DynamoDB::Table")["ProcessingLogs"]
    definition = json.loads(read_definition("processing_logs.json", {"ProcessingLogsTableName": "ProcessingLogs"}))
    assert {field: table.get(field) for field in definition} == definition


def test_the_table_is_the_designed_one(stack: Resolver) -> None:
    """Section 4.2 of the design document, read a second time."""
    table = stack.by_name("AWS::DynamoDB::Table")["ProcessingLogs"]
    assert table["TableName"] == "ProcessingLogs"
    assert keys(table) == {"HASH": "executionName", "RANGE": "timestamp"}
    (index,) = table["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "UserIdIndex"
    assert keys(index) == {"HASH": "userId", "RANGE": "timestamp"}
    assert index["Projection"] == {"ProjectionType": "ALL"}
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}


def keys(of: dict[str, Any]) -> dict[str, str]:
    """Return the key attributes of a table or an index by their kind."""
    return {entry["KeyType"]: entry["AttributeName"] for entry in of["KeySchema"]}


def test_the_table_is_encrypted_and_can_be_restored_to_any_second(stack: Resolver) -> None:
    """By our key; point-in-time recovery."""
    table = stack.by_name("AWS::DynamoDB::Table")["ProcessingLogs"]
    assert table["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": DATA_KEY}
    assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True


def test_keys_are_rotated_and_have_names(stack: Resolver) -> None:
    """Who uses them is checked with the policies."""
    found = stack.of_type("AWS::KMS::Key")
    assert set(found) == {"StorageDataKey", "MonitoringAlarmsKey"}
    assert all(key["EnableKeyRotation"] is True for key in found.values())
    aliases = {alias["AliasName"]: alias["TargetKeyId"] for alias in stack.of_type("AWS::KMS::Alias").values()}
    assert aliases == {
        "alias/user-log": DATA_KEY,
        "alias/user-log-alarms": DATA_KEY.replace("StorageDataKey", "MonitoringAlarmsKey"),
    }

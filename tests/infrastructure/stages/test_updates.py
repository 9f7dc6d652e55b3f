"""Two templates compared: what a changed option does to what holds data. None may be replaced or lost by it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from tests.infrastructure.conftest import OPTIONAL
from tests.infrastructure.template.resolver import Resolver, readable
from tests.infrastructure.template.synthesis import assembled, make_app

# A change of one of these makes CloudFormation delete the old and make a new one ("Update requires: Replacement" in
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/).
REPLACING = {
    "AWS::S3::Bucket": {"BucketName", "BucketNamePrefix", "BucketNamespace", "ObjectLockEnabled"},
    "AWS::DynamoDB::Table": {"TableName", "KeySchema", "ImportSourceSpecification"},
    "AWS::KMS::Key": {"KeySpec", "KeyUsage", "MultiRegion", "Origin"},
    "AWS::KMS::Alias": {"AliasName"},
    "AWS::RDS::DBCluster": {
        "AvailabilityZones",
        "ClusterScalabilityType",
        "DatabaseName",
        "DBClusterIdentifier",
        "DBSubnetGroupName",
        "DBSystemId",
        "EngineMode",
        "KmsKeyId",
        "MasterUsername",
        "PubliclyAccessible",
        "RestoreToTime",
        "RestoreType",
        "SnapshotIdentifier",
        "SourceDBClusterIdentifier",
        "SourceRegion",
        "StorageEncrypted",
        "UseLatestRestorableTime",
    },
    "AWS::RDS::DBSubnetGroup": {"DBSubnetGroupName"},
    "AWS::EC2::VPC": {"CidrBlock", "Ipv4IpamPoolId", "Ipv4NetmaskLength"},
    "AWS::EC2::Subnet": {"AvailabilityZone", "CidrBlock", "VpcId"},
    "AWS::EC2::SecurityGroup": {"GroupName", "GroupDescription", "VpcId"},
    "AWS::SQS::Queue": {"QueueName", "FifoQueue"},
    "AWS::SNS::Topic": {"TopicName", "FifoTopic"},
    "AWS::StepFunctions::StateMachine": {"StateMachineName", "StateMachineType"},
    "AWS::Lambda::Function": {"FunctionName", "PackageType"},
    "AWS::Logs::LogGroup": {"LogGroupName", "LogGroupClass"},
}
"""By type: the properties. Buckets, table, keys and cluster are data; of the others a new one would break an update."""
ACCOUNT = "210987654321"


ALONE = [pytest.param(option, marks=pytest.mark.slow) for option in OPTIONAL]
"""Each option is a synthesis of its own."""


@pytest.fixture(params=[*ALONE, "everything"], scope="module")
def changed(request: pytest.FixtureRequest) -> Iterator[Resolver]:
    """Prod with one option changed, and with all of them."""
    option = request.param
    made = assembled(make_app(**(OPTIONAL if option == "everything" else {option: OPTIONAL[option]})))
    assert made.refusal == ""
    yield Resolver(made.template)
    shutil.rmtree(made.folder)


def replaced_or_lost(before: Resolver, after: Resolver) -> list[str]:
    """Return what an update would replace or lose, of the types above."""
    found = []
    for logical, resource in before.resources.items():
        kind = resource["Type"]
        if kind not in REPLACING:
            continue
        if logical not in after.resources or after.resources[logical]["Type"] != kind:
            found.append(f"{readable(logical)} is lost")
            continue
        old, new = (each.value(each.resources[logical].get("Properties", {})) for each in (before, after))
        found += [
            f"{readable(logical)} is replaced: {name} was {old.get(name)}, is {new.get(name)}"
            for name in sorted(REPLACING[kind])
            if old.get(name) != new.get(name)
        ]
    return found


def test_a_changed_option_replaces_and_loses_nothing(stack: Resolver, changed: Resolver) -> None:
    """Bucket, table, cluster, key; nor what they hang on. A new resource may come."""
    assert replaced_or_lost(stack, changed) == []


def test_taking_an_option_back_replaces_and_loses_nothing(stack: Resolver, changed: Resolver) -> None:
    """The other way round."""
    assert replaced_or_lost(changed, stack) == []


def test_what_holds_data_would_stay_even_so(stack: Resolver, changed: Resolver) -> None:
    """The last net: each is kept, or leaves a snapshot, when it is replaced or leaves the template."""
    for each in (stack, changed):
        for logical, resource in each.resources.items():
            if readable(logical) == "StorageFileGate":  # nothing in it outlives a run
                continue
            if resource["Type"] in {"AWS::S3::Bucket", "AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::RDS::DBCluster"}:
                assert resource["UpdateReplacePolicy"] in {"Retain", "Snapshot"}, logical


def test_a_restored_cluster_is_the_one_exception(stack: Resolver) -> None:
    """It is meant to take the old one's place; buckets, table and keys do not notice."""
    made = assembled(make_app(clusterIdentifier="user-log-restored", snapshotIdentifier="before"))
    shutil.rmtree(made.folder)
    found = replaced_or_lost(stack, Resolver(made.template))
    assert {line.partition(" is ")[0] for line in found} == {"DatabaseCluster", "DatabasePostgresqlLogs"}


def test_a_loss_and_a_replacement_would_be_noticed(stack: Resolver) -> None:
    """The comparison itself: a bucket gone, another key, another zone."""
    template: dict[str, Any] = {"Resources": {**stack.resources}}
    (bucket,) = [name for name in template["Resources"] if readable(name) == "StorageInput"]
    (cluster,) = [name for name in template["Resources"] if readable(name) == "DatabaseCluster"]
    del template["Resources"][bucket]
    old = stack.resources[cluster]
    template["Resources"][cluster] = {**old, "Properties": {**old["Properties"], "KmsKeyId": "another"}}
    found = replaced_or_lost(stack, Resolver(template))
    assert "StorageInput is lost" in found
    assert any(line.startswith("DatabaseCluster is replaced: KmsKeyId was arn:aws:kms") for line in found)


def test_the_account_is_pinned() -> None:
    """In the assembly: the CLI refuses credentials of another account."""
    app = make_app(account=ACCOUNT)
    stack = app.node.find_child("UserLogPipeline")
    assert (stack.account, stack.region) == (ACCOUNT, "ap-northeast-1")

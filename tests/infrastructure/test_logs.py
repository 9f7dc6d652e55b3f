"""Log groups: whose, how long, and with which key."""

from __future__ import annotations

import pytest

from tests.infrastructure.template.resolver import Resolver

DATA_KEY = "arn:aws:kms:ap-northeast-1:123456789012:key/StorageDataKey"
# What these hold names users, and rows.
WITH_DATA = {
    "/aws/lambda/user-log-csv-validator",
    "/aws/lambda/user-log-processor",
    "/aws/lambda/user-log-schema-migrator",
    "/aws/lambda/user-log-user-reader",
    "/aws/vendedlogs/states/csv-user-log-dispatcher",
    "/aws/vendedlogs/states/csv-user-log-processor",
    "/aws/rds/cluster/user-log/postgresql",
}


def test_what_logs_data_has_a_log_group(stack: Resolver) -> None:
    """Made by us: a service that makes its own keeps it for ever, and without our key."""
    assert set(stack.by_name("AWS::Logs::LogGroup")) >= WITH_DATA


@pytest.mark.parametrize("name", sorted(WITH_DATA))
def test_logs_with_data_are_encrypted_by_our_key(stack: Resolver, name: str) -> None:
    """The key's policy lets the logs of these groups alone be encrypted (checked with the policies)."""
    assert stack.by_name("AWS::Logs::LogGroup")[name]["KmsKeyId"] == DATA_KEY


def test_no_log_is_kept_for_ever(stack: Resolver, dev_stack: Resolver) -> None:
    """A month at least in prod; at most half a year, as the audit trail."""
    for group in stack.of_type("AWS::Logs::LogGroup").values():
        assert 30 <= group["RetentionInDays"] <= 180
    for group in dev_stack.of_type("AWS::Logs::LogGroup").values():
        assert 1 <= group["RetentionInDays"] <= 180


@pytest.mark.parametrize("of", ["stack", "dev_stack", "optional_stack"])
def test_every_function_logs_into_a_group_of_the_stack(of: str, request: pytest.FixtureRequest) -> None:
    """CDK's own functions, too: Lambda would make the group, and keep it for ever."""
    stack: Resolver = request.getfixturevalue(of)
    groups = {
        logical_id: resource
        for logical_id, resource in stack.resources.items()
        if resource["Type"] == "AWS::Logs::LogGroup"
    }
    functions = {
        logical_id: resource["Properties"]
        for logical_id, resource in stack.resources.items()
        if resource["Type"] == "AWS::Lambda::Function"
    }
    assert len(functions) > 6
    for logical_id, function in functions.items():
        group = groups[function["LoggingConfig"]["LogGroup"]["Ref"]]
        assert group["Properties"]["RetentionInDays"], logical_id
        assert group["DeletionPolicy"] == "Delete", logical_id
        assert list(function["LoggingConfig"]) == ["LogGroup"], logical_id


def test_postgresql_logs_into_the_group_that_was_made(stack: Resolver) -> None:
    """And the group is there before the cluster, or RDS would make it."""
    (name, cluster), *_ = [
        (name, each) for name, each in stack.resources.items() if each["Type"] == "AWS::RDS::DBCluster"
    ]
    assert cluster["Properties"]["EnableCloudwatchLogsExports"] == ["postgresql"], name
    assert any(name.startswith("DatabasePostgresqlLogs") for name in cluster["DependsOn"])

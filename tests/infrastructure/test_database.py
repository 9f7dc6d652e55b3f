"""Aurora, and how its login roles and schema come into being."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.infrastructure.template.resolver import Resolver, readable
from tests.infrastructure.template.synthesis import CDK

DATA_KEY = "arn:aws:kms:ap-northeast-1:123456789012:key/StorageDataKey"


@pytest.fixture
def cluster(stack: Resolver) -> dict[str, Any]:
    """The cluster's properties."""
    (found,) = stack.of_type("AWS::RDS::DBCluster").values()
    return found


def test_the_cluster_is_aurora_postgresql_serverless(cluster: dict[str, Any]) -> None:
    """0.5 to 2.0 ACU."""
    assert cluster["Engine"] == "aurora-postgresql"
    assert cluster["ServerlessV2ScalingConfiguration"] == {"MinCapacity": 0.5, "MaxCapacity": 2}
    assert cluster["Port"] == 5432
    assert cluster["EngineVersion"].startswith("17.")
    assert cluster["DBSubnetGroupName"] == "DatabaseClusterSubnets"
    assert cluster["CopyTagsToSnapshot"] is True


def test_a_writer_and_a_reader_stand_in_the_two_zones(stack: Resolver) -> None:
    """The writer in 1a, the reader in 1c, as drawn; neither is reachable from outside."""
    instances = stack.of_type("AWS::RDS::DBInstance")
    zones = {name.removeprefix("DatabaseCluster"): each["AvailabilityZone"] for name, each in instances.items()}
    assert zones == {"Writer": "ap-northeast-1a", "Reader": "ap-northeast-1c"}
    for instance in instances.values():
        assert (instance["DBClusterIdentifier"], instance["Engine"]) == ("user-log", "aurora-postgresql")
        assert instance["DBInstanceClass"] == "db.serverless"
        assert instance["PubliclyAccessible"] is False


def test_the_reader_can_take_over_at_any_size(stack: Resolver) -> None:
    """A promotion tier of 0 or 1 makes it scale with the writer."""
    assert stack.of_type("AWS::RDS::DBInstance")["DatabaseClusterReader"]["PromotionTier"] in {0, 1}


def test_data_is_encrypted_by_our_key(stack: Resolver, cluster: dict[str, Any]) -> None:
    """At rest; the master's password; and what Performance Insights keeps, statements with their values."""
    assert (cluster["StorageEncrypted"], cluster["KmsKeyId"]) == (True, DATA_KEY)
    assert cluster["MasterUserSecret"]["KmsKeyId"] == DATA_KEY
    for instance in stack.of_type("AWS::RDS::DBInstance").values():
        assert instance["EnablePerformanceInsights"] is True
        assert instance["PerformanceInsightsKMSKeyId"] == DATA_KEY


def test_nothing_logs_in_without_tls(stack: Resolver, cluster: dict[str, Any]) -> None:
    """By the parameter group that the cluster uses."""
    group = stack.of_type("AWS::RDS::DBClusterParameterGroup")[cluster["DBClusterParameterGroupName"]]
    assert group["Parameters"]["rds.force_ssl"] == "1"


def test_logins_are_iam_tokens(cluster: dict[str, Any]) -> None:
    """And the master's password is RDS's own, which rotates it: no password is in the template."""
    assert cluster["EnableIAMDatabaseAuthentication"] is True
    assert cluster["ManageMasterUserPassword"] is True
    assert "MasterUserPassword" not in cluster


def test_backups_go_back_two_weeks_in_prod(cluster: dict[str, Any], dev_stack: Resolver) -> None:
    """And at least a day in dev."""
    (of_dev,) = dev_stack.of_type("AWS::RDS::DBCluster").values()
    assert cluster["BackupRetentionPeriod"] >= 14
    assert of_dev["BackupRetentionPeriod"] >= 1


def test_login_roles_are_made_by_the_data_api_from_the_tested_file(stack: Resolver, cluster: dict[str, Any]) -> None:
    """The very SQL, when the stack is made and when the SQL changes."""
    assert cluster["EnableHttpEndpoint"] is True
    custom = stack.of_type("Custom::AWS")["DatabaseLoginRoles"]
    for moment in ("Create", "Update"):
        call = json.loads(custom[moment])
        assert (call["service"], call["action"]) == ("RDSDataService", "ExecuteStatement")
        assert call["parameters"]["sql"] == (CDK / "definitions" / "aws_roles.sql").read_text(encoding="utf-8")
        assert call["parameters"]["database"] == cluster["DatabaseName"]
        assert call["parameters"]["resourceArn"] == "arn:aws:rds:ap-northeast-1:123456789012:cluster:user-log"


def depends_on(stack: Resolver, logical: str) -> set[str]:
    """Return all that CloudFormation makes before a resource, however it says so."""
    seen: set[str] = set()
    waiting = [logical]
    while waiting:
        resource = stack.resources[waiting.pop()]
        named = resource.get("DependsOn", [])
        for name in {*([named] if isinstance(named, str) else named), *references(resource.get("Properties", {}))}:
            if name in stack.resources and name not in seen:
                seen.add(name)
                waiting.append(name)
    return {readable(name) for name in seen}


def references(node: Any) -> set[str]:
    """Return the logical ids that a part of the template refers to."""
    if isinstance(node, list):
        return set().union(*map(references, node))
    if not isinstance(node, dict):
        return set()
    own = {node["Ref"]} if "Ref" in node else set()
    own |= {node["Fn::GetAtt"][0]} if "Fn::GetAtt" in node else set()
    return own.union(*map(references, node.values()))


def test_the_migration_waits_for_all_that_it_needs(stack: Resolver) -> None:
    """Instances, login roles, and every rule that lets the migrator reach the database."""
    (migration,) = [name for name, each in stack.resources.items() if each["Type"] == "Custom::Trigger"]
    before = depends_on(stack, migration)
    assert {"DatabaseClusterWriter", "DatabaseLoginRoles", "FunctionsMigrator", "FunctionsMigratorRole"} <= before
    rules = {
        readable(name)
        for name, each in stack.resources.items()
        if each["Type"] in {"AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"}
    }
    assert rules
    assert rules <= before


def test_the_login_roles_wait_for_a_writer(stack: Resolver) -> None:
    """A cluster without an instance answers nothing."""
    (roles,) = [name for name in stack.resources if readable(name) == "DatabaseLoginRoles"]
    assert {"DatabaseClusterWriter", "DatabaseLoginRolesCustomResourcePolicy"} <= depends_on(stack, roles)


def test_a_failed_migration_fails_the_deployment(stack: Resolver) -> None:
    """The migrator is called and waited for, for its whole timeout, and again whenever its package has changed."""
    (trigger,) = stack.of_type("Custom::Trigger").values()
    migrator = stack.by_name("AWS::Lambda::Function")["user-log-schema-migrator"]
    assert trigger["InvocationType"] == "RequestResponse"
    assert int(trigger["Timeout"]) == migrator["Timeout"] * 1000
    assert trigger["ExecuteOnHandlerChange"] is True
    version = next(name for name, each in stack.resources.items() if each["Type"] == "AWS::Lambda::Version")
    assert trigger["HandlerArn"] == readable(version)

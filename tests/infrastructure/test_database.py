"""Aurora, and how its login roles and schema come into being."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest

from tests.infrastructure.resource_files import changes, resources
from tests.infrastructure.template.resolver import Resolver, readable
from tests.infrastructure.template.synthesis import CDK, assembled, make_app

DATA_KEY = "arn:aws:kms:ap-northeast-1:123456789012:key/StorageDataKey"


@pytest.fixture
def cluster(stack: Resolver) -> dict[str, Any]:
    """The cluster's properties."""
    (found,) = stack.of_type("AWS::RDS::DBCluster").values()
    return found


def test_the_cluster_is_aurora_postgresql_serverless(cluster: dict[str, Any], dev_stack: Resolver) -> None:
    """0.5 to 2.0 ACU; not paused: `dev` is, after a quarter of an hour."""
    assert cluster["Engine"] == "aurora-postgresql"
    assert cluster["ServerlessV2ScalingConfiguration"] == {"MinCapacity": 0.5, "MaxCapacity": 2}
    (of_dev,) = dev_stack.of_type("AWS::RDS::DBCluster").values()
    assert of_dev["ServerlessV2ScalingConfiguration"] == {
        "MinCapacity": 0,
        "MaxCapacity": 2,
        "SecondsUntilAutoPause": 900,
    }
    assert cluster["Port"] == 5432
    assert cluster["DatabaseName"] == "userlog"
    assert cluster["MasterUsername"] == "userlog_master"
    assert cluster["EngineVersion"] == "17.7"
    assert cluster["DatabaseInsightsMode"] == "standard"
    assert cluster["PreferredBackupWindow"] == "18:00-19:00"
    assert cluster["PreferredMaintenanceWindow"] == "sun:19:30-sun:20:30"
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
        assert instance["AutoMinorVersionUpgrade"] is True


def test_the_reader_can_take_over_at_any_size(stack: Resolver) -> None:
    """A promotion tier of 0 or 1 makes it scale with the writer."""
    assert stack.of_type("AWS::RDS::DBInstance")["DatabaseClusterReader"]["PromotionTier"] == 1


def test_without_a_reader_there_is_the_writer_alone(dev_stack: Resolver, optional_stack: Resolver) -> None:
    """In dev, and if the option says so."""
    for stack in (dev_stack, optional_stack):
        assert set(stack.of_type("AWS::RDS::DBInstance")) == {"DatabaseClusterWriter"}
    (cluster,) = optional_stack.of_type("AWS::RDS::DBCluster").values()
    assert cluster["ServerlessV2ScalingConfiguration"] == {"MinCapacity": 1, "MaxCapacity": 8}


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
    assert group["Parameters"] == {"rds.force_ssl": "1", "log_min_duration_statement": "1000"}


def test_logins_are_iam_tokens(cluster: dict[str, Any]) -> None:
    """And the master's password is RDS's own, which rotates it: no password is in the template."""
    assert cluster["EnableIAMDatabaseAuthentication"] is True
    assert cluster["ManageMasterUserPassword"] is True
    assert "MasterUserPassword" not in cluster


def test_backups_go_back_two_weeks_in_prod(cluster: dict[str, Any], dev_stack: Resolver) -> None:
    """And at least a day in dev."""
    (of_dev,) = dev_stack.of_type("AWS::RDS::DBCluster").values()
    assert cluster["BackupRetentionPeriod"] == 14
    assert of_dev["BackupRetentionPeriod"] == 1


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
    assert {"DatabaseClusterWriter", "DatabaseClusterReader", "DatabaseLoginRolesRights"} <= depends_on(stack, roles)


# The call -> what it waits for and its rights do not, so that IAM has minutes, or half a minute, to spread them.
WAITED_FOR = {
    "DatabaseLoginRoles": "DatabaseClusterWriter",
    "NetworkS3PrefixList": "NetworkVpcVPCGW",
    "NetworkDynamodbPrefixList": "NetworkVpcVPCGW",
}


@pytest.mark.parametrize("variant", ["stack", "dev_stack", "optional_stack"])
def test_the_rights_of_a_call_at_deploy_are_there_long_before_the_call(
    request: pytest.FixtureRequest, variant: str
) -> None:
    """Rights spread within seconds, and CDK's function asks once: it would be told AccessDenied."""
    stack = request.getfixturevalue(variant)
    calls = {readable(name): name for name, each in stack.resources.items() if each["Type"] == "Custom::AWS"}
    assert set(calls) == set(WAITED_FOR)
    for call, slow in WAITED_FOR.items():
        (rights,) = [name for name in stack.resources if readable(name) == f"{call}Rights"]
        assert {f"{call}Rights", "DeployCallsRole", slow} <= depends_on(stack, calls[call])
        assert slow not in depends_on(stack, rights)
        assert "DependsOn" not in stack.resources[rights]
        roles = stack.value(stack.resources[rights]["Properties"]["Roles"])
        assert roles == ["DeployCallsRole"]
    (function,) = [
        each["Properties"]
        for name, each in stack.resources.items()
        if name.startswith("AWS679f") and "Function" in each["Type"]
    ]
    assert stack.value(function["Role"]) == "arn:aws:iam::123456789012:role/DeployCallsRole"
    assert function["Timeout"] == 300


def test_a_failed_migration_fails_the_deployment(stack: Resolver) -> None:
    """The migrator is called and waited for, for its whole timeout, and again whenever its package has changed."""
    (trigger,) = stack.of_type("Custom::Trigger").values()
    migrator = stack.by_name("AWS::Lambda::Function")["user-log-schema-migrator"]
    assert trigger["InvocationType"] == "RequestResponse"
    assert int(trigger["Timeout"]) == migrator["Timeout"] * 1000
    assert trigger["ExecuteOnHandlerChange"] is True
    (version,) = [name for name in stack.resources if name.startswith("FunctionsMigratorCurrentVersion")]
    assert stack.template["Resources"][version]["Type"] == "AWS::Lambda::Version"
    (found,) = [each for each in stack.resources.values() if each["Type"] == "Custom::Trigger"]
    assert found["Properties"]["HandlerArn"] == {"Ref": version}


def restored() -> Resolver:
    """Return prod after its cluster was restored from a snapshot."""
    made = assembled(make_app(clusterIdentifier="user-log-restored", snapshotIdentifier="rds:user-log-2026-11-27"))
    shutil.rmtree(made.folder)
    assert made.refusal == ""
    return Resolver(made.template)


def test_a_restore_changes_the_cluster_and_nothing_else(stack: Resolver) -> None:
    """Under the usual name the template would be the usual one, but for what the snapshot brings."""
    usual, named = resources(stack), json.dumps(resources(restored()))
    after = json.loads(named.replace("user-log-restored", "user-log"))
    different = changes(usual, after)
    del different["FunctionsProcessorAlias"]  # of a new version, as the next test says
    assert list(different) == ["DatabaseCluster"]
    cluster, old = after["DatabaseCluster"]["Properties"], usual["DatabaseCluster"]["Properties"]
    assert {name for name in cluster.keys() | old.keys() if cluster.get(name) != old.get(name)} == {
        "DatabaseName",
        "MasterUsername",
        "SnapshotIdentifier",
    }
    # The roles and the migration follow: the call that makes the logins names the new cluster.
    assert "user-log-restored" in json.dumps(json.loads(named)["DatabaseLoginRoles"]["Properties"]["Update"])


def test_a_restored_cluster_is_a_second_one_from_the_snapshot(stack: Resolver) -> None:
    """Under its own name; database and master come with the snapshot; functions get new versions, with its address."""
    after = restored()
    (cluster,) = after.of_type("AWS::RDS::DBCluster").values()
    assert cluster["DBClusterIdentifier"] == "user-log-restored"
    assert cluster["SnapshotIdentifier"] == "rds:user-log-2026-11-27"
    assert not {"MasterUsername", "DatabaseName"} & set(cluster)
    assert (cluster["KmsKeyId"], cluster["ManageMasterUserPassword"]) == (DATA_KEY, True)
    names = {each["DBInstanceIdentifier"] for each in after.of_type("AWS::RDS::DBInstance").values()}
    assert names == {"user-log-restored-writer", "user-log-restored-reader"}
    assert "/aws/rds/cluster/user-log-restored/postgresql" in after.by_name("AWS::Logs::LogGroup")
    versions = [
        {name for name, each in each.resources.items() if each["Type"] == "AWS::Lambda::Version"}
        for each in (stack, after)
    ]
    assert [len(each) for each in versions] == [5, 5]
    assert versions[0] & versions[1] == set()

"""Who reaches whom: every rule of every security group."""

from __future__ import annotations

import re
from typing import Any

from tests.infrastructure.template.resolver import Resolver

FUNCTIONS, DATABASE = "user-log-functions", "user-log-database"
# EC2 gives a group without a rule of its own one that lets everything out; this one, which fits no packet, prevents it.
NOWHERE = {"CidrIp": "255.255.255.255/32", "IpProtocol": "icmp", "FromPort": 252, "ToPort": 86}
PEERS = ("CidrIp", "CidrIpv6", "DestinationSecurityGroupId", "DestinationPrefixListId", "SourceSecurityGroupId")


def paths(stack: Resolver, direction: str) -> set[tuple[str, str, str, int, int]]:
    """Return (group, peer, protocol, ports) of every rule, whether written into the group or beside it."""
    rules: list[tuple[str, dict[str, Any]]] = [
        (group["GroupName"], rule)
        for group in stack.of_type("AWS::EC2::SecurityGroup").values()
        for rule in group.get(f"SecurityGroup{direction}", [])
        if not NOWHERE.items() <= rule.items()
    ]
    rules += [(rule["GroupId"], rule) for rule in stack.of_type(f"AWS::EC2::SecurityGroup{direction}").values()]
    found = set()
    for group, rule in rules:
        (peer,) = [rule[key] for key in PEERS if key in rule]
        found.add((group, peer, rule["IpProtocol"], rule["FromPort"], rule["ToPort"]))
    return found


def test_there_are_no_groups_but_the_two(stack: Resolver) -> None:
    """The functions' and the database's."""
    assert set(stack.by_name("AWS::EC2::SecurityGroup")) == {FUNCTIONS, DATABASE}


def test_only_the_functions_reach_the_database(stack: Resolver) -> None:
    """On PostgreSQL's port; nothing reaches the functions."""
    assert paths(stack, "Ingress") == {(DATABASE, FUNCTIONS, "tcp", 5432, 5432)}


def test_the_functions_reach_the_database_s3_and_dynamodb_and_nothing_else(stack: Resolver) -> None:
    """By the database's group, and by AWS's own lists of addresses."""
    assert paths(stack, "Egress") == {
        (FUNCTIONS, DATABASE, "tcp", 5432, 5432),
        (FUNCTIONS, "<NetworkS3PrefixList.PrefixLists.0.PrefixListId>", "tcp", 443, 443),
        (FUNCTIONS, "<NetworkDynamodbPrefixList.PrefixLists.0.PrefixListId>", "tcp", 443, 443),
    }


def test_no_group_keeps_the_rule_that_lets_everything_out(stack: Resolver) -> None:
    """A group that is created without a rule has one, until CloudFormation adds the rules that stand beside it."""
    for name, group in stack.by_name("AWS::EC2::SecurityGroup").items():
        assert group.get("SecurityGroupEgress"), name


def test_the_default_group_is_emptied(stack: Resolver) -> None:
    """What is put into the network without a group reaches nothing."""
    (vpc,) = stack.of_type("AWS::EC2::VPC")
    (emptied,) = stack.of_type("Custom::VpcRestrictDefaultSG").values()
    assert emptied["DefaultSecurityGroupId"] == f"<{vpc}.DefaultSecurityGroup>"


def test_functions_and_cluster_are_in_their_groups(stack: Resolver) -> None:
    """Each in its own, and in no other."""
    (cluster,) = stack.of_type("AWS::RDS::DBCluster").values()
    assert cluster["VpcSecurityGroupIds"] == [DATABASE]
    functions = stack.of_type("AWS::Lambda::Function")
    placed = [function["VpcConfig"]["SecurityGroupIds"] for function in functions.values() if "VpcConfig" in function]
    assert placed == [[FUNCTIONS]] * 4


def test_the_prefix_lists_are_those_of_s3_and_dynamodb_here(stack: Resolver) -> None:
    """Their ids are asked for at deploy, by name."""
    calls = stack.of_type("Custom::AWS")
    for name in ("s3", "dynamodb"):
        call = calls[f"Network{name.capitalize()}PrefixList"]
        for moment in ("Create", "Update"):
            assert f'"com.amazonaws.ap-northeast-1.{name}"' in call[moment]
            assert '"DescribeManagedPrefixLists"' in call[moment]


def test_descriptions_have_only_characters_that_ec2_takes(stack: Resolver) -> None:
    """An apostrophe makes a deployment fail, and no validator says so."""
    texts = [group["GroupDescription"] for group in stack.of_type("AWS::EC2::SecurityGroup").values()]
    for direction in ("Ingress", "Egress"):
        texts += [rule["Description"] for rule in stack.of_type(f"AWS::EC2::SecurityGroup{direction}").values()]
    for group in stack.of_type("AWS::EC2::SecurityGroup").values():
        texts += [rule["Description"] for rule in group["SecurityGroupEgress"]]
    assert len(texts) >= 7
    for text in texts:
        assert re.fullmatch(r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{1,255}", text), text

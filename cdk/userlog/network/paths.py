"""Connections that are allowed: the rules of the two security groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam

from userlog.aws_call import aws_call, sdk_call
from userlog.stage import REGION

if TYPE_CHECKING:
    from constructs import Construct

POSTGRESQL_PORT = 5432
HTTPS_PORT = 443


def open_paths(scope: Construct, *, functions: ec2.SecurityGroup, database: ec2.SecurityGroup) -> None:
    """Let the functions reach PostgreSQL, and S3 and DynamoDB by their gateway endpoints; nothing else.

    Raises:
        TypeError: CDK no longer makes a security group as this code expects.
    """
    postgresql = ec2.Port.tcp(POSTGRESQL_PORT)
    functions.add_egress_rule(database, postgresql, "PostgreSQL")
    database.add_ingress_rule(functions, postgresql, "PostgreSQL, from the functions")
    # Inside the group itself: where its own list is empty, EC2 adds a rule that lets everything out. CDK would make
    # each of these a resource beside the group.
    group = functions.node.default_child
    if not isinstance(group, ec2.CfnSecurityGroup):
        raise TypeError("CDK no longer makes a security group as this code expects")
    group.security_group_egress = [
        ec2.CfnSecurityGroup.EgressProperty(
            ip_protocol="tcp",
            from_port=HTTPS_PORT,
            to_port=HTTPS_PORT,
            destination_prefix_list_id=_prefix_list(scope, name),
            description=f"{name}, by its gateway endpoint",
        )
        for name in ("s3", "dynamodb")
    ]


def _prefix_list(scope: Construct, service: str) -> str:
    """Return the id of AWS's list of a service's addresses; only AWS knows it, so it is asked at deploy."""
    call = sdk_call(
        "EC2",
        "DescribeManagedPrefixLists",
        f"{service}-prefix-list",
        {"Filters": [{"Name": "prefix-list-name", "Values": [f"com.amazonaws.{REGION}.{service}"]}]},
        "PrefixLists.0.PrefixListId",
    )
    # ec2:Describe* takes no resource.
    statement = iam.PolicyStatement(actions=["ec2:DescribeManagedPrefixLists"], resources=["*"])
    resource = aws_call(scope, f"{service.capitalize()}PrefixList", call=call, statements=[statement])
    return resource.get_response_field("PrefixLists.0.PrefixListId")

"""The log groups of the functions that CDK adds for its custom resources."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from aws_cdk import CfnResource, RemovalPolicy
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

if TYPE_CHECKING:
    from aws_cdk import Stack
    from constructs import Construct


def give_providers_log_groups(stack: Stack) -> None:
    """Give each function of CDK's own a log group that is kept for a month and goes with the stack.

    Without one, Lambda makes it at the first call, and keeps it for ever, even when the stack is gone.

    Args:
        stack: the finished stack; what is added to it later is not seen.
    """
    for construct in stack.node.find_all():
        if not isinstance(construct, CfnResource) or isinstance(construct, lambda_.CfnFunction):
            continue  # the functions of lambda_.Function have their groups
        if construct.cfn_resource_type != lambda_.CfnFunction.CFN_RESOURCE_TYPE_NAME:
            continue
        group = logs.LogGroup(
            cast("Construct", construct.node.scope),
            "Logs",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=RemovalPolicy.DESTROY,
        )
        construct.add_property_override("LoggingConfig", {"LogGroup": group.log_group_name})

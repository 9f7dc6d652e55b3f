"""A call of an AWS API while the stack is deployed, from outside the VPC."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import custom_resources as cr

if TYPE_CHECKING:
    from constructs import Construct

_LOG_GROUP = "DeployCallsLogs"


def aws_call(
    scope: Construct,
    construct_id: str,
    *,
    call: cr.AwsSdkCall,
    statements: list[iam.PolicyStatement],
    timeout: Duration | None = None,
) -> cr.AwsCustomResource:
    """Return the custom resource that makes a call when it is created and whenever the call's parameters change.

    All calls of a stack share one function (CDK's), and so its timeout and its log group: those of the first.
    """
    return cr.AwsCustomResource(
        scope,
        construct_id,
        on_update=call,
        policy=cr.AwsCustomResourcePolicy.from_statements(statements),
        install_latest_aws_sdk=False,
        timeout=timeout or Duration.minutes(5),
        log_group=_log_group(Stack.of(scope)),
    )


def sdk_call(service: str, action: str, name: str, parameters: dict[str, Any], *answers: str) -> cr.AwsSdkCall:
    """Return a call; `answers` are the paths in its answer that are kept."""
    return cr.AwsSdkCall(
        service=service,
        action=action,
        parameters=parameters,
        physical_resource_id=cr.PhysicalResourceId.of(name),
        output_paths=list(answers) or None,
    )


def _log_group(stack: Stack) -> logs.ILogGroup:
    found = stack.node.try_find_child(_LOG_GROUP)
    if isinstance(found, logs.LogGroup):
        return found
    return logs.LogGroup(
        stack, _LOG_GROUP, retention=logs.RetentionDays.ONE_MONTH, removal_policy=RemovalPolicy.DESTROY
    )

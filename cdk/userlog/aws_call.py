"""A call of an AWS API while the stack is deployed, from outside the VPC."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import custom_resources as cr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct, IDependable

_ROLE, _LOG_GROUP = "DeployCallsRole", "DeployCallsLogs"
_TIMEOUT = Duration.minutes(5)


def aws_call(
    scope: Construct,
    construct_id: str,
    *,
    call: cr.AwsSdkCall,
    rights: Sequence[iam.PolicyStatement],
    after: IDependable,
) -> cr.AwsCustomResource:
    """Return the custom resource that makes a call when it is created and whenever the call's parameters change.

    A right takes IAM some seconds to spread, and CDK's function makes one attempt. So the call waits for `after`, which
    takes a while, and its rights do not: they exist as soon as what they speak of does.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency

    All calls of a stack share one function (CDK's) with one role and one log group.

    Args:
        scope: the parent construct.
        construct_id: the call's name below the parent.
        call: the call.
        rights: what the call needs.
        after: what has to be there first; something that is long in the making.

    Raises:
        TypeError: CDK no longer makes a custom resource as this code expects.
    """
    stack = Stack.of(scope)
    role = _role(stack)
    policy = iam.Policy(scope, f"{construct_id}Rights", statements=list(rights), roles=[role])
    made = cr.AwsCustomResource(
        scope,
        construct_id,
        on_update=call,
        role=role,
        install_latest_aws_sdk=False,
        timeout=_TIMEOUT,
        log_group=_log_group(stack),
    )
    made.node.add_dependency(policy, after)
    return made


def sdk_call(service: str, action: str, name: str, parameters: dict[str, Any], *answers: str) -> cr.AwsSdkCall:
    """Return a call; `answers` are the paths in its answer that are kept."""
    return cr.AwsSdkCall(
        service=service,
        action=action,
        parameters=parameters,
        physical_resource_id=cr.PhysicalResourceId.of(name),
        output_paths=list(answers) or None,
    )


def _role(stack: Stack) -> iam.Role:
    found = stack.node.try_find_child(_ROLE)
    if isinstance(found, iam.Role):
        return found
    return iam.Role(
        stack,
        _ROLE,
        description="What the calls of AWS at deploy may do",
        assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
        inline_policies={
            "Logs": iam.PolicyDocument(
                statements=[
                    iam.PolicyStatement(
                        actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                        resources=[_log_group(stack).log_group_arn],
                    )
                ]
            )
        },
    )


def _log_group(stack: Stack) -> logs.ILogGroup:
    found = stack.node.try_find_child(_LOG_GROUP)
    if isinstance(found, logs.LogGroup):
        return found
    return logs.LogGroup(
        stack, _LOG_GROUP, retention=logs.RetentionDays.ONE_MONTH, removal_policy=RemovalPolicy.DESTROY
    )

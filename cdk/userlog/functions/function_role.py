"""The role of a function: what every function in the network needs, and its own statements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Aws
from aws_cdk import aws_iam as iam

from userlog.stage import REGION

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_logs as logs
    from constructs import Construct

_INTERFACES = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
]


class FunctionRole(iam.Role):
    """A role that Lambda takes for one function. All its statements are inline: complete before the function is made.

    Args:
        scope: the parent construct.
        construct_id: its name below the parent.
        function_name: the function's.
        log_group: where it logs.
        policies: name -> statements, beside those for network, logs and traces.
        in_network: whether the function runs in the VPC.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function_name: str,
        log_group: logs.ILogGroup,
        policies: Mapping[str, Sequence[iam.PolicyStatement]],
        in_network: bool = True,
    ) -> None:
        everything = {
            **policies,
            **({"Network": _interfaces(function_name)} if in_network else {}),
            "Logs": [
                iam.PolicyStatement(
                    actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[log_group.log_group_arn]
                )
            ],
            # X-Ray knows no resources for these.
            "Traces": [
                iam.PolicyStatement(actions=["xray:PutTelemetryRecords", "xray:PutTraceSegments"], resources=["*"])
            ],
        }
        super().__init__(
            scope,
            construct_id,
            description=f"What {function_name} may do",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            inline_policies={name: iam.PolicyDocument(statements=list(those)) for name, those in everything.items()},
        )


def _interfaces(function_name: str) -> list[iam.PolicyStatement]:
    """Let Lambda put the function into the network, and the function's own code do no such thing.

    Lambda refuses a role that may do it on some resources only, so it is `*`; the second statement takes it back for
    calls from inside. https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
    """
    function_arn = f"arn:{Aws.PARTITION}:lambda:{REGION}:{Aws.ACCOUNT_ID}:function:{function_name}"
    return [
        iam.PolicyStatement(actions=_INTERFACES, resources=["*"]),
        iam.PolicyStatement(
            effect=iam.Effect.DENY,
            actions=_INTERFACES,
            resources=["*"],
            conditions={"ArnEquals": {"lambda:SourceFunctionArn": function_arn}},
        ),
    ]

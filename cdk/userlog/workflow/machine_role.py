"""The role of a state machine: who may take it, and what every machine needs to log and to be traced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Aws
from aws_cdk import aws_iam as iam

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs import Construct

STATES = "states.amazonaws.com"


def allow(
    actions: Sequence[str], resources: Sequence[str], conditions: Mapping[str, object] | None = None
) -> iam.PolicyStatement:
    """Return a statement that allows exactly these actions on these resources."""
    return iam.PolicyStatement(actions=actions, resources=resources, conditions=conditions)


class MachineRole(iam.Role):
    """A role that Step Functions, for this account's machines only, may take.

    All statements are inline and name the machine by its name, not by reference: so the role is complete before the
    machine is created (Step Functions checks the logging rights then), and no circle arises.

    Args:
        scope: the parent construct.
        construct_id: its name below the parent.
        description: what the role is for.
        policies: name -> statements, beside those for logs and traces.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        description: str,
        policies: Mapping[str, Sequence[iam.PolicyStatement]],
    ) -> None:
        everything = {**policies, "Logs": [_deliver_logs()], "Traces": [_trace()]}
        super().__init__(
            scope,
            construct_id,
            description=description,
            assumed_by=iam.ServicePrincipal(
                STATES,
                conditions={
                    "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                    "ArnLike": {
                        "aws:SourceArn": f"arn:{Aws.PARTITION}:states:{Aws.REGION}:{Aws.ACCOUNT_ID}:stateMachine:*"
                    },
                },
            ),
            inline_policies={name: iam.PolicyDocument(statements=list(those)) for name, those in everything.items()},
        )


def _deliver_logs() -> iam.PolicyStatement:
    """CloudWatch Logs' delivery API names no resources: AWS's page asks for `*`.

    https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
    """
    return allow(
        [
            "logs:CreateLogDelivery",
            "logs:DeleteLogDelivery",
            "logs:DescribeLogGroups",
            "logs:DescribeResourcePolicies",
            "logs:GetLogDelivery",
            "logs:ListLogDeliveries",
            "logs:PutResourcePolicy",
            "logs:UpdateLogDelivery",
        ],
        ["*"],
    )


def _trace() -> iam.PolicyStatement:
    """X-Ray knows no resources for these.

    https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html
    """
    return allow(
        ["xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTelemetryRecords", "xray:PutTraceSegments"], ["*"]
    )

"""The role of a state machine: who may take it, and what every machine needs to log and to be traced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Aws
from aws_cdk import aws_iam as iam

from userlog.storage.data_key import LOG_CONTEXT, LOG_SOURCE, MACHINE_USE, machine_context

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_kms as kms
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
        machine: the machine's ARN.
        data_key: encrypts what the machine keeps of its executions.
        policies: name -> statements, beside those for logs, traces and that key.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        description: str,
        machine: str,
        data_key: kms.IKey,
        policies: Mapping[str, Sequence[iam.PolicyStatement]],
    ) -> None:
        everything = {
            **policies,
            "Logs": [_deliver_logs()],
            "Traces": [_trace()],
            "KeepHistory": _keep_history(machine, data_key),
        }
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


def _keep_history(machine: str, data_key: kms.IKey) -> list[iam.PolicyStatement]:
    """Encrypt the executions, those of the map's children too, and what is handed to CloudWatch Logs.

    https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
    """
    key = [data_key.key_arn]
    return [
        allow(MACHINE_USE, key, machine_context(machine)),
        allow(["kms:GenerateDataKey"], key, {"StringEquals": {LOG_CONTEXT: LOG_SOURCE}}),
    ]


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

"""The policies that AWS manages and templates attach to the roles of functions.

AWS managed policy reference guide; the documents' default versions of 2026-11.
"""

from __future__ import annotations

from typing import Any, Final

_LOGS = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
_INTERFACES = [
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
]
_TRACES = [
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:GetSamplingStatisticSummaries",
]
_ACTIONS: Final = {
    "service-role/AWSLambdaBasicExecutionRole": _LOGS,
    "service-role/AWSLambdaVPCAccessExecutionRole": [*_LOGS, *_INTERFACES],
    "AWSXRayDaemonWriteAccess": _TRACES,
}


def managed_policy(arn: str) -> dict[str, Any] | None:
    """Return the document of a policy that AWS manages; None if it is not known here."""
    actions = _ACTIONS.get(arn.removeprefix("arn:aws:iam::aws:policy/"))
    if actions is None:
        return None
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}

"""The permissions that a local run neither uses nor can show to be needed, each with the reason: the one place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from simulator.aws.iam.audit import Unused
    from simulator.aws.iam.template.deployment import Deployment

_DEPLOYS: Final = "CloudFormation calls it while it deploys; nothing is deployed locally"
_BY_NAME: Final = "it is called by people, or by what runs on AWS only"


@dataclass(frozen=True, slots=True)
class NotSeen:
    """Permissions that look unused.

    Args:
        owner: a pattern of the owner's name; all of it.
        action: a pattern of the action's name; all of it.
        reason: why they stay unused in any local run.
    """

    owner: str
    action: str
    reason: str


NOT_SEEN: Final = (
    NotSeen(
        "StorageDataKey|MonitoringAlarmsKey",
        r"kms:(CancelKeyDeletion|CreateAlias|DeleteAlias|Describe\*|Disable\*|Enable\*|Get\*|List\*|Put\*|RevokeGrant"
        r"|RotateKeyOnDemand|ScheduleKeyDeletion|TagResource|UntagResource|Update\*|\*)",
        "administrators of the account use it",
    ),
    NotSeen("StorageDataKey", "kms:CreateGrant", "RDS, DynamoDB and Secrets Manager ask for grants while they deploy"),
    NotSeen(
        "StorageDataKey",
        "kms:(Encrypt|GenerateDataKeyWithoutPlaintext|ReEncryptFrom|ReEncryptTo)",
        "RDS and Secrets Manager use it for storage and backups, and when a key changes",
    ),
    NotSeen("StorageDataKey", "kms:GenerateDataKey", "the delivery of logs uses it; AWS does not say for what"),
    NotSeen(
        "FunctionsReporterRole", "s3:AbortMultipartUpload", "asked for only if the upload of a large report is given up"
    ),
    NotSeen(
        "FunctionsReporterRole",
        "states:DescribeExecution",
        "on AWS an execution's event has no input if a customer's key encrypts it, and the reporter asks; here it has",
    ),
    NotSeen("FunctionsReporterRole", "sns:Publish", "the local cloud has no topic of the senders"),
    NotSeen(
        "FunctionsReporterRole",
        "kms:(Decrypt|GenerateDataKey)",
        "goes with sns:Publish: the local cloud has no topic of the senders",
    ),
    NotSeen("FunctionsFileGateRole", "states:ListMapRuns", "the file gate asks only when a run is redriven"),
    NotSeen("FunctionsFileGateRole", "dynamodb:DeleteItem", "only a file that has waited for its turn is forgotten"),
    NotSeen(
        "FunctionsFileGateRole",
        "kms:GenerateDataKey",
        "on AWS an answer is added to an execution that a customer's key encrypts; here nothing is encrypted",
    ),
    NotSeen("StorageInputPolicy|StorageOutputPolicy", "s3:.*", "the external system, of another account, uses it"),
    NotSeen("StorageDataKey", "kms:Decrypt", "the external system, of another account, uses it"),
)


def reason_for(unused: Unused, action: str, deployment: Deployment) -> str | None:
    """Return why a permission stays unused in any local run; None if a run could use it.

    Args:
        unused: what was found.
        action: one of its actions.
        deployment: says which roles act only while the stack is deployed, and which policies belong to nobody.
    """
    if unused.owner in deployment.deploying:
        return _DEPLOYS
    if unused.principals and deployment.deploying_arns.issuperset(unused.principals):
        return _DEPLOYS
    if unused.owner in deployment.of_nobody:
        return _BY_NAME
    for one in NOT_SEEN:
        if re.fullmatch(one.owner, unused.owner) and re.fullmatch(one.action, action):
            return one.reason
    return None

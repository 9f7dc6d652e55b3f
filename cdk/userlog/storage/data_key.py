"""The key of all data at rest: who administers it, and who uses it by way of which service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Aws, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

from userlog.stage import REGION

if TYPE_CHECKING:
    from constructs import Construct

    from userlog.stage import Stage

SERVICES = ("dynamodb", "rds", "s3", "secretsmanager", "sns")
LOG_GROUPS = ("/aws/lambda/*", "/aws/rds/cluster/*", "/aws/vendedlogs/states/*")
_ADMINISTRATION = [
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:Describe*",
    "kms:Disable*",
    "kms:Enable*",
    "kms:Get*",
    "kms:List*",
    "kms:Put*",
    "kms:RevokeGrant",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:Update*",
]
_USE = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext"]
MACHINE_USE = ["kms:Decrypt", "kms:GenerateDataKey"]
MACHINE_CONTEXT = "kms:EncryptionContext:aws:states:stateMachineArn"
LOG_CONTEXT = "kms:EncryptionContext:SourceArn"
LOG_SOURCE = f"arn:{Aws.PARTITION}:logs:{REGION}:{Aws.ACCOUNT_ID}:*"
_REENCRYPTION = ["kms:ReEncryptFrom", "kms:ReEncryptTo"]


def data_key(scope: Construct, construct_id: str, *, stage: Stage) -> kms.Key:
    """Return the key.

    The account administers it, but cannot encrypt or decrypt with it: that is for principals whose own policy says so,
    and only by way of the services that hold the data. (A role of ours names it in a statement of its own.)
    """
    return kms.Key(
        scope,
        construct_id,
        alias=f"alias/{stage.name_of('DataKey')}",
        description="User log pipeline: buckets, audit table, database, logs",
        enable_key_rotation=True,
        pending_window=Duration.days(30 if stage.keeps_data else 7),
        removal_policy=stage.removal_policy,
        policy=iam.PolicyDocument(
            statements=[
                _administer(),
                _use_by_services(),
                _use_by_machines(stage),
                _grant_to_services(),
                _encrypt_logs(),
                _deliver_logs(),
            ]
        ),
    )


def _administer() -> iam.PolicyStatement:
    # In a key's policy, "*" is the key itself.
    return iam.PolicyStatement(
        sid="AccountAdministers", principals=[iam.AccountRootPrincipal()], actions=_ADMINISTRATION, resources=["*"]
    )


def _use_by_services() -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid="AccountUsesByServices",
        principals=[iam.AccountRootPrincipal()],
        actions=[*_USE, *_REENCRYPTION],
        resources=["*"],
        conditions={"StringEquals": {"kms:ViaService": [f"{service}.{REGION}.amazonaws.com" for service in SERVICES]}},
    )


def _use_by_machines(stage: Stage) -> iam.PolicyStatement:
    """Let the machines' roles, and who reads their histories, encrypt and decrypt what these machines keep.

    https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
    """
    return iam.PolicyStatement(
        sid="AccountUsesByMachines",
        principals=[iam.AccountRootPrincipal()],
        actions=MACHINE_USE,
        resources=["*"],
        conditions={"StringLike": {MACHINE_CONTEXT: _machines(stage)}},
    )


def _machines(stage: Stage) -> list[str]:
    arns = [machine_arn(stage, resource) for resource in ("Workflow", "Dispatcher")]
    return [*arns, *(f"{arn}/*" for arn in arns)]


def machine_arn(stage: Stage, resource: str) -> str:
    """Return a machine's ARN by name: its role is there before it."""
    return f"arn:{Aws.PARTITION}:states:{REGION}:{Aws.ACCOUNT_ID}:stateMachine:{stage.name_of(resource)}"


def machine_context(machine: str) -> dict[str, object]:
    """Return the condition that the key is used for what a machine keeps of its executions, a map's children too."""
    return {"StringLike": {MACHINE_CONTEXT: [machine, f"{machine}/*"]}}


def _deliver_logs() -> iam.PolicyStatement:
    """Let CloudWatch Logs read what a machine under the key hands it, and the machines' roles encrypt it."""
    return iam.PolicyStatement(
        sid="MachinesLogsAreDelivered",
        principals=[iam.ServicePrincipal("delivery.logs.amazonaws.com"), iam.AccountRootPrincipal()],
        actions=["kms:Decrypt", "kms:GenerateDataKey"],
        resources=["*"],
        conditions={"StringEquals": {LOG_CONTEXT: LOG_SOURCE}},
    )


def _grant_to_services() -> iam.PolicyStatement:
    """Let the one who makes the cluster and the table hand the key to RDS and DynamoDB."""
    return iam.PolicyStatement(
        sid="AccountGrantsToServices",
        principals=[iam.AccountRootPrincipal()],
        actions=["kms:CreateGrant"],
        resources=["*"],
        conditions={"Bool": {"kms:GrantIsForAWSResource": True}},
    )


def _encrypt_logs() -> iam.PolicyStatement:
    groups = [f"arn:{Aws.PARTITION}:logs:{REGION}:{Aws.ACCOUNT_ID}:log-group:{group}" for group in LOG_GROUPS]
    return iam.PolicyStatement(
        sid="LogsEncrypt",
        principals=[iam.ServicePrincipal(f"logs.{REGION}.amazonaws.com")],
        actions=[*_USE, *_REENCRYPTION, "kms:DescribeKey"],
        resources=["*"],
        conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
    )


def report_use(principal: iam.IPrincipal, bucket_arn: str) -> iam.PolicyStatement:
    """Return what the uploader needs of the key to read reports (with a bucket key, the context is the bucket)."""
    return iam.PolicyStatement(
        sid="UploaderReadsReports",
        principals=[principal],
        actions=["kms:Decrypt"],
        resources=["*"],
        conditions=_of_bucket(bucket_arn),
    )


def upload_use(principal: iam.IPrincipal, bucket_arn: str) -> iam.PolicyStatement:
    """Return what the uploader needs of the key: to encrypt what it puts into the bucket.

    An upload in parts also decrypts: S3 reads the parts to put them together.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuAndPermissions.html
    """
    return iam.PolicyStatement(
        sid="UploaderEncrypts",
        principals=[principal],
        actions=["kms:Decrypt", "kms:GenerateDataKey"],
        resources=["*"],
        conditions=_of_bucket(bucket_arn),
    )


def _of_bucket(bucket_arn: str) -> dict[str, object]:
    return {
        "StringEquals": {"kms:ViaService": f"s3.{REGION}.amazonaws.com"},
        "StringLike": {"kms:EncryptionContext:aws:s3:arn": [bucket_arn, f"{bucket_arn}/*"]},
    }

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

SERVICES = ("dynamodb", "rds", "s3", "secretsmanager")
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
            statements=[_administer(), _use_by_services(), _grant_to_services(), _encrypt_logs()]
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


def upload_use(principal: iam.IPrincipal, bucket_arn: str) -> iam.PolicyStatement:
    """Return what the uploader needs of the key: to encrypt what it puts into the bucket, nothing else."""
    return iam.PolicyStatement(
        sid="UploaderEncrypts",
        principals=[principal],
        actions=["kms:GenerateDataKey"],
        resources=["*"],
        conditions={
            "StringEquals": {"kms:ViaService": f"s3.{REGION}.amazonaws.com"},
            "StringLike": {"kms:EncryptionContext:aws:s3:arn": [bucket_arn, f"{bucket_arn}/*"]},
        },
    )

"""The functions' login roles in the database, made at deploy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_iam as iam

from userlog.aws_call import aws_call, sdk_call
from userlog.definitions import DEFINITIONS
from userlog.stage import REGION

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_rds as rds
    from aws_cdk import custom_resources as cr
    from constructs import Construct


def login_roles(
    scope: Construct, cluster: rds.DatabaseCluster, *, database: str, data_key: kms.IKey
) -> cr.AwsCustomResource:
    """Make the login roles of `aws_roles.sql` as the master user, by the Data API: it needs no way into the VPC.

    Args:
        scope: the parent construct.
        cluster: where the roles are made.
        database: the database in the cluster.
        data_key: the key that encrypts the master's secret.

    Returns:
        The custom resource; depend on it to have the roles.

    Raises:
        TypeError: CDK keeps no secret of the master.
    """
    secret = cluster.secret
    if secret is None:
        raise TypeError("CDK keeps no secret of the master")
    call = sdk_call(
        "RDSDataService",
        "ExecuteStatement",
        "login-roles",
        {
            "resourceArn": cluster.cluster_arn,
            "secretArn": secret.secret_arn,
            "database": database,
            "sql": (DEFINITIONS / "aws_roles.sql").read_text(encoding="utf-8"),
        },
        "numberOfRecordsUpdated",
    )
    statements = [
        iam.PolicyStatement(actions=["rds-data:ExecuteStatement"], resources=[cluster.cluster_arn]),
        iam.PolicyStatement(actions=["secretsmanager:GetSecretValue"], resources=[secret.secret_arn]),
        iam.PolicyStatement(
            actions=["kms:Decrypt"],
            resources=[data_key.key_arn],
            conditions={
                "StringEquals": {
                    "kms:ViaService": f"secretsmanager.{REGION}.amazonaws.com",
                    "kms:EncryptionContext:SecretARN": secret.secret_arn,
                }
            },
        ),
    ]
    # The call waits for the writer, minutes after the cluster, which is all that the rights need.
    return aws_call(scope, "LoginRoles", call=call, rights=statements, after=cluster)

"""The rights of each function to data: its statements, and the same limits at the network's endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_iam as iam

from userlog.definitions import definition
from userlog.stage import REGION
from userlog.storage.storage import USERS_PREFIX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_s3 as s3

    from userlog.database.database import Database
    from userlog.network.network import Network
    from userlog.storage.storage import Storage

Policies = dict[str, list[iam.PolicyStatement]]
MIGRATOR_USER: str = definition("resources.json")["database"]["migratorUser"]
PROCESSOR_USER: str = definition("resources.json")["database"]["processorUser"]
READER_USER: str = definition("resources.json")["database"]["readerUser"]
_READ_VERSION = ["s3:GetObjectVersion"]
_READ = ["s3:GetObject"]
_WRITE_ITEMS = ["dynamodb:BatchWriteItem", "dynamodb:PutItem"]


def validator_policies(storage: Storage) -> Policies:
    """Read the uploaded version, nothing else: reading a version needs GetObjectVersion."""
    return {
        "ReadUpload": [
            _allow(_READ_VERSION, [storage.input_bucket.arn_for_objects("*")]),
            _decrypt(storage, storage.input_bucket),
        ]
    }


def processor_policies(storage: Storage, database: Database) -> Policies:
    """Log in to the database; write audit items, by way of the table's key."""
    return {
        "LogIn": [_log_in(database, PROCESSOR_USER)],
        "WriteAudit": [
            _allow(_WRITE_ITEMS, [storage.logs_table.table_arn]),
            # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
            _allow(["kms:Decrypt", "kms:DescribeKey"], [storage.data_key.key_arn], _through("dynamodb")),
        ],
    }


def migrator_policies(storage: Storage, database: Database) -> Policies:
    """Log in to the database; read the user master."""
    return {
        "LogIn": [_log_in(database, MIGRATOR_USER)],
        "ReadUsers": [
            _allow(_READ, [storage.output_bucket.arn_for_objects(f"{USERS_PREFIX}*")]),
            _decrypt(storage, storage.output_bucket),
        ],
    }


def reader_policies(database: Database) -> Policies:
    """Log in to the database, whose grants let it read two tables."""
    return {"LogIn": [_log_in(database, READER_USER)]}


def open_endpoints(
    network: Network, storage: Storage, *, validator: iam.IRole, processor: iam.IRole, migrator: iam.IRole
) -> None:
    """Let through the gateway endpoints what the functions may do, and refuse all else."""
    uploads = [storage.input_bucket.arn_for_objects("*")]
    users = [storage.output_bucket.arn_for_objects(f"{USERS_PREFIX}*")]
    network.s3_endpoint.add_to_policy(_at_endpoint(validator, _READ_VERSION, uploads))
    network.s3_endpoint.add_to_policy(_at_endpoint(migrator, _READ, users))
    network.dynamodb_endpoint.add_to_policy(_at_endpoint(processor, _WRITE_ITEMS, [storage.logs_table.table_arn]))


def _at_endpoint(role: iam.IRole, actions: Sequence[str], resources: Sequence[str]) -> iam.PolicyStatement:
    # A gateway endpoint takes no principal but `*`; the condition names the role.
    # https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
    return iam.PolicyStatement(
        principals=[iam.AnyPrincipal()],
        actions=actions,
        resources=resources,
        conditions={"ArnEquals": {"aws:PrincipalArn": role.role_arn}},
    )


def _log_in(database: Database, user: str) -> iam.PolicyStatement:
    return _allow(["rds-db:connect"], [database.login_arn(user)])


def _decrypt(storage: Storage, bucket: s3.IBucket) -> iam.PolicyStatement:
    """Decrypt the objects of one bucket: the context is the bucket (with a bucket key), or the object."""
    context = {"kms:EncryptionContext:aws:s3:arn": [bucket.bucket_arn, bucket.arn_for_objects("*")]}
    return _allow(["kms:Decrypt"], [storage.data_key.key_arn], {**_through("s3"), "StringLike": context})


def _through(service: str) -> dict[str, object]:
    return {"StringEquals": {"kms:ViaService": f"{service}.{REGION}.amazonaws.com"}}


def _allow(
    actions: Sequence[str], resources: Sequence[str], conditions: dict[str, object] | None = None
) -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=actions, resources=resources, conditions=conditions)

"""The rights of each function to data: its statements, and the same limits at the network's endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Aws
from aws_cdk import aws_iam as iam

from userlog.definitions import definition, results_prefix
from userlog.stage import REGION
from userlog.storage.data_key import MACHINE_USE, machine_arn, machine_context
from userlog.storage.storage import REPORTS_PREFIX, USERS_PREFIX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_s3 as s3
    from aws_cdk import aws_sns as sns
    from aws_cdk import aws_sqs as sqs

    from userlog.database.database import Database
    from userlog.network.network import Network
    from userlog.stage import Stage
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


def reporter_policies(storage: Storage, stage: Stage, file_topic: sns.ITopic, failures: sqs.IQueue) -> Policies:
    """Read the upload, the results and the audit trail of the workflow's runs; write reports, and tell the senders.

    Args:
        storage: what it reads and writes.
        stage: names the workflow.
        file_topic: the senders' topic.
        failures: takes the events for which it wrote no report.
    """
    workflow = stage.name_of("Workflow")
    states = f"arn:{Aws.PARTITION}:states:{Aws.REGION}:{Aws.ACCOUNT_ID}"
    output = storage.output_bucket
    return {
        "ReadUpload": [
            _allow(_READ_VERSION, [storage.input_bucket.arn_for_objects("*")]),
            _decrypt(storage, storage.input_bucket),
        ],
        "ReadResults": [
            _allow(_READ, [output.arn_for_objects(f"{results_prefix()}*")]),
            # Without it S3 answers AccessDenied, not NoSuchKey, if a run has left no results.
            _allow(["s3:ListBucket"], [output.bucket_arn]),
        ],
        "WriteReports": [
            _allow(["s3:AbortMultipartUpload", "s3:PutObject"], [output.arn_for_objects(f"{REPORTS_PREFIX}*")]),
            _decrypt(storage, output, ["kms:Decrypt", "kms:GenerateDataKey"]),
        ],
        "ReadAudit": [
            _allow(["dynamodb:Query"], [storage.logs_table.table_arn]),
            _allow(["kms:Decrypt", "kms:DescribeKey"], [storage.data_key.key_arn], _through("dynamodb")),
        ],
        "ReadRuns": [
            _allow(["states:DescribeExecution", "states:ListMapRuns"], [f"{states}:execution:{workflow}:*"]),
            _allow(["states:DescribeMapRun"], [f"{states}:mapRun:{workflow}/*:*"]),
            # What the machine keeps of its executions is under the key, and the event does not have it then.
            _allow(["kms:Decrypt"], [storage.data_key.key_arn], machine_context(machine_arn(stage, "Workflow"))),
        ],
        "TellSenders": [
            _allow(["sns:Publish"], [file_topic.topic_arn]),
            _allow(MACHINE_USE, [storage.data_key.key_arn], _through("sns")),
        ],
        # Lambda puts it there with the function's role.
        "LeaveFailures": [_allow(["sqs:SendMessage"], [failures.queue_arn])],
    }


def file_gate_policies(storage: Storage, stage: Stage, failures: sqs.IQueue) -> Policies:
    """Change the gate's table; look at the workflow's executions, and answer those that wait.

    Args:
        storage: its table.
        stage: names the workflow.
        failures: takes the events that it could not deal with.
    """
    workflow = stage.name_of("Workflow")
    states = f"arn:{Aws.PARTITION}:states:{Aws.REGION}:{Aws.ACCOUNT_ID}"
    return {
        "ChangeGate": [
            _allow(["dynamodb:DeleteItem", "dynamodb:Query", "dynamodb:UpdateItem"], [storage.gate_table.table_arn]),
            _allow(["kms:Decrypt", "kms:DescribeKey"], [storage.data_key.key_arn], _through("dynamodb")),
        ],
        "LookAtRuns": [
            _allow(["states:DescribeExecution", "states:ListMapRuns"], [f"{states}:execution:{workflow}:*"]),
        ],
        "AnswerRuns": [
            _allow(["states:SendTaskSuccess"], [machine_arn(stage, "Workflow")]),
            # What the machine keeps of its executions is under the key: it is read, and an answer is added.
            _allow(MACHINE_USE, [storage.data_key.key_arn], machine_context(machine_arn(stage, "Workflow"))),
        ],
        # Lambda puts it there with the function's role.
        "LeaveFailures": [_allow(["sqs:SendMessage"], [failures.queue_arn])],
    }


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


def _decrypt(storage: Storage, bucket: s3.IBucket, actions: Sequence[str] = ("kms:Decrypt",)) -> iam.PolicyStatement:
    """Use the key for the objects of one bucket: the context is the bucket (with a bucket key), or the object."""
    context = {"kms:EncryptionContext:aws:s3:arn": [bucket.bucket_arn, bucket.arn_for_objects("*")]}
    return _allow(actions, [storage.data_key.key_arn], {**_through("s3"), "StringLike": context})


def _through(service: str) -> dict[str, object]:
    return {"StringEquals": {"kms:ViaService": f"{service}.{REGION}.amazonaws.com"}}


def _allow(
    actions: Sequence[str], resources: Sequence[str], conditions: dict[str, object] | None = None
) -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=list(actions), resources=resources, conditions=conditions)

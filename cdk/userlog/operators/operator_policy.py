"""The operator's policy: what `simulator fetch` and the dashboard over the stack ask AWS for, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Aws
from aws_cdk import aws_iam as iam

from userlog.definitions import rejected_prefix, results_prefix
from userlog.stage import REGION

if TYPE_CHECKING:
    from aws_cdk import aws_s3 as s3
    from constructs import Construct

    from userlog.functions.functions import Functions
    from userlog.storage.storage import Storage
    from userlog.workflow.workflow import Workflow


class OperatorPolicy(iam.ManagedPolicy):
    """A policy to attach to people's roles; the stack itself attaches it to nobody.

    Args:
        scope: the parent construct.
        construct_id: its name below the parent.
        storage, functions, workflow: what may be read.
        acts: whether it also allows to redrive and stop runs, and to upload.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        storage: Storage,
        functions: Functions,
        workflow: Workflow,
        acts: bool,
    ) -> None:
        looks = [*_runs(workflow), *_data(storage), *_functions(functions)]
        super().__init__(
            scope,
            construct_id,
            description="Look at the runs of the user log pipeline" + (", redrive, stop and upload" if acts else ""),
            statements=[*looks, *(_actions(storage, workflow) if acts else ())],
        )


def _runs(workflow: Workflow) -> list[iam.PolicyStatement]:
    return [
        _allow("cloudformation:DescribeStacks", Aws.STACK_ID),
        _allow("states:ListExecutions", workflow.workflow.state_machine_arn),
        _allow(
            "states:DescribeExecution states:DescribeStateMachineForExecution states:GetExecutionHistory",
            _executions(workflow),
        ),
        _allow("states:DescribeMapRun", _states(f"mapRun:{workflow.name}/*:*")),
    ]


def _data(storage: Storage) -> list[iam.PolicyStatement]:
    uploads, output = storage.input_bucket, storage.output_bucket
    return [
        _allow("s3:GetObject s3:GetObjectVersion", uploads.arn_for_objects("*")),
        _allow(
            "s3:GetObject",
            output.arn_for_objects(f"{results_prefix()}*"),
            output.arn_for_objects(f"{rejected_prefix()}*"),
        ),
        _allow("s3:ListBucket", output.bucket_arn),
        _allow("kms:Decrypt", storage.data_key.key_arn, when=_of_bucket(uploads)),
        _allow("kms:Decrypt", storage.data_key.key_arn, when=_of_bucket(output)),
        _allow("dynamodb:Query", storage.logs_table.table_arn),
        _allow("kms:Decrypt kms:DescribeKey", storage.data_key.key_arn, when=_through("dynamodb")),
    ]


def _functions(functions: Functions) -> list[iam.PolicyStatement]:
    logged = [functions.validator, functions.processor]
    return [
        _allow("logs:FilterLogEvents", *(f"{function.log_group.log_group_arn}" for function in logged)),
        _allow("lambda:InvokeFunction", functions.reader.function_arn),
    ]


def _actions(storage: Storage, workflow: Workflow) -> list[iam.PolicyStatement]:
    return [
        _allow("states:RedriveExecution states:StopExecution", _executions(workflow)),
        _allow("s3:PutObject", storage.input_bucket.arn_for_objects("*")),
        _allow("kms:GenerateDataKey", storage.data_key.key_arn, when=_of_bucket(storage.input_bucket)),
    ]


def _executions(workflow: Workflow) -> str:
    return _states(f"execution:{workflow.name}:*")


def _states(resource: str) -> str:
    return f"arn:{Aws.PARTITION}:states:{Aws.REGION}:{Aws.ACCOUNT_ID}:{resource}"


def _of_bucket(bucket: s3.IBucket) -> dict[str, object]:
    # With a bucket key the context is the bucket, else the object.
    context = {"kms:EncryptionContext:aws:s3:arn": [bucket.bucket_arn, bucket.arn_for_objects("*")]}
    return {**_through("s3"), "StringLike": context}


def _through(service: str) -> dict[str, object]:
    return {"StringEquals": {"kms:ViaService": f"{service}.{REGION}.amazonaws.com"}}


def _allow(actions: str, *resources: str, when: dict[str, object] | None = None) -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=actions.split(), resources=list(resources), conditions=when)

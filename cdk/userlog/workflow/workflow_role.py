"""The workflow's rights: every statement, action by action."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Aws

from userlog.definitions import rejected_prefix, results_prefix
from userlog.stage import REGION
from userlog.workflow.machine_role import allow

if TYPE_CHECKING:
    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_s3 as s3

    from userlog.functions.functions import Functions
    from userlog.storage.storage import Storage


def workflow_policies(
    name: str, *, storage: Storage, functions: Functions, counts_rows: bool = False
) -> dict[str, list[iam.PolicyStatement]]:
    """Return the workflow's policies by name.

    Args:
        name: the workflow's own name: it starts, watches and redrives the children of its Map Run.
        storage: what it reads and writes.
        functions: what it calls.
        counts_rows: whether it has batches, of which the reporter counts the rows that failed.
    """
    states = f"arn:{Aws.PARTITION}:states:{Aws.REGION}:{Aws.ACCOUNT_ID}"
    key = [storage.data_key.key_arn]
    return {
        "CallFunctions": [
            allow(
                ["lambda:InvokeFunction"],
                [
                    functions.validator_alias.function_arn,
                    functions.processor_alias.function_arn,
                    *([functions.reporter_alias.function_arn] if counts_rows else []),
                    functions.file_gate_alias.function_arn,
                ],
            )
        ],
        # https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
        "RunMap": [
            allow(["states:StartExecution"], [f"{states}:stateMachine:{name}"]),
            allow(["states:DescribeExecution", "states:StopExecution"], [f"{states}:execution:{name}:*"]),
            allow(["states:RedriveExecution"], [f"{states}:execution:{name}/*:*"]),
        ],
        # A named version is read with GetObjectVersion; GetObject would not do.
        "ReadUpload": [allow(["s3:GetObjectVersion"], [storage.input_bucket.arn_for_objects("*")])],
        "WriteResults": [
            allow(
                ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"],
                [storage.output_bucket.arn_for_objects(f"{results_prefix()}*")],
            ),
            allow(["s3:PutObject"], [storage.output_bucket.arn_for_objects(f"{rejected_prefix()}*")]),
        ],
        "LogErrors": [allow(["dynamodb:PutItem"], [storage.logs_table.table_arn])],
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuAndPermissions.html (a multipart upload decrypts its
        # own parts) and https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
        "UseKey": [
            allow(["kms:Decrypt"], key, _in_bucket(storage.input_bucket)),
            allow(["kms:Decrypt", "kms:GenerateDataKey"], key, _in_bucket(storage.output_bucket)),
            allow(["kms:Decrypt", "kms:DescribeKey"], key, _through("dynamodb")),
        ],
    }


def _in_bucket(bucket: s3.IBucket) -> dict[str, object]:
    """Limit a key's use to one bucket: the context is the bucket (with a bucket key), or the object."""
    context = {"kms:EncryptionContext:aws:s3:arn": [bucket.bucket_arn, bucket.arn_for_objects("*")]}
    return {**_through("s3"), "StringLike": context}


def _through(service: str) -> dict[str, object]:
    return {"StringEquals": {"kms:ViaService": f"{service}.{REGION}.amazonaws.com"}}

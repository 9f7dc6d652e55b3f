"""Storage of files and audit trail: two buckets, their access logs, two tables, and the key of all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Aws, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from userlog.definitions import rejected_prefix
from userlog.stage import REGION
from userlog.storage.audit_table import audit_table
from userlog.storage.data_key import data_key, report_use, upload_use
from userlog.storage.file_gate_table import file_gate_table

if TYPE_CHECKING:
    from userlog.stage import Stage

INPUT_KEPT = Duration.days(180)
OUTPUT_KEPT = Duration.days(180)
OLD_VERSIONS_KEPT = Duration.days(30)
ACCESS_LOGS_KEPT = Duration.days(90)
USERS_PREFIX = "users/"
REPORTS_PREFIX = "reports/"
_TLS_VERSION = 1.2


class Storage(Construct):
    """Buckets, tables, key.

    The user master is loaded from `users/` in the output bucket: an object in the input bucket would start a run.

    Attributes:
        data_key: the key of everything at rest.
        input_bucket: a `.csv` in it starts a run; EventBridge is told of each object.
        output_bucket: `results/`, `rejected/` (the workflow's), `reports/` (the reporter's), `users/` (yours).
        logs_table: ProcessingLogs.
        gate_table: FileGate, which files have their turn and which wait.
    """

    def __init__(self, scope: Construct, construct_id: str, *, stage: Stage) -> None:
        super().__init__(scope, construct_id)
        self._stage = stage
        self.data_key = data_key(self, "DataKey", stage=stage)
        self.access_logs_bucket = self._access_logs()
        self.input_bucket = self._bucket("Input", "InputBucket", INPUT_KEPT)
        self.output_bucket = self._bucket("Output", "OutputBucket", OUTPUT_KEPT)
        self.logs_table = audit_table(self, "ProcessingLogs", stage=stage, key=self.data_key)
        self.gate_table = file_gate_table(self, "FileGate", stage=stage, key=self.data_key)
        self._tell_eventbridge()
        for bucket in (self.input_bucket, self.output_bucket):
            self._refuse_other_encryption(bucket)
        if stage.options.uploader_principal_arn:
            self._admit_uploader(iam.ArnPrincipal(stage.options.uploader_principal_arn))

    def _name(self, bucket: str) -> str:
        """Return the name of a bucket of resources.json: account and region make it unique in the world."""
        return f"{self._stage.name_of(bucket)}-{Aws.ACCOUNT_ID}-{REGION}"

    def _access_logs(self) -> s3.Bucket:
        # S3 delivers access logs only into a bucket with its own kind of encryption.
        return s3.Bucket(
            self,
            "AccessLogs",
            bucket_name=self._name("AccessLogsBucket"),
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=_TLS_VERSION,
            lifecycle_rules=[s3.LifecycleRule(id="expire", expiration=ACCESS_LOGS_KEPT)],
            removal_policy=self._stage.removal_policy,
            auto_delete_objects=not self._stage.keeps_data,
        )

    def _bucket(self, construct_id: str, bucket: str, kept: Duration) -> s3.Bucket:
        return s3.Bucket(
            self,
            construct_id,
            bucket_name=self._name(bucket),
            encryption=s3.BucketEncryption.KMS,
            encryption_key=self.data_key,
            bucket_key_enabled=True,
            versioned=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=_TLS_VERSION,
            server_access_logs_bucket=self.access_logs_bucket,
            server_access_logs_prefix=f"{construct_id.lower()}/",
            lifecycle_rules=[
                s3.LifecycleRule(id="expire", expiration=kept, noncurrent_version_expiration=OLD_VERSIONS_KEPT),
                s3.LifecycleRule(
                    id="tidy",
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                    expired_object_delete_marker=True,
                ),
            ],
            removal_policy=self._stage.removal_policy,
            auto_delete_objects=not self._stage.keeps_data,
        )

    def _tell_eventbridge(self) -> None:
        # CDK's own `event_bridge_enabled` would add a function that only sets this property.
        bucket = self.input_bucket.node.default_child
        if not isinstance(bucket, s3.CfnBucket):
            raise TypeError("CDK no longer makes a bucket as this code expects")
        bucket.add_property_override("NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled", True)  # noqa: FBT003

    def _refuse_other_encryption(self, bucket: s3.Bucket) -> None:
        """Refuse what is put under another key: the pipeline could not read it, and would find out too late.

        A request that says nothing of encryption gets the bucket's own, and passes: `Null` asks that the header is
        there, since StringNotEquals, with IfExists or without, is true of a header that is missing.
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
        """
        header = "s3:x-amz-server-side-encryption"
        key_header = f"{header}-aws-kms-key-id"
        for sid, conditions in {
            "OtherEncryption": {"Null": {header: "false"}, "StringNotEquals": {header: "aws:kms"}},
            "OtherKey": {"Null": {key_header: "false"}, "StringNotEquals": {key_header: self.data_key.key_arn}},
            "KeyOfTheSender": {"Null": {f"{header}-customer-algorithm": "false"}},
        }.items():
            bucket.add_to_resource_policy(
                iam.PolicyStatement(
                    sid=f"Refuse{sid}",
                    effect=iam.Effect.DENY,
                    principals=[iam.AnyPrincipal()],
                    actions=["s3:PutObject"],
                    resources=[bucket.arn_for_objects("*")],
                    conditions=conditions,
                )
            )

    def _admit_uploader(self, principal: iam.IPrincipal) -> None:
        self.input_bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="UploaderPuts",
                principals=[principal],
                # The last two: to give up an upload in parts, and to go on with one.
                actions=["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
                resources=[self.input_bucket.arn_for_objects("*")],
            )
        )
        self.data_key.add_to_resource_policy(upload_use(principal, self._arn("InputBucket")))
        self._show_reports(principal)

    def _show_reports(self, principal: iam.IPrincipal) -> None:
        """Let the uploader find and read what became of its files: reports, and what was rejected."""
        prefixes = [f"{prefix}*" for prefix in (rejected_prefix(), REPORTS_PREFIX)]
        self.output_bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="UploaderReadsReports",
                principals=[principal],
                actions=["s3:GetObject"],
                resources=[self.output_bucket.arn_for_objects(prefix) for prefix in prefixes],
            )
        )
        self.output_bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="UploaderFindsReports",
                principals=[principal],
                actions=["s3:ListBucket"],
                resources=[self.output_bucket.bucket_arn],
                conditions={"StringLike": {"s3:prefix": prefixes}},
            )
        )
        self.data_key.add_to_resource_policy(report_use(principal, self._arn("OutputBucket")))

    def _arn(self, bucket: str) -> str:
        """Return the ARN by name: the key's policy cannot refer to a bucket that refers to the key."""
        return f"arn:{Aws.PARTITION}:s3:::{self._name(bucket)}"

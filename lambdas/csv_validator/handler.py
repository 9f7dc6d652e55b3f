"""`user-log-csv-validator`: says whether an uploaded CSV can be processed."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from dateutil.relativedelta import relativedelta

from lambdas.csv_validator.child_input import ChildInput
from lambdas.csv_validator.validation import Findings, validate
from lambdas.shared.batch_limits import most_row_bytes
from lambdas.shared.errors import ValidationError
from lambdas.shared.observability import VALIDATOR_SERVICE, count_metric, make_logger
from lambdas.shared.settings import ValidatorSettings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

CHUNK = 256 * 1024
KEPT = relativedelta(months=6)

settings = ValidatorSettings()
logger = make_logger(VALIDATOR_SERVICE)
s3 = boto3.client("s3", config=Config(connect_timeout=5, read_timeout=30, retries={"mode": "standard"}))


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Validate one version of an object.

    Args:
        event: `bucket`, `key`, `versionId` (may be missing), `uploadedAt` (the S3 event's time, ISO 8601),
            `executionName` and `executionArn`, which each row's input will hold too.
        context: Lambda's.

    Returns:
        `isValid`, `rowCount`, `errors` (the first 20: `line` and `message`), `ttlTimestamp` (six calendar months after
        the upload, in epoch seconds, as a string).

    Raises:
        ValidationError: if the object cannot be fetched.
    """
    ttl = ttl_timestamp(event["uploadedAt"])
    child_input = ChildInput(
        uploaded_at=event["uploadedAt"],
        execution_name=event.get("executionName", ""),
        execution_arn=event.get("executionArn", ""),
        ttl_timestamp=ttl,
        most_bytes=most_row_bytes(settings.rows_per_child),
    )
    findings = _validate(event, child_input)
    answer = {
        "isValid": findings.valid,
        "rowCount": findings.row_count,
        "errors": findings.errors,
        "ttlTimestamp": ttl,
    }
    logger.info(
        "validated",
        extra={
            "bucket": event["bucket"],
            "key": event["key"],
            "executionName": event.get("executionName"),
            "function_request_id": context.aws_request_id,
            "isValid": findings.valid,
            "rowCount": findings.row_count,
            "errors": len(findings.errors),
        },
    )
    count_metric(VALIDATOR_SERVICE, context, FilesValidated=1, FilesRejected=int(not findings.valid))
    return answer


def _validate(event: dict[str, Any], child_input: ChildInput) -> Findings:
    wanted = {"Bucket": event["bucket"], "Key": event["key"]}
    if event.get("versionId"):
        wanted["VersionId"] = event["versionId"]
    try:
        with closing(s3.get_object(**wanted)["Body"]) as body:
            return validate(body.iter_chunks(CHUNK), settings.max_rows, child_input)
    except (ClientError, BotoCoreError) as error:
        raise ValidationError(f"s3://{event['bucket']}/{event['key']} cannot be fetched: {error}") from error


def ttl_timestamp(uploaded_at: str) -> str:
    """Return when the audit items of an upload expire: six calendar months later (31 August -> 28 February)."""
    return str(int((datetime.fromisoformat(uploaded_at).astimezone(UTC) + KEPT).timestamp()))

"""`user-log-reporter`: writes the report of a run that has ended, and tells its sender."""

from __future__ import annotations

import json
import tempfile
from contextlib import closing
from typing import TYPE_CHECKING, Any, cast

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from lambdas.shared.observability import REPORTER_SERVICE, count_metric, make_logger
from lambdas.shared.settings import ReporterSettings
from lambdas.user_log_reporter.audit_items import read_audit_items
from lambdas.user_log_reporter.failed_batches import count_failed_rows
from lambdas.user_log_reporter.failed_rows import failed_rows
from lambdas.user_log_reporter.result_files import CHUNK, manifest_key, read_result_files
from lambdas.user_log_reporter.row_outcomes import RowOutcomes
from lambdas.user_log_reporter.summary import Tally, message, next_step
from lambdas.user_log_reporter.text_stream import TextStream

if TYPE_CHECKING:
    from typing import BinaryIO

    from aws_lambda_powertools.utilities.typing import LambdaContext

_GONE = frozenset({"NoSuchKey", "404", "NotFound"})

settings = ReporterSettings()
logger = make_logger(REPORTER_SERVICE)
_config = Config(connect_timeout=5, read_timeout=60, retries={"mode": "standard"})
s3 = boto3.client("s3", config=_config)
dynamodb = boto3.client("dynamodb", config=_config)
step_functions: Any = boto3.client("stepfunctions", config=_config)
sns: Any = boto3.client("sns", config=_config) if settings.senders_topic_arn else None


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Write `failed-rows.csv` (if rows were processed) and `summary.json` below `reports/<execution>/`.

    The workflow of a stage with batches asks it for something else: to count the rows that failed.

    Args:
        event: EventBridge's "Step Functions Execution Status Change" of the workflow; its input is an upload's. Or
            `countFailedRows`, with the question of `count_failed_rows`.
        context: Lambda's.

    Returns:
        The summary, or the count.

    Raises:
        ClientError: something cannot be read or written; Lambda tries again.
    """
    if "countFailedRows" in event:
        return count_failed_rows(s3, event["countFailedRows"])
    detail = event["detail"]
    logger.info("reporting", extra={"executionName": detail["name"], "event": {"detail": _named(detail)}})
    detail = _complete(detail)
    upload = json.loads(detail["input"])["detail"]
    map_run = _map_run(detail["executionArn"])
    prefix = f"{settings.reports_prefix}{detail['name']}/"
    tally = _write_failed_rows(upload, detail["name"], map_run, f"{prefix}failed-rows.csv") if map_run else None
    counts = tally.counts if tally else Tally(cast("Any", None)).counts
    names = ["failed-rows.csv", "summary.json"] if tally else ["summary.json"]
    summary = {
        "execution": detail["name"],
        "executionArn": detail["executionArn"],
        "status": detail["status"],
        "error": detail.get("error"),
        "redriveCount": detail.get("redriveCount") or 0,
        "bucket": upload["bucket"]["name"],
        "key": upload["object"]["key"],
        "versionId": upload["object"].get("versionId"),
        "rows": counts,
        "reasons": tally.reasons if tally else [],
        "next": next_step(detail["status"], has_map_run=tally is not None, counts=counts),
        "files": [f"s3://{settings.output_bucket}/{prefix}{name}" for name in names],
    }
    s3.put_object(
        Bucket=settings.output_bucket,
        Key=f"{prefix}summary.json",
        Body=json.dumps(summary, ensure_ascii=False, indent=2).encode(),
        ContentType="application/json",
    )
    if sns is not None:
        subject, text = message(summary)
        sns.publish(TopicArn=settings.senders_topic_arn, Subject=subject, Message=text)
    logger.info(
        "reported",
        extra={"executionName": detail["name"], "function_request_id": context.aws_request_id, **counts},
    )
    count_metric(REPORTER_SERVICE, context, RunsReported=1)
    return summary


def _named(detail: dict[str, Any]) -> dict[str, Any]:
    """Return what the reporter needs of an event's detail: with it, it can be invoked again."""
    return {name: detail.get(name) for name in ("executionArn", "name", "status", "error", "redriveCount")}


def _complete(detail: dict[str, Any]) -> dict[str, Any]:
    """Return the detail with the execution's input and error.

    The event of a machine that has a customer's key has neither; nor has one that somebody invokes this with again, and
    a large input is left out.
    """
    if detail.get("input") is not None:
        return detail
    described = step_functions.describe_execution(executionArn=detail["executionArn"])
    return {**detail, "input": described["input"], "error": detail.get("error") or described.get("error")}


def _map_run(execution_arn: str) -> dict[str, Any] | None:
    """Return the execution's latest Map Run; None if it did not get as far as its rows."""
    listed = step_functions.list_map_runs(executionArn=execution_arn)["mapRuns"]
    if not listed:
        return None
    latest = max(listed, key=lambda run: run["startDate"])
    found: dict[str, Any] = step_functions.describe_map_run(mapRunArn=latest["mapRunArn"])
    return found


def _write_failed_rows(upload: dict[str, Any], name: str, map_run: dict[str, Any], key: str) -> Tally:
    stored = upload["object"]
    wanted = {"Bucket": upload["bucket"]["name"], "Key": stored["key"]}
    if stored.get("versionId"):
        wanted["VersionId"] = stored["versionId"]
    with tempfile.TemporaryFile() as spill, closing(s3.get_object(**wanted)["Body"]) as body:
        tally = Tally(_outcomes(name, map_run, cast("BinaryIO", spill)))
        # In parts: neither memory nor disk holds the whole file.
        text = failed_rows(body.iter_chunks(CHUNK), tally, name)
        s3.upload_fileobj(
            cast("BinaryIO", TextStream(text)), settings.output_bucket, key, ExtraArgs={"ContentType": "text/csv"}
        )
    return tally


def _outcomes(name: str, map_run: dict[str, Any], spill: BinaryIO) -> RowOutcomes:
    manifest = manifest_key(settings.results_prefix, map_run["mapRunArn"], map_run.get("redriveCount", 0))
    outcomes = RowOutcomes(spill, others_are_done=True)
    try:
        read_result_files(s3, settings.output_bucket, manifest, outcomes)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _GONE:
            raise
        outcomes = RowOutcomes(spill, others_are_done=False)
        read_audit_items(dynamodb, settings.processing_logs_table, name, outcomes)
    return outcomes

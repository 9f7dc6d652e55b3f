"""`user-log-file-gate`: lets files in to their rows, at most `MAX_FILES` at a time, in the order of their uploads."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from lambdas.file_gate.executions import RUNNING, Executions
from lambdas.file_gate.gate import FileGate
from lambdas.file_gate.turns import Turns, WaitingFile, place_of
from lambdas.shared.observability import FILE_GATE_SERVICE, count_metric, make_logger
from lambdas.shared.settings import FileGateSettings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

settings = FileGateSettings()
logger = make_logger(FILE_GATE_SERVICE)
_config = Config(connect_timeout=5, read_timeout=10, retries={"mode": "standard"})
gate = FileGate(
    Turns(boto3.client("dynamodb", config=_config), settings.file_gate_table),
    Executions(boto3.client("stepfunctions", config=_config)),
    settings.max_files,
)


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Take the question of a file that wants its turn, or the event of an execution that has ended or is redriven.

    Args:
        event: the Payload of the state WaitForTurn (`token`, `executionArn`, `executionName`, `uploadedAt`, `object`),
            or EventBridge's "Step Functions Execution Status Change" of the workflow.
        context: Lambda's.

    Raises:
        ClientError: DynamoDB or Step Functions does not answer; the state, or EventBridge, tries again.
    """
    waiting = _changed(event["detail"]) if "detail" in event else _asked(event)
    now = int(time.time())
    for file in waiting:
        logger.info("waiting", extra={"executionArn": file.execution_arn, "seconds": now - file.since})
    if waiting:
        count_metric(FILE_GATE_SERVICE, context, LongestWaitSeconds=max(now - file.since for file in waiting))


def _asked(event: dict[str, Any]) -> tuple[WaitingFile, ...]:
    arn = event["executionArn"]
    logger.info("asked", extra={"executionName": event["executionName"], "event": event["object"]})
    place = place_of(event["uploadedAt"], str(event["object"].get("sequencer") or ""), arn)
    return gate.ask(WaitingFile(place=place, execution_arn=arn, token=event["token"], since=int(time.time())))


def _changed(detail: dict[str, Any]) -> tuple[WaitingFile, ...]:
    arn, status = detail["executionArn"], detail["status"]
    if status == RUNNING:
        return gate.redriven(arn)
    return gate.ended(arn, detail.get("redriveCount") or 0)

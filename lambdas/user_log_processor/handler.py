"""`user-log-processor`: sets one user's totals, and leaves two audit items; of one row, or of each row of a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import psycopg
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from lambdas.shared.batch import batch_items
from lambdas.shared.columns import TOTALS, USER
from lambdas.shared.database import Database
from lambdas.shared.errors import InvalidRecordError
from lambdas.shared.observability import PROCESSOR_SERVICE, count_metric, make_logger
from lambdas.shared.settings import AuditSettings, DatabaseSettings
from lambdas.user_log_processor.audit import SUCCESS, SUPERSEDED, AuditTrail
from lambdas.user_log_processor.batch import process_batch
from lambdas.user_log_processor.record import UserLogRecord, parse_record
from lambdas.user_log_processor.statistics import Totals, lock_totals, set_totals

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

# A server that hangs is given up before the function itself is: a DatabaseError, and the row is repeated.
# The audit items are made here, always of the same form: there is nothing for botocore to check before it sends them.
DYNAMODB_CONFIG = Config(
    connect_timeout=1,
    read_timeout=2.5,
    retries={"mode": "standard", "total_max_attempts": 2},
    parameter_validation=False,
)

logger = make_logger(PROCESSOR_SERVICE)
database = Database(DatabaseSettings())
audit_settings = AuditSettings()  # type: ignore[call-arg] # the field comes from the environment
audit = AuditTrail(boto3.client("dynamodb", config=DYNAMODB_CONFIG), audit_settings.processing_logs_table)


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Process one row, or the rows of a batch (see `process_batch` for its event and answer).

    Raises:
        InvalidRecordError, UserNotFoundError: the row is wrong, and stays so.
        DatabaseError: PostgreSQL or DynamoDB failed; a retry may cure it, and repeats nothing.
    """
    if batch_items(event) is None:
        return process_row(event, context)
    return process_batch(event, context, process_row, _note_failure)


def process_row(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Process one row.

    Args:
        event: the `event_key` of each column (text, as in the file), `rowIndex`, `mapEnteredAt`, `uploadedAt`,
            `executionName`, `executionArn`, `ttlTimestamp`.
        context: Lambda's.

    Returns:
        `userId`, `status` (`success`, or `superseded` if a newer upload has already set the totals), and the old
        and new value of each total by its `event_key`.

    Raises:
        InvalidRecordError, UserNotFoundError: the row is wrong, and stays so.
        DatabaseError: PostgreSQL or DynamoDB failed; a retry may cure it, and repeats nothing.
    """
    facts = {
        "executionName": event.get("executionName"),
        "rowIndex": event.get("rowIndex"),
        "userId": event.get(USER.event_key),
        "function_request_id": context.aws_request_id,
    }
    try:
        record = parse_record(event)
        old, status = _process(record)
    except Exception as error:
        logger.warning("row failed", extra={**facts, "error": type(error).__name__, "cause": str(error)})
        count_metric(PROCESSOR_SERVICE, context, RowsFailed=1)
        raise
    logger.info("row processed", extra={**facts, "status": status})
    count_metric(PROCESSOR_SERVICE, context, RowsProcessed=1, RowsSuperseded=int(status == SUPERSEDED))
    return {
        USER.event_key: record.user_id,
        "status": status,
        **{
            column.event_key: {"old": before, "new": after}
            for column, before, after in zip(TOTALS, old.values, record.totals, strict=True)
        },
    }


def _note_failure(event: dict[str, Any], error: str, cause: str) -> str | None:
    """Keep the audit item of a row of a batch that has failed; without it, the row has failed all the same."""
    try:
        audit.write_failure(event, error, cause)
    except (BotoCoreError, ClientError) as problem:
        facts = {"executionName": event["executionName"], "failedRow": event["rowIndex"]}
        logger.warning("audit item not written", extra={**facts, "problem": str(problem)})
        return type(problem).__name__
    return None


def _process(record: UserLogRecord) -> tuple[Totals, str]:
    """Lock and read; set; write both audit items; commit last."""
    try:
        with database.transaction() as connection:
            old = lock_totals(connection, record.user_id)
            status = SUPERSEDED if old.newer_than(record.uploaded_at) else SUCCESS
            if status == SUCCESS:
                set_totals(connection, record)
            audit.write(record, old, status)
    except (psycopg.DataError, psycopg.IntegrityError) as error:
        # A value that PostgreSQL refuses will be refused again.
        raise InvalidRecordError(f"PostgreSQL refuses the row: {' '.join(str(error).split())}") from error
    return old, status

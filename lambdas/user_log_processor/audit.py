"""The audit trail in DynamoDB: one item for each total of a row, written before its transaction is committed."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError  # noqa: A004 - botocore's own name

from lambdas.shared import audit_key
from lambdas.shared.columns import TOTALS, USER
from lambdas.shared.errors import DatabaseError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from lambdas.user_log_processor.record import UserLogRecord
    from lambdas.user_log_processor.statistics import Totals

SUCCESS, SUPERSEDED, FAILED = "success", "superseded", "failed"
BATCH_ATTEMPTS = 4
FIRST_PAUSE = 0.05
_CURABLE = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "RequestLimitExceeded",
        "LimitExceededException",
        "TransactionConflictException",
    }
)
_SERVER_FAULT = 500
_REFUSED = "ValidationException"


def audit_items(record: UserLogRecord, old: Totals, status: str) -> list[dict[str, Any]]:
    """Return a row's items in DynamoDB's typed JSON.

    One for each total. A repeat of the row (retry, redrive) makes the same keys, so it adds no item.
    """
    processed_at = _now()

    def item(kind: str, old_value: int, new_value: int) -> dict[str, Any]:
        return {
            "executionName": {"S": audit_key.partition(record.execution_name, record.row_index)},
            "timestamp": {"S": audit_key.make(record.map_entered_at, record.row_index, kind)},
            "userId": {"S": record.user_id},
            "processingType": {"S": kind},
            "oldValue": {"N": str(old_value)},
            "newValue": {"N": str(new_value)},
            "status": {"S": status},
            "processedAt": {"S": processed_at},
            "executionArn": {"S": record.execution_arn},
            "ttl": {"N": str(record.ttl)},
        }

    changes = zip(TOTALS, old.values, record.totals, strict=True)
    return [item(column.audit_type, before, after) for column, before, after in changes]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class AuditTrail:
    """Writes audit items.

    Args:
        client: DynamoDB's.
        table: the table's name.
    """

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def write(self, record: UserLogRecord, old: Totals, status: str) -> None:
        """Write a row's items.

        If the row changes nothing, it may be a repeat of one that did: an existing item stays, with the first old
        value. If it changes something, an existing item is from an attempt that was rolled back, and is replaced.

        Raises:
            DatabaseError: DynamoDB throttles or fails.
        """
        items = audit_items(record, old, status)
        unchanged = old.values == record.totals
        try:
            if unchanged or status == SUPERSEDED:
                for item in items:
                    self._put_new(item)
            else:
                self._put_all(items)
        except (ConnectionError, HTTPClientError) as error:
            raise DatabaseError(f"DynamoDB: {error}") from error
        except ClientError as error:
            status_code = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            if error.response["Error"]["Code"] in _CURABLE or status_code >= _SERVER_FAULT:
                raise DatabaseError(f"DynamoDB: {error}") from error
            raise

    def write_failure(self, event: dict[str, Any], error: str, cause: str) -> None:
        """Write the item of a row of a batch that has failed, as the state LogError writes that of a single row.

        A user ID that DynamoDB takes for no key is left out.

        Raises:
            BotoCoreError, ClientError: it cannot be written.
        """
        item: dict[str, Any] = {
            "executionName": {"S": event["executionName"]},
            "timestamp": {"S": audit_key.make(event["mapEnteredAt"], event["rowIndex"], audit_key.ROW_FAILED)},
            "userId": {"S": event.get(USER.event_key)},
            "processingType": {"S": audit_key.ROW_FAILED},
            "status": {"S": FAILED},
            "errorMessage": {"S": error},
            "errorCause": {"S": cause},
            "processedAt": {"S": _now()},
            "executionArn": {"S": event["executionArn"]},
            "ttl": {"N": event["ttlTimestamp"]},
        }
        try:
            self._client.put_item(TableName=self._table, Item=item)
        except ClientError as refused:
            if refused.response["Error"]["Code"] != _REFUSED:
                raise
            del item["userId"]
            self._client.put_item(TableName=self._table, Item=item)

    def _put_new(self, item: dict[str, Any]) -> None:
        try:
            self._client.put_item(
                TableName=self._table, Item=item, ConditionExpression="attribute_not_exists(executionName)"
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return  # it is there already, from an earlier attempt

    def _put_all(self, items: list[dict[str, Any]]) -> None:
        requests: Any = {self._table: [{"PutRequest": {"Item": item}} for item in items]}
        for attempt in range(BATCH_ATTEMPTS):
            if attempt:
                time.sleep(FIRST_PAUSE * 2 ** (attempt - 1))
            requests = self._client.batch_write_item(RequestItems=requests).get("UnprocessedItems")
            if not requests:
                return
        raise DatabaseError(f"DynamoDB left audit items unprocessed {BATCH_ATTEMPTS} times: it is throttling.")

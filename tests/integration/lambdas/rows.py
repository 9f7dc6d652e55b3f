"""Rows for the processor, and what it left of them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from psycopg import sql

from lambdas.shared.columns import TOTALS
from tests.rows import event_values

CONTEXT = SimpleNamespace(
    function_name="user-log-processor", aws_request_id="r", get_remaining_time_in_millis=lambda: 10_000
)


def row(**changes: Any) -> dict[str, Any]:
    """Return an event."""
    return {
        **event_values("U1", "12", "3"),
        "rowIndex": 0,
        "mapEnteredAt": "2025-08-02T09:30:01Z",
        "uploadedAt": "2025-08-02T09:30:00Z",
        "executionName": "user-log-1",
        "executionArn": "arn",
        "ttlTimestamp": "1740787815",
        **changes,
    }


def totals(database: Any) -> tuple[int, ...] | None:
    """Return what is stored of U1."""
    columns = sql.SQL(", ").join(sql.Identifier(column.field) for column in TOTALS)
    with database.connect() as connection:
        found: tuple[int, ...] | None = connection.execute(
            sql.SQL("SELECT {} FROM user_statistics WHERE user_id = 'U1'").format(columns)
        ).fetchone()
        return found


def items(aws: Any, execution: str = "user-log-1") -> dict[str, dict[str, str]]:
    """Return the audit items of an execution by sort key, values untyped."""
    found = aws.dynamodb.query(
        TableName="ProcessingLogs",
        KeyConditionExpression="executionName = :name",
        ExpressionAttributeValues={":name": {"S": execution}},
    )["Items"]
    return {
        item["timestamp"]["S"]: {name: next(iter(value.values())) for name, value in item.items()} for item in found
    }

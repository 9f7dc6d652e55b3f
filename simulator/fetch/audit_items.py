"""A run's audit items, from the ProcessingLogs table, as `audit.jsonl` has them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer

from lambdas.shared import audit_key
from simulator.fetch.operator import told

if TYPE_CHECKING:
    from simulator.fetch.operator import Operator

_plain = TypeDeserializer().deserialize


def audit_items(operator: Operator, table: str, run: str, rows: int | None) -> list[dict[str, Any]]:
    """Return the items in the order in which they were written.

    DynamoDB has of each key what was written last; `audit.jsonl` of a run that was run here has what was replaced, too.

    Args:
        operator: what is asked.
        table: the table's name.
        run: the execution's name.
        rows: how many rows its file has; None if that is not known.

    Raises:
        FetchError: the table cannot be read.
    """
    with told():
        paginator = operator.dynamodb.get_paginator("query")
        items = [
            _line(item)
            for partition in audit_key.partitions(run, rows)
            for page in paginator.paginate(
                TableName=table,
                KeyConditionExpression="executionName = :partition",
                ExpressionAttributeValues={":partition": {"S": partition}},
            )
            for item in page["Items"]
        ]
    return sorted(items, key=lambda item: (str(item.get("processedAt")), str(item.get("timestamp"))))


_ORDER = ("executionName", "timestamp", "userId", "processingType")


def _line(item: dict[str, Any]) -> dict[str, Any]:
    values = {name: _number(_plain(value)) for name, value in item.items()}
    first = {name: values[name] for name in _ORDER if name in values}
    return {**first, **values}


def _number(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value

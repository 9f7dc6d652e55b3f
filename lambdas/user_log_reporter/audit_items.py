"""Reads how rows ended from the audit trail, for a run whose Map Run left no result files: it was stopped."""

from __future__ import annotations

from array import array
from itertools import chain
from typing import TYPE_CHECKING

from lambdas.shared import audit_key
from lambdas.shared.columns import TOTALS
from lambdas.user_log_reporter.reasons import person_text

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from lambdas.user_log_reporter.row_outcomes import RowOutcomes


def read_audit_items(dynamodb: DynamoDBClient, table: str, execution_name: str, outcomes: RowOutcomes) -> None:
    """Tell `outcomes` of each row that has audit items.

    A row is done if it has an item for each total; it may have failed before, and been redriven.

    Raises:
        ClientError: the table cannot be read.
    """
    written = array("B")
    paginator = dynamodb.get_paginator("query")
    pages = chain.from_iterable(
        paginator.paginate(
            TableName=table,
            KeyConditionExpression="executionName = :partition",
            ExpressionAttributeValues={":partition": {"S": partition}},
            ConsistentRead=True,
        )
        for partition in audit_key.partitions(execution_name)
    )
    for page in pages:
        for item in page["Items"]:
            key = audit_key.parse(item["timestamp"].get("S"))
            if key is None:
                continue
            if key.processing_type == audit_key.ROW_FAILED:
                error, cause = (item.get(name, {}).get("S", "") for name in ("errorMessage", "errorCause"))
                outcomes.failed(key.row_index, error, person_text(cause))
            else:
                if key.row_index >= len(written):
                    written.extend([0] * (key.row_index + 1 - len(written)))
                written[key.row_index] += 1
    for index, number in enumerate(written):
        if number == len(TOTALS):
            outcomes.done(index)

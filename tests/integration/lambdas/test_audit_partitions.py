"""A run's audit items lie in one partition for 1,000 rows, and in 16 more behind them: every reader finds them all."""

from __future__ import annotations

import io
from types import ModuleType, SimpleNamespace
from typing import Any, cast

from lambdas.shared import audit_key
from lambdas.user_log_reporter.audit_items import read_audit_items
from lambdas.user_log_reporter.failed_rows import NEVER_DONE, Failure
from lambdas.user_log_reporter.row_outcomes import RowOutcomes
from simulator.fetch.audit_items import audit_items
from tests.integration.lambdas.rows import CONTEXT, items, row
from tests.rows import AUDIT_TYPES

RUN = "user-log-1"
PLACES = {0: RUN, 999: RUN, 1_000: f"{RUN}#08", 1_015: f"{RUN}#07", 99_999: f"{RUN}#15"}


def written(processor: ModuleType) -> None:
    """Process a row on each of the places, twice: as a retry or a redrive does."""
    for index in (*PLACES, *PLACES):
        assert processor.lambda_handler(row(rowIndex=index), CONTEXT)["status"] == "success"


def test_a_row_and_its_repeat_write_to_the_partition_of_the_row(processor: ModuleType, aws: Any, database: Any) -> None:
    """One item per total, and none a second time."""
    written(processor)
    for partition in audit_key.partitions(RUN):
        expected = {
            f"2025-08-02T09:30:01Z#{index}#{kind}"
            for index, place in PLACES.items()
            if place == partition
            for kind in AUDIT_TYPES
        }
        assert set(items(aws, partition)) == expected, partition


def test_the_reporter_finds_the_rows_of_all_partitions(processor: ModuleType, aws: Any, database: Any) -> None:
    """Of a run that was stopped: done, failed (the workflow writes that item, always to the first), never done."""
    written(processor)
    failure = {"executionName": RUN, "timestamp": "2025-08-02T09:30:01Z#1001#user_update", "errorMessage": "E"}
    aws.dynamodb.put_item(TableName="ProcessingLogs", Item={name: {"S": text} for name, text in failure.items()})
    outcomes = RowOutcomes(cast("Any", io.BytesIO()), others_are_done=False)
    read_audit_items(aws.dynamodb, "ProcessingLogs", RUN, outcomes)
    assert [outcomes.failure(index, 0) for index in PLACES] == [None] * len(PLACES)
    assert outcomes.failure(1_001, 0) == Failure("E", "")
    assert outcomes.failure(1_002, 0) is NEVER_DONE


def test_fetch_finds_the_items_of_all_partitions(processor: ModuleType, aws: Any, database: Any) -> None:
    """If the rows are not known, too; of 1,000 rows it asks for one partition."""
    written(processor)
    operator = cast("Any", SimpleNamespace(dynamodb=aws.dynamodb))
    for rows, expected in ((100_000, set(PLACES)), (None, set(PLACES)), (1_000, {0, 999})):
        found = audit_items(operator, "ProcessingLogs", RUN, rows)
        assert {key.row_index for item in found if (key := audit_key.parse(item["timestamp"]))} == expected
        assert len(found) == len(expected) * len(AUDIT_TYPES)

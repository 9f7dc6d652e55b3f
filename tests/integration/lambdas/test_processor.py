"""The processor against PostgreSQL and DynamoDB."""

from __future__ import annotations

import time
from types import ModuleType
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from lambdas.shared.errors import DatabaseError, InvalidRecordError, UserNotFoundError
from tests.integration.lambdas.rows import CONTEXT, items, row, totals
from tests.rows import AUDIT_TYPES
from tests.rows import totals as expected


def test_a_row_sets_the_totals_and_leaves_an_audit_item_of_each(processor: ModuleType, aws: Any, database: Any) -> None:
    """As in the design document's example."""
    answer = processor.lambda_handler(row(), CONTEXT)
    assert answer["status"] == "success"
    assert totals(database) == expected(12, 3)
    found = items(aws)
    assert set(found) == {f"2025-08-02T09:30:01Z#0#{kind}" for kind in AUDIT_TYPES}
    login = found["2025-08-02T09:30:01Z#0#login_update"]
    assert (login["processingType"], login["oldValue"], login["newValue"]) == ("login_update", "0", "12")
    assert (login["status"], login["ttl"], login["executionName"], login["executionArn"]) == (
        "success",
        "1740787815",
        "user-log-1",
        "arn",
    )


def test_a_repeat_changes_nothing_and_keeps_the_first_old_value(processor: ModuleType, aws: Any, database: Any) -> None:
    """A retry, or a redrive, of a row that went through."""
    for _ in range(3):
        assert processor.lambda_handler(row(), CONTEXT)["status"] == "success"
    assert totals(database) == expected(12, 3)
    assert [item["oldValue"] for item in items(aws).values()] == ["0"] * len(AUDIT_TYPES)


def test_an_older_upload_is_superseded(processor: ModuleType, aws: Any, database: Any) -> None:
    """Yesterday's file, redriven today, changes nothing, and says so."""
    processor.lambda_handler(row(uploadedAt="2025-08-03T00:00:00Z", loginCount="20"), CONTEXT)
    answer = processor.lambda_handler(row(executionName="user-log-0"), CONTEXT)
    assert answer["status"] == "superseded"
    assert totals(database) == expected(20, 3)
    found = aws.dynamodb.scan(TableName="ProcessingLogs")["Items"]
    statuses = sorted((item["executionName"]["S"], item["status"]["S"]) for item in found)
    each = len(AUDIT_TYPES)
    assert statuses == [("user-log-0", "superseded")] * each + [("user-log-1", "success")] * each


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"userId": "U2"}, UserNotFoundError),
        ({"loginCount": "1.5"}, InvalidRecordError),
        ({"userId": " "}, InvalidRecordError),
    ],
)
def test_a_bad_row_writes_nothing(
    processor: ModuleType, aws: Any, database: Any, changes: dict[str, str], error: type[Exception]
) -> None:
    """Neither totals nor audit items; the state machine logs the error."""
    with pytest.raises(error):
        processor.lambda_handler(row(**changes), CONTEXT)
    assert totals(database) is None
    assert items(aws) == {}


def test_a_broken_connection_fails_once_and_is_replaced(processor: ModuleType, database: Any) -> None:
    """The next attempt works."""
    processor.lambda_handler(row(), CONTEXT)
    end_others = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()"""
    with database.connect() as connection:
        connection.execute(end_others)
    with pytest.raises(DatabaseError):
        processor.lambda_handler(row(), CONTEXT)
    assert processor.lambda_handler(row(), CONTEXT)["status"] == "success"


def test_a_locked_user_is_a_database_error(
    processor: ModuleType, database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lock that takes too long may be free when asked again."""
    monkeypatch.setattr(processor.database, "_options", "-c lock_timeout=100")
    with database.connect() as connection, connection.transaction():
        connection.execute("SELECT 1 FROM users FOR UPDATE")
        with pytest.raises(DatabaseError, match="55P03"):
            processor.lambda_handler(row(), CONTEXT)


def test_a_refusal_of_dynamodb_rolls_the_totals_back(
    processor: ModuleType, database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Audit comes before commit: no change without its items."""

    def throttled(**_: Any) -> Any:
        return {"UnprocessedItems": {"ProcessingLogs": [1]}}

    monkeypatch.setattr(processor.audit._client, "batch_write_item", throttled)
    monkeypatch.setattr("lambdas.user_log_processor.audit.FIRST_PAUSE", 0)
    with pytest.raises(DatabaseError, match="throttling"):
        processor.lambda_handler(row(), CONTEXT)
    assert totals(database) is None


def test_a_refusal_that_no_retry_cures_is_no_database_error(processor: ModuleType, aws: Any, database: Any) -> None:
    """Without its table the audit trail stays refused; the totals are rolled back all the same."""
    aws.dynamodb.delete_table(TableName="ProcessingLogs")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        processor.lambda_handler(row(), CONTEXT)
    assert totals(database) is None


@pytest.mark.parametrize(("code", "status"), [("ThrottlingException", 400), ("SomethingNew", 500)])
def test_throttling_and_faults_of_the_server_are_database_errors(
    processor: ModuleType, database: Any, monkeypatch: pytest.MonkeyPatch, code: str, status: int
) -> None:
    """By code, or by HTTP status whatever the code."""

    def refused(**_: Any) -> Any:
        answer: Any = {"Error": {"Code": code, "Message": "m"}, "ResponseMetadata": {"HTTPStatusCode": status}}
        raise ClientError(answer, "BatchWriteItem")

    monkeypatch.setattr(processor.audit._client, "batch_write_item", refused)
    with pytest.raises(DatabaseError, match=code):
        processor.lambda_handler(row(), CONTEXT)
    assert totals(database) is None


def test_dynamodb_that_cannot_be_reached_is_a_database_error_in_good_time(
    processor: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody listens there."""
    client = boto3.Session().client("dynamodb", endpoint_url="http://127.0.0.1:9", config=processor.DYNAMODB_CONFIG)
    monkeypatch.setattr(processor.audit, "_client", client)
    began = time.monotonic()
    with pytest.raises(DatabaseError, match="Could not connect"):
        processor.lambda_handler(row(), CONTEXT)
    assert time.monotonic() - began < 9


def test_after_a_failover_the_connection_is_replaced(processor: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was the writer only reads now: the next attempt connects to the one that writes."""
    options = processor.database._options
    monkeypatch.setattr(processor.database, "_options", f"{options} -c default_transaction_read_only=on")
    with pytest.raises(DatabaseError, match="25006"):
        processor.lambda_handler(row(), CONTEXT)
    monkeypatch.setattr(processor.database, "_options", options)
    assert processor.lambda_handler(row(), CONTEXT)["status"] == "success"


def test_a_transaction_that_idles_is_ended_by_the_server(
    processor: ModuleType, database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So an environment that was killed while it held a user's lock does not keep it."""
    options = processor.database._options
    assert "idle_in_transaction_session_timeout=10000" in options
    monkeypatch.setattr(processor.database, "_options", options.replace("=10000", "=100"))
    real = processor.audit.write

    def slow(*arguments: Any) -> None:
        real(*arguments)
        time.sleep(0.4)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(processor.audit, "write", slow)
        with pytest.raises(DatabaseError):
            processor.lambda_handler(row(), CONTEXT)
    assert totals(database) is None
    assert processor.lambda_handler(row(), CONTEXT)["status"] == "success"

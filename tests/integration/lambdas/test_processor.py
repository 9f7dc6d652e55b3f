"""The processor against PostgreSQL and DynamoDB."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import psycopg
import pytest

from lambdas.shared.errors import DatabaseError, InvalidRecordError, UserNotFoundError

CONTEXT = SimpleNamespace(function_name="user-log-processor", aws_request_id="r")


@pytest.fixture
def processor(aws: Any, database: Any, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return a fresh handler module, as a cold start makes it, with one user."""
    monkeypatch.setenv("DATABASE_URL", database.url)
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "local")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-northeast-1")
    with database.connect() as connection:
        connection.execute("INSERT INTO users (user_id, username, email) VALUES ('U1', 'n', 'e')")
    import lambdas.user_log_processor.handler as module  # noqa: PLC0415 - its import is the cold start

    return importlib.reload(module)


def row(**changes: Any) -> dict[str, Any]:
    """Return an event."""
    return {
        "userId": "U1",
        "loginCount": "12",
        "postCount": "3",
        "rowIndex": 0,
        "mapEnteredAt": "2025-08-02T09:30:01Z",
        "uploadedAt": "2025-08-02T09:30:00Z",
        "executionName": "user-log-1",
        "executionArn": "arn",
        "ttlTimestamp": "1740787815",
        **changes,
    }


def totals(database: Any) -> tuple[int, int] | None:
    """Return what is stored of U1."""
    with database.connect() as connection:
        found: tuple[int, int] | None = connection.execute(
            "SELECT login_count, post_count FROM user_statistics WHERE user_id = 'U1'"
        ).fetchone()
        return found


def items(aws: Any) -> dict[str, dict[str, str]]:
    """Return the audit items by sort key, values untyped."""
    found = aws.dynamodb.scan(TableName="ProcessingLogs")["Items"]
    return {
        item["timestamp"]["S"]: {name: next(iter(value.values())) for name, value in item.items()} for item in found
    }


def test_a_row_sets_the_totals_and_leaves_two_audit_items(processor: ModuleType, aws: Any, database: Any) -> None:
    """As in the design document's example."""
    answer = processor.lambda_handler(row(), CONTEXT)
    assert answer["status"] == "success"
    assert totals(database) == (12, 3)
    found = items(aws)
    assert set(found) == {"2025-08-02T09:30:01Z#0#login_update", "2025-08-02T09:30:01Z#0#post_update"}
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
    assert totals(database) == (12, 3)
    assert [item["oldValue"] for item in items(aws).values()] == ["0", "0"]


def test_an_older_upload_is_superseded(processor: ModuleType, aws: Any, database: Any) -> None:
    """Yesterday's file, redriven today, changes nothing, and says so."""
    processor.lambda_handler(row(uploadedAt="2025-08-03T00:00:00Z", loginCount="20"), CONTEXT)
    answer = processor.lambda_handler(row(executionName="user-log-0"), CONTEXT)
    assert answer["status"] == "superseded"
    assert totals(database) == (20, 3)
    found = aws.dynamodb.scan(TableName="ProcessingLogs")["Items"]
    statuses = sorted((item["executionName"]["S"], item["status"]["S"]) for item in found)
    assert statuses == [("user-log-0", "superseded")] * 2 + [("user-log-1", "success")] * 2


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


def test_a_commit_of_unknown_outcome_is_repeated_without_harm(
    processor: ModuleType, aws: Any, database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The totals are in, the answer is lost; the repeat keeps the first old value."""
    real: Callable[..., Any] = processor.lock_totals
    processor.lambda_handler(row(), CONTEXT)

    def lost(connection: psycopg.Connection[Any], user: str) -> Any:
        monkeypatch.setattr(processor, "lock_totals", real)
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(processor, "lock_totals", lost)
    with pytest.raises(DatabaseError):
        processor.lambda_handler(row(), CONTEXT)
    processor.lambda_handler(row(), CONTEXT)
    assert [item["oldValue"] for item in items(aws).values()] == ["0", "0"]

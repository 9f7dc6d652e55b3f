"""The migrator's handler: what deploy and the simulator ask of it."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from lambdas.shared.errors import DatabaseError, UnknownActionError, UsersFileError

CONTEXT = SimpleNamespace(function_name="user-log-schema-migrator", aws_request_id="r")


@pytest.fixture
def migrator(cold_start: Callable[..., ModuleType], empty_database: Any) -> ModuleType:
    """Return the handler module; its database has no table."""
    return cold_start("schema_migrator", DATABASE_URL=empty_database.url)


def test_an_event_without_an_action_migrates_and_a_second_one_finds_nothing_to_do(migrator: ModuleType) -> None:
    """A trigger at deploy sends what it likes."""
    first = migrator.lambda_handler({"RequestType": "Create"}, CONTEXT)["applied"]
    assert first[0] == "0001_users_and_statistics.sql"
    for event in ({}, None, {"action": "migrate"}):
        assert migrator.lambda_handler(event, CONTEXT) == {"applied": []}


def test_users_are_loaded_from_s3_and_counted(migrator: ModuleType, aws: Any) -> None:
    """The sample's user master, from the bucket."""
    migrator.lambda_handler({}, CONTEXT)
    assert migrator.lambda_handler({"action": "count_users"}, CONTEXT) == {"users": 0}
    body = "user_id,username,email\nU1,佐藤,a@x\nU2,鈴木,b@x\n"
    bucket = aws.resources.output_bucket
    aws.s3.put_object(Bucket=bucket, Key="users.csv", Body=body.encode())
    event = {"action": "load_users", "bucket": bucket, "key": "users.csv"}
    assert migrator.lambda_handler(event, CONTEXT) == {"users": 2, "changed": 2}
    assert migrator.lambda_handler({**event, "onlyNew": True}, CONTEXT) == {"users": 2, "changed": 0}
    assert migrator.lambda_handler({"action": "count_users"}, CONTEXT) == {"users": 2}


def test_a_user_is_removed_with_the_totals(migrator: ModuleType, empty_database: Any) -> None:
    """And nobody else; a second time finds nobody."""
    migrator.lambda_handler({}, CONTEXT)
    with migrator.database.connection() as connection:
        connection.execute("INSERT INTO users (user_id, username, email) VALUES ('U1', 'a', 'a@x'), ('U2', 'b', 'b@x')")
        connection.execute("INSERT INTO user_statistics (user_id, login_count) VALUES ('U1', 3), ('U2', 4)")
        connection.commit()
    event = {"action": "remove_users", "users": ["U1"]}
    assert migrator.lambda_handler(event, CONTEXT) == {"removed": 1}
    assert migrator.lambda_handler(event, CONTEXT) == {"removed": 0}
    with migrator.database.connection() as connection:
        assert connection.execute("SELECT user_id, login_count FROM user_statistics").fetchall() == [("U2", 4)]
        assert connection.execute("SELECT user_id FROM users").fetchall() == [("U2",)]


def test_a_users_file_that_is_not_there_is_named(migrator: ModuleType, aws: Any) -> None:
    """With its address and S3's reason."""
    event = {"action": "load_users", "bucket": aws.resources.output_bucket, "key": "gone.csv"}
    with pytest.raises(UsersFileError, match=r"/gone\.csv cannot be fetched: .*NoSuchKey"):
        migrator.lambda_handler(event, CONTEXT)


def test_an_unknown_action_is_refused(migrator: ModuleType) -> None:
    """A misspelt one must not migrate in its stead."""
    with pytest.raises(UnknownActionError, match="no action 'lod_users'"):
        migrator.lambda_handler({"action": "lod_users"}, CONTEXT)


def test_a_database_that_cannot_be_reached_is_a_database_error(cold_start: Callable[..., ModuleType]) -> None:
    """It may be up a moment later."""
    module = cold_start("schema_migrator", DATABASE_URL="postgresql://someone@127.0.0.1:9/none")
    with pytest.raises(DatabaseError, match="Connection refused"):
        module.lambda_handler({}, CONTEXT)

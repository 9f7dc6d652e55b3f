"""The user reader on a real PostgreSQL: what it answers, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import psycopg
import pytest

from lambdas.schema_migrator.migrations import apply_migrations, read_migrations
from lambdas.schema_migrator.users import load_users
from lambdas.shared.errors import BadQuestionError, DatabaseError
from simulator.pipeline.provisioning import DEFINITIONS

CONTEXT = SimpleNamespace(function_name="user-log-user-reader", aws_request_id="r")


@pytest.fixture
def reader(cold_start: Callable[..., ModuleType], empty_database: Any) -> ModuleType:
    """Return the handler module; its database has three users, of whom one has totals."""
    with empty_database.connect() as connection:
        apply_migrations(connection, read_migrations(DEFINITIONS / "migrations"))
        load_users(connection, ["user_id,username,email\nU1,佐藤,a@x\nU_2,鈴木,b@x\nU32,100%,C@x\n".encode()])
        connection.execute("insert into user_statistics values ('U1', 5, 7, timestamp '2026-01-02 03:04:05')")
        connection.commit()
    return cold_start("user_reader", DATABASE_URL=empty_database.url)


def found(module: ModuleType, **event: Any) -> list[str]:
    """Return the IDs of the users in an answer."""
    return [user["userId"] for user in module.lambda_handler(event, CONTEXT)["users"]]


def test_an_empty_event_gives_the_first_users_with_their_totals(reader: ModuleType) -> None:
    """In the order of their IDs; what no file has set is None."""
    answer = reader.lambda_handler(None, CONTEXT)
    assert answer["total"] == 3
    assert answer["users"][0] == {
        "userId": "U1",
        "username": "佐藤",
        "email": "a@x",
        "totals": [5, 7],
        "lastUpdated": "2026-01-02T03:04:05+00:00",
    }
    assert answer["users"][1]["totals"] == [None, None]
    assert answer["users"][1]["lastUpdated"] is None


def test_what_is_searched_for_is_no_pattern(reader: ModuleType) -> None:
    """`_` and `%` stand for themselves; upper and lower case are the same."""
    assert found(reader, search="_2") == ["U_2"]
    assert found(reader, search="0%") == ["U32"]
    assert found(reader, search="c@X") == ["U32"]
    assert found(reader, search="鈴") == ["U_2"]
    assert found(reader, search="' or 1=1 --\0") == []


def test_one_user_is_found_by_the_whole_id_only(reader: ModuleType) -> None:
    """`U1` is not `u1`, and not a part of another's ID."""
    assert found(reader, user="U1") == ["U1"]
    assert found(reader, user="u1") == []
    assert found(reader, user="U") == []
    assert found(reader, user="U1", search="nobody") == ["U1"]


def test_several_users_are_found_by_their_whole_ids_only(reader: ModuleType) -> None:
    """Those who are not there are left out, and so is an ID that no database can hold; no ID at all finds nobody."""
    assert found(reader, users=["U32", "U1", "u1", "U", "U\0"]) == ["U1", "U32"]
    assert found(reader, users=["U1"], search="nobody", user="U_2") == ["U1"]
    assert found(reader, users=[]) == []
    with pytest.raises(BadQuestionError):
        found(reader, users=["U1"] * 501)


def test_pages_and_orders(reader: ModuleType) -> None:
    """The users without a total come last."""
    assert found(reader, limit=1, offset=1) == ["U32"]
    assert found(reader, order="logins", limit=1) == ["U1"]
    assert reader.lambda_handler({"limit": 0}, CONTEXT) == {"total": 3, "users": []}


@pytest.mark.parametrize(
    ("event", "field"),
    [
        ({"limit": 501}, "limit"),
        ({"offset": -1}, "offset"),
        ({"order": "email; drop table users"}, "order"),
        ({"serch": "x"}, "serch"),
        ({"search": "x" * 301}, "search"),
    ],
)
def test_a_bad_question_is_refused_by_the_name_of_its_field(
    reader: ModuleType, event: dict[str, Any], field: str
) -> None:
    """No question is guessed."""
    with pytest.raises(BadQuestionError, match=f" {field}: "):
        reader.lambda_handler(event, CONTEXT)


def test_its_transaction_can_write_nothing(reader: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even as a superuser: the transaction itself is read-only."""
    query = type(
        "Writes",
        (),
        {"count": "delete from user_statistics returning 1 as total", "page": "select 1", "values": {}, "users": None},
    )
    monkeypatch.setattr(reader.UserQuery, "model_validate", lambda _event: query())
    with pytest.raises((DatabaseError, psycopg.errors.ReadOnlySqlTransaction), match="read-only"):
        reader.lambda_handler({}, CONTEXT)


def test_a_database_that_cannot_be_reached_is_a_database_error(cold_start: Callable[..., ModuleType]) -> None:
    """The page says so."""
    module = cold_start("user_reader", DATABASE_URL="postgresql://someone@127.0.0.1:9/none")
    with pytest.raises(DatabaseError, match="Connection refused"):
        module.lambda_handler({}, CONTEXT)

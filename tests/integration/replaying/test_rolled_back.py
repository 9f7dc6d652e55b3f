"""Nothing is committed, however a function goes about it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from lambdas.shared.connection import connect
from simulator.pipeline.replaying.rolled_back import nothing_committed, one_call

if TYPE_CHECKING:
    from collections.abc import Callable

    from psycopg import Connection

    from tests.integration.conftest import Database

INSERT = "INSERT INTO users (user_id, username, email) VALUES ('U1', 'one', 'one@example.com')"


def by_autocommit(connection: Connection[Any]) -> None:
    """Outside any transaction."""
    connection.execute(INSERT)


def by_transaction(connection: Connection[Any]) -> None:
    """As the functions do."""
    with connection.transaction():
        connection.execute(INSERT)


def by_commit(connection: Connection[Any]) -> None:
    """In psycopg's other mode."""
    connection.autocommit = False
    with connection.cursor() as cursor:
        cursor.execute(INSERT)
    connection.commit()


@pytest.mark.parametrize("write", [by_autocommit, by_transaction, by_commit])
def test_nothing_is_committed(database: Database, write: Callable[[Connection[Any]], None]) -> None:
    """The call itself sees what it has written."""

    def call() -> int:
        with one_call(lambda _connection: None), connect(database.url, autocommit=True) as connection:
            write(connection)
            return int(connection.execute("SELECT count(*) FROM users").fetchone()[0])  # type: ignore[index] # one row

    with nothing_committed(), ThreadPoolExecutor(1) as thread:
        assert thread.submit(call).result() == 1
    with database.connect() as connection:
        assert connection.execute("SELECT count(*) FROM users").fetchone() == (0,)


def test_a_connection_that_is_kept_begins_each_call_anew(database: Database) -> None:
    """What a call wrote, the next one does not see."""
    kept: list[Connection[Any]] = []

    def call() -> int:
        with one_call(lambda _connection: None):
            if not kept:
                kept.append(connect(database.url, autocommit=True))
            before = kept[0].execute("SELECT count(*) FROM users").fetchone()
            by_transaction(kept[0])
            return int(before[0])  # type: ignore[index] # one row

    with nothing_committed(), ThreadPoolExecutor(1) as thread:
        assert [thread.submit(call).result() for _ in range(2)] == [0, 0]
        kept[0].close()

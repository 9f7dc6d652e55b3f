"""The users page's questions, asked of a real PostgreSQL."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from dashboard.queries.read_only_database import DatabaseUnavailable, ReadOnlyDatabase
from dashboard.queries.users import users
from lambdas.shared.connection import connect
from simulator.pipeline.errors import CloudError
from simulator.postgres.external import ExternalPostgres
from tests.integration.stored_totals import store_totals
from tests.rows import totals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.conftest import Database as TestDatabase

pytestmark = pytest.mark.usefixtures("no_libpq_variables")  # the server is one of the user's own
ROWS = [
    ("U1", "Ueno 上野", "u1@example.com", totals(5, 2, 4)),
    ("U2", "100%_a\\b", "u2@example.com", totals(9, 1, 4)),
    ("U3", "c", "u3@x", None),
]


class Counted:
    """Opens a server, and counts how often."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.opened = 0
        self.closed = threading.Event()

    def __call__(self) -> Counted:
        """Open it."""
        self.opened += 1
        self.closed.clear()
        return self

    display_url = "shown"
    embedded = True

    def close(self) -> None:
        """Note it."""
        self.closed.set()


@pytest.fixture
def filled(database: TestDatabase) -> Iterator[ReadOnlyDatabase]:
    """Three users, of whom two have statistics."""
    with database.connect() as connection:
        for user, name, email, stored in ROWS:
            connection.execute("INSERT INTO users (user_id, username, email) VALUES (%s, %s, %s)", (user, name, email))
            if stored is not None:
                store_totals(connection, user, stored, "2026-01-01 09:30")
    asked = ReadOnlyDatabase(lambda: ExternalPostgres(database.url))
    yield asked
    asked.close()


def test_users_come_in_pages_with_their_statistics(filled: ReadOnlyDatabase) -> None:
    """Those no file has had have none; the time is the upload's, in UTC."""
    page = users(filled, limit=2)
    assert (page.total, page.tables, [one.user_id for one in page.users]) == (3, True, ["U1", "U2"])
    assert page.users[0].totals == totals(5, 2, 4)
    assert page.users[0].last_updated == datetime(2026, 1, 1, 9, 30, tzinfo=UTC)
    (last,) = users(filled, offset=2).users
    assert (last.user_id, last.totals, last.last_updated) == ("U3", totals(None, None, None), None)


def test_users_are_ordered_by_what_is_asked_for(filled: ReadOnlyDatabase) -> None:
    """Those without statistics last."""
    assert [one.user_id for one in users(filled, order="logins").users] == ["U2", "U1", "U3"]
    assert [one.user_id for one in users(filled, order="posts").users] == ["U1", "U2", "U3"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("u2", ["U2"]),
        ("上野", ["U1"]),
        ("%", ["U2"]),
        ("_", ["U2"]),
        ("\\", ["U2"]),
        ("@X", ["U3"]),
        ("'; --", []),
        ("\0c", ["U3"]),
    ],
)
def test_a_search_finds_the_text_itself(filled: ReadOnlyDatabase, search: str, found: list[str]) -> None:
    """No character of it is a pattern."""
    wanted = [one.user_id for one in users(filled, search=search).users]
    assert set(found) <= set(wanted) if search == "\0c" else wanted == found


def test_nothing_can_be_changed(filled: ReadOnlyDatabase) -> None:
    """A page only reads."""
    with pytest.raises(DatabaseUnavailable, match="read-only"):
        filled.ask("delete from user_statistics returning user_id")
    assert users(filled).users[0].totals[0] == 5


def test_a_database_without_tables_says_that_nothing_has_been_run(empty_database: TestDatabase) -> None:
    """It is not an error: the first run makes them."""
    database = ReadOnlyDatabase(lambda: ExternalPostgres(empty_database.url))
    page = users(database)
    assert (page.users, page.total, page.tables) == ([], 0, False)
    database.close()


def test_the_server_is_let_go_when_it_is_not_asked_and_opened_again_when_it_is(database: TestDatabase) -> None:
    """So that `reset` is not kept waiting by an open page."""
    server = Counted(database.url)
    asked = ReadOnlyDatabase(server, idle_seconds=0.2)
    for _ in range(3):
        asked.ask("select 1 as one")
    assert (server.opened, server.closed.is_set(), asked.display_url) == (1, False, "shown")
    assert server.closed.wait(10)
    time.sleep(0.05)
    assert asked.display_url is None
    assert asked.ask("select 1 as one") == [{"one": 1}]
    assert server.opened == 2
    asked.close()
    assert server.closed.is_set()


def test_a_server_that_cannot_be_opened_or_has_died_is_a_sentence(database: TestDatabase) -> None:
    """With the reason, on one line; the next question tries again."""

    def refuse() -> ExternalPostgres:
        raise CloudError("There is no\nroom.")

    with pytest.raises(DatabaseUnavailable, match=r"There is no room\.$"):
        users(ReadOnlyDatabase(refuse))
    server = Counted(database.url.replace(database.name, "gone"))
    asked = ReadOnlyDatabase(server)
    with pytest.raises(DatabaseUnavailable, match="does not exist"):
        users(asked)
    assert server.closed.is_set()
    server.url = database.url
    assert asked.ask("select 1 as one") == [{"one": 1}]
    asked.close()


def test_a_question_that_takes_too_long_is_given_up(database: TestDatabase) -> None:
    """A table somebody has locked does not hang the page."""
    asked = ReadOnlyDatabase(lambda: ExternalPostgres(database.url))
    with connect(database.url) as holder:
        holder.execute("lock table users in access exclusive mode")
        with pytest.raises(DatabaseUnavailable, match="lock timeout"):
            users(asked)
    asked.close()

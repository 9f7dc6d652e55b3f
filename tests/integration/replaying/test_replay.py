"""Today's code on recorded rows: the same outcomes, and nothing that stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from lambdas.shared.columns import TOTALS
from simulator.pipeline.errors import CloudError
from simulator.pipeline.replaying.recorded_rows import RowOutcome
from simulator.pipeline.replaying.replay import Replay
from tests.integration.lambdas.rows import row
from tests.integration.stored_totals import store_totals
from tests.rows import totals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.conftest import Database

NOW = totals(40, 9)


@pytest.fixture
def replay(database: Database) -> Iterator[Replay]:
    """A replay on a database with the user U1, whose totals are newer than the recorded rows."""
    with database.connect() as connection:
        connection.execute("INSERT INTO users (user_id, username, email) VALUES ('U1', 'one', 'one@example.com')")
        store_totals(connection, "U1", NOW, "2026-01-01")
    before = everything(database)
    with Replay(database.url) as found:
        yield found
    assert everything(database) == before


def everything(database: Database) -> list[Any]:
    """All that the tables hold."""
    with database.connect() as connection:
        return [
            connection.execute("SELECT * FROM users ORDER BY user_id").fetchall(),
            connection.execute("SELECT * FROM user_statistics ORDER BY user_id").fetchall(),
        ]


def output(user: str, status: str, old: int, *new: int) -> RowOutcome:
    """An output as the function gives it."""
    changes = zip(TOTALS, totals(*new), strict=True)
    told = {column.event_key: {"old": old, "new": value} for column, value in changes}
    return RowOutcome(output={"userId": user, "status": status, **told})


def test_a_row_ends_as_recorded_whatever_the_database_holds_now(replay: Replay) -> None:
    """The old totals are put back for the call; the audit items are caught."""
    recorded = output("U1", "success", 7, 12, 3)
    assert replay.call(row(), row(), recorded) == recorded
    assert [operation for operation, _ in replay.caught] == ["BatchWriteItem"]


def test_a_superseded_row_is_superseded_again(replay: Replay) -> None:
    """Its items are put one by one."""
    recorded = output("U1", "superseded", 7, 12, 3)
    assert replay.call(row(), row(), recorded) == recorded
    assert [operation for operation, _ in replay.caught] == ["PutItem"] * len(TOTALS)


def test_a_user_who_is_not_in_this_database_is_there_for_the_call(replay: Replay) -> None:
    """As with a run that was fetched from AWS."""
    event, recorded = row(userId="U77"), output("U77", "success", 0, 12, 3)
    assert replay.call(event, event, recorded) == recorded


def test_a_user_who_was_unknown_is_unknown_again(replay: Replay) -> None:
    """Although somebody has created them since."""
    recorded = RowOutcome(error="UserNotFoundError", cause="There is no user 'U1' in the table users.")
    assert replay.call(row(), row(), recorded) == recorded


def test_a_row_that_was_wrong_fails_alike_and_succeeds_with_another_value(replay: Replay) -> None:
    """The second by `--set`."""
    wrong = row(loginCount="x")
    recorded = RowOutcome(
        error="InvalidRecordError", cause="ログイン回数 must be a whole number in the digits 0-9: 'x'"
    )
    assert replay.call(wrong, wrong, recorded) == recorded
    changed = replay.call(row(), wrong, recorded)
    assert changed.error is None
    assert changed.output["loginCount"]["new"] == 12


def test_a_database_without_tables_is_said(empty_database: Database) -> None:
    """A replay makes none."""
    with pytest.raises(CloudError, match="no tables yet"):
        Replay(empty_database.url)

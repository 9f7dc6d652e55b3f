"""Puts a user back to how the recorded row had found them, so that only the code can make a difference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import sql

from lambdas.shared.columns import MAX_USER_ID, TOTALS, USER

if TYPE_CHECKING:
    import psycopg

    from simulator.pipeline.replaying.recorded_rows import RowOutcome

UNKNOWN_USER = "UserNotFoundError"
_SUPERSEDED = "superseded"
_NEWEST = "'9999-12-31'"
_FIELDS = [sql.Identifier(column.field) for column in TOTALS]
_ADD_USER = sql.SQL(
    "INSERT INTO users (user_id, username, email) VALUES (%s, 'replay', %s) ON CONFLICT (user_id) DO NOTHING"
)
_REMOVE = (
    sql.SQL("DELETE FROM user_statistics WHERE user_id = %s"),
    sql.SQL("DELETE FROM users WHERE user_id = %s"),
)
_SET = sql.SQL(
    "INSERT INTO user_statistics (user_id, {fields}, last_updated) VALUES (%s, {values}, {updated}) "
    "ON CONFLICT (user_id) DO UPDATE SET ({fields}, last_updated) = ROW({excluded}, EXCLUDED.last_updated)"
)


def put_back(connection: psycopg.Connection[Any], event: dict[str, Any], recorded: RowOutcome | None) -> None:
    """Change what the user's row found, inside the open transaction.

    A user who was not there is removed; one who was is added if this database does not have them. The totals become
    the old ones of the recorded output.

    Args:
        connection: in a transaction that will be rolled back.
        event: the recorded one.
        recorded: how the row ended; None if nothing is known of that.
    """
    user = event.get(USER.event_key)
    if not isinstance(user, str) or not user or "\0" in user or len(user) > MAX_USER_ID:
        return
    if recorded is not None and recorded.error == UNKNOWN_USER:
        for removal in _REMOVE:
            connection.execute(removal, (user,))
        return
    connection.execute(_ADD_USER, (user, f"{user}@replay.invalid"))
    old = _old_totals(recorded)
    if old is None or recorded is None:
        return
    superseded = recorded.output.get("status") == _SUPERSEDED
    updated = sql.SQL(_NEWEST if superseded else "NULL")
    excluded = sql.SQL(", ").join(sql.SQL("EXCLUDED.{}").format(one) for one in _FIELDS)
    statement = _SET.format(
        fields=sql.SQL(", ").join(_FIELDS),
        values=sql.SQL(", ").join([sql.SQL("%s")] * len(_FIELDS)),
        excluded=excluded,
        updated=updated,
    )
    connection.execute(statement, (user, *old))


def _old_totals(recorded: RowOutcome | None) -> list[Any] | None:
    output = None if recorded is None else recorded.output
    if not isinstance(output, dict):
        return None
    changes = [output.get(column.event_key) for column in TOTALS]
    old = [one["old"] for one in changes if isinstance(one, dict) and "old" in one]
    return old if len(old) == len(TOTALS) else None

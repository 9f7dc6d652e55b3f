"""Reads users' totals, and removes users with their totals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import sql

from lambdas.shared.columns import TOTALS
from lambdas.shared.errors import UsersListError

if TYPE_CHECKING:
    import psycopg

MOST_USERS = 1_000
_READ = (
    sql.SQL("SELECT user_id, {totals} FROM user_statistics WHERE user_id = ANY(%s)")
    .format(totals=sql.SQL(", ").join(sql.Identifier(column.field) for column in TOTALS))
    .as_bytes()
)


def checked_users(users: object) -> list[str]:
    """Return the user IDs of a request.

    Raises:
        UsersListError: it is not a list of 1 to 1,000 texts.
    """
    if not isinstance(users, list) or not 0 < len(users) <= MOST_USERS:
        raise UsersListError(f"`users` must be a list of 1 to {MOST_USERS:,} user IDs")
    if not all(isinstance(user, str) and user for user in users):
        raise UsersListError("each of `users` must be a text that is not empty")
    return users


def read_totals(connection: psycopg.Connection[Any], users: list[str]) -> dict[str, dict[str, int]]:
    """Return the totals of those users that have some: user ID -> a column's database field -> value."""
    rows = connection.execute(_READ, [users])
    return {user: dict(zip((column.field for column in TOTALS), totals, strict=True)) for user, *totals in rows}


def remove_users(connection: psycopg.Connection[Any], users: list[str]) -> int:
    """Remove users and their totals, and return how many there were. Their audit items stay until they expire."""
    with connection.transaction():
        connection.execute("DELETE FROM user_statistics WHERE user_id = ANY(%s)", [users])
        return connection.execute("DELETE FROM users WHERE user_id = ANY(%s)", [users]).rowcount

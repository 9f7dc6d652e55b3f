"""The users' statistics in PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from psycopg import sql

from lambdas.shared.columns import TOTALS
from lambdas.shared.errors import UserNotFoundError

if TYPE_CHECKING:
    from datetime import datetime

    import psycopg

# The lock is on users: a user without statistics has no other row to lock.
_LOCK = (
    sql.SQL("""
    SELECT {totals}, s.last_updated
    FROM users u LEFT JOIN user_statistics s ON s.user_id = u.user_id
    WHERE u.user_id = %s
    FOR UPDATE OF u
""")
    .format(totals=sql.SQL(", ").join(sql.Identifier("s", column.field) for column in TOTALS))
    .as_bytes()
)
_STORED = [sql.Identifier(name) for name in (*(column.field for column in TOTALS), "last_updated")]
_SET = (
    sql.SQL("""
    INSERT INTO user_statistics (user_id, {stored}) VALUES (%s, {values})
    ON CONFLICT (user_id) DO UPDATE SET {changes}
""")
    .format(
        stored=sql.SQL(", ").join(_STORED),
        values=sql.SQL(", ").join([sql.SQL("%s")] * len(_STORED)),
        changes=sql.SQL(", ").join(sql.SQL("{0} = EXCLUDED.{0}").format(name) for name in _STORED),
    )
    .as_bytes()
)


@dataclass(frozen=True, slots=True)
class Totals:
    """The stored totals of a user.

    Args:
        values: the totals in the order of `TOTALS`; 0 for what is not stored.
        last_updated: the time of the upload they are from, in UTC; None if there was none.
    """

    values: tuple[int, ...]
    last_updated: datetime | None

    def newer_than(self, uploaded_at: datetime) -> bool:
        """Whether they are from a newer upload than that."""
        return self.last_updated is not None and self.last_updated > uploaded_at


class NewTotals(Protocol):
    """A user's totals as an upload has them: in the order of `TOTALS`, with the upload's time in UTC."""

    @property
    def user_id(self) -> str: ...  # noqa: D102 - as the class says
    @property
    def totals(self) -> tuple[int, ...]: ...  # noqa: D102 - as above
    @property
    def uploaded_at(self) -> datetime: ...  # noqa: D102 - as above


def lock_totals(connection: psycopg.Connection[Any], user_id: str) -> Totals:
    """Lock a user until the transaction ends, and return what is stored.

    Raises:
        UserNotFoundError: there is no such user.
    """
    row = connection.execute(_LOCK, (user_id,)).fetchone()
    if row is None:
        raise UserNotFoundError(f"There is no user {user_id!r} in the table users.")
    *values, last_updated = row
    return Totals(tuple(value or 0 for value in values), last_updated)


def set_totals(connection: psycopg.Connection[Any], record: NewTotals) -> None:
    """Set a user's totals to a row's."""
    connection.execute(_SET, (record.user_id, *record.totals, record.uploaded_at))

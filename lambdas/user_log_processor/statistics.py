"""The users' statistics in PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lambdas.shared.errors import UserNotFoundError

if TYPE_CHECKING:
    from datetime import datetime

    import psycopg

    from lambdas.user_log_processor.record import UserLogRecord

# The lock is on users: a user without statistics has no other row to lock.
_LOCK = """
    SELECT s.login_count, s.post_count, s.last_updated
    FROM users u LEFT JOIN user_statistics s ON s.user_id = u.user_id
    WHERE u.user_id = %s
    FOR UPDATE OF u
"""
_SET = """
    INSERT INTO user_statistics (user_id, login_count, post_count, last_updated) VALUES (%s, %s, %s, %s)
    ON CONFLICT (user_id) DO UPDATE
    SET login_count = EXCLUDED.login_count, post_count = EXCLUDED.post_count, last_updated = EXCLUDED.last_updated
"""


@dataclass(frozen=True, slots=True)
class Totals:
    """What is stored of a user: both totals (0 where there are none), and the upload they are from (None)."""

    login_count: int
    post_count: int
    last_updated: datetime | None

    def newer_than(self, uploaded_at: datetime) -> bool:
        """Whether they are from a newer upload than that."""
        return self.last_updated is not None and self.last_updated > uploaded_at


def lock_totals(connection: psycopg.Connection[Any], user_id: str) -> Totals:
    """Lock a user until the transaction ends, and return what is stored.

    Raises:
        UserNotFoundError: where there is no such user.
    """
    row = connection.execute(_LOCK, (user_id,)).fetchone()
    if row is None:
        raise UserNotFoundError(f"There is no user {user_id!r} in the table users.")
    login_count, post_count, last_updated = row
    return Totals(login_count or 0, post_count or 0, last_updated)


def set_totals(connection: psycopg.Connection[Any], record: UserLogRecord) -> None:
    """Set a user's totals to the row's."""
    connection.execute(_SET, (record.user_id, record.login_count, record.post_count, record.uploaded_at))

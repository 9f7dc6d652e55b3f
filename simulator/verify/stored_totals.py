"""Reads the users' totals from PostgreSQL, in one snapshot."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg

from simulator.verify.database_check import Stored

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

MAX_USER_ID = 10
CONNECT_TIMEOUT = 5
_READ = """
    SELECT u.user_id, s.login_count, s.post_count, s.last_updated
    FROM users u LEFT JOIN user_statistics s ON s.user_id = u.user_id
    WHERE u.user_id = ANY(%s)
"""


@contextmanager
def stored_totals(url: str) -> Iterator[Callable[[Sequence[str]], Mapping[str, Stored]]]:
    """Give what reads users' totals; all of one reading are of the same moment, and nothing can be changed.

    Raises:
        psycopg.Error: the database is not reached, or has not the tables.
    """
    with psycopg.connect(url, connect_timeout=CONNECT_TIMEOUT) as connection:
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ

        def read(users: Sequence[str]) -> Mapping[str, Stored]:
            possible = [user for user in users if len(user) <= MAX_USER_ID and "\0" not in user]
            return {row[0]: Stored(*row[1:]) for row in connection.execute(_READ, (possible,))}

        yield read

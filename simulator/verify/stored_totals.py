"""Reads the users' totals from PostgreSQL, in one snapshot."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from lambdas.shared.columns import MAX_USER_ID, TOTALS
from lambdas.shared.connection import connect
from lambdas.shared.database_encoding import DatabaseEncoding
from simulator.verify.database_check import Stored

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_READ = (
    sql.SQL("""
    SELECT u.user_id, {totals}, s.last_updated
    FROM users u LEFT JOIN user_statistics s ON s.user_id = u.user_id
    WHERE u.user_id = ANY(%s)
""")
    .format(totals=sql.SQL(", ").join(sql.Identifier("s", column.field) for column in TOTALS))
    .as_bytes()
)


@contextmanager
def stored_totals(url: str) -> Iterator[Callable[[Sequence[str]], Mapping[str, Stored]]]:
    """Give what reads users' totals; all of one reading are of the same moment, and nothing can be changed.

    A user whom the database's encoding cannot hold is not in it, and is not asked for.

    Raises:
        psycopg.Error: the database is not reached, or has not the tables.
    """
    with connect(url) as connection:
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        encoding = DatabaseEncoding(connection)

        def read(users: Sequence[str]) -> Mapping[str, Stored]:
            possible = [user for user in users if len(user) <= MAX_USER_ID and "\0" not in user]
            held = encoding.holds(possible)
            return {row[0]: Stored(row[1:-1], row[-1]) for row in connection.execute(_READ, (held,))}

        yield read

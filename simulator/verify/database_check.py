"""The database against rows and file: who succeeded has the file's totals, who did not has not.

The totals are read from PostgreSQL in one snapshot.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from lambdas.shared.columns import COLUMNS, MAX_USER_ID, TOTALS
from lambdas.shared.connection import connect
from lambdas.shared.database_encoding import DatabaseEncoding
from simulator.verify.row import SUCCEEDED, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from simulator.verify.findings import Findings

PLACE = "database"
CHUNK = 5_000
NEWER = "The database has newer totals than this file's: a later upload has replaced them."
SAME_TIME = "The database has other totals of the same second: another upload had the same time."
DONE = (
    "It counts as not done, and the database has its totals: the answer was lost after the commit. "
    "A redrive repeats it without effect."
)
DONE_BEFORE = "It failed when a new Map Run ran it again, but had succeeded before: so the database has its totals."
_READ = (
    sql.SQL("""
    SELECT u.user_id, {totals}, s.last_updated
    FROM users u LEFT JOIN user_statistics s ON s.user_id = u.user_id
    WHERE u.user_id = ANY(%s)
""")
    .format(totals=sql.SQL(", ").join(sql.Identifier("s", column.field) for column in TOTALS))
    .as_bytes()
)


@dataclass(frozen=True, slots=True)
class Stored:
    """The database's record of a user.

    Args:
        totals: in the order of `TOTALS`; None for what is not stored.
        last_updated: the time of the upload they are from, in UTC; None if there was none.
    """

    totals: tuple[int | None, ...]
    last_updated: datetime | None


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


class DatabaseCheck:
    """Compares the database.

    Args:
        rows: as `items.jsonl` has them.
        findings: where disagreements go.
        uploaded_at: the upload's time, which the run writes as `last_updated`.
        shared_second: whether another run is of an upload in the same second, so that its totals may stand here.
    """

    def __init__(self, rows: list[Row], findings: Findings, uploaded_at: str, *, shared_second: bool) -> None:
        self._rows = rows
        self._findings = findings
        self._uploaded = datetime.fromisoformat(uploaded_at).astimezone(UTC).replace(tzinfo=None)
        self._shared = shared_second

    def run(self, read: Callable[[Sequence[str]], Mapping[str, Stored]]) -> None:
        """Compare everything; `read` gives what is stored of users, those who are not there left out."""
        for start in range(0, len(self._rows), CHUNK):
            rows = self._rows[start : start + CHUNK]
            stored = read([row.user for row in rows])
            self._findings.count(PLACE, len(stored))
            for row in rows:
                self._row(row, stored.get(row.user))

    def _row(self, row: Row, stored: Stored | None) -> None:
        if row.state != SUCCEEDED:
            self._not_done(row, stored)
        elif stored is None:
            self._findings.disagree(PLACE, "The row succeeded, and the user is not in the database.", row)
        elif stored.last_updated is None:
            self._findings.disagree(PLACE, "The row succeeded, and the user has no statistics.", row)
        elif stored.last_updated > self._uploaded:
            self._findings.note(NEWER, row)
        elif row.outcome == "superseded":
            self._findings.disagree(
                PLACE, f"The row was superseded, and what is stored is not newer ({stored.last_updated}).", row
            )
        elif stored.last_updated < self._uploaded:
            self._findings.disagree(
                PLACE, f"The row succeeded, and the database still has the totals of {stored.last_updated}.", row
            )
        elif stored.totals != row.totals:
            if self._shared:
                self._findings.note(SAME_TIME, row)
                return
            columns = zip(TOTALS, stored.totals, strict=True)
            told = ", ".join(f"{total} {column.title.lower()}" for column, total in columns)
            said = ", ".join(row.fields[1 : len(COLUMNS)])
            self._findings.disagree(PLACE, f"It has {told}; the file says {said}.", row)

    def _not_done(self, row: Row, stored: Stored | None) -> None:
        """A row that did not succeed must not have changed anything."""
        if stored is None or stored.last_updated != self._uploaded:
            return
        ours = stored.totals == row.totals
        if row.unsure and ours:
            self._findings.note(DONE, row)
        elif row.succeeded_before and ours:
            self._findings.note(DONE_BEFORE, row)
        elif self._shared:
            self._findings.note(SAME_TIME, row)
        else:
            self._findings.disagree(PLACE, f"The row is {row.state}, and the user was changed by this run.", row)

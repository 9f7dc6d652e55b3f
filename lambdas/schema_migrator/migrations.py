"""Numbered migrations: in order, each once, each in a transaction of its own."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg

from lambdas.schema_migrator.sql_text import Statement, statements
from lambdas.shared.errors import MigrationError

if TYPE_CHECKING:
    from pathlib import Path

_NAME = re.compile(r"\d{4}_[a-z0-9_]+\.sql")
_ADVISORY_LOCK = 7_236_451_902
_SHOWN = 200
_TABLE = """
    CREATE TABLE IF NOT EXISTS schema_migrations (
        name TEXT PRIMARY KEY,
        checksum TEXT NOT NULL,
        applied_at TIMESTAMP NOT NULL DEFAULT (now() AT TIME ZONE 'UTC')
    )
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file: its name, its text."""

    name: str
    text: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def read_migrations(folder: Path) -> list[Migration]:
    """Return the folder's migrations in order.

    Raises:
        MigrationError: if there are none, a name is not `NNNN_words.sql`, or two have one number.
    """
    files = sorted(folder.glob("*.sql"))
    if not files:
        raise MigrationError(f"There is no migration in {folder}.")
    numbers: set[str] = set()
    for file in files:
        if not _NAME.fullmatch(file.name):
            raise MigrationError(f"{file.name} is not a migration's name: it must be like 0002_what_it_does.sql.")
        if file.name[:4] in numbers:
            raise MigrationError(f"Two migrations have the number {file.name[:4]}.")
        numbers.add(file.name[:4])
    return [Migration(file.name, file.read_text(encoding="utf-8")) for file in files]


def apply_migrations(connection: psycopg.Connection[Any], migrations: list[Migration]) -> list[str]:
    """Apply those that have not been applied, and return their names. Two at once are safe: the second waits.

    Args:
        connection: in autocommit mode.
        migrations: all of them, in order.

    Raises:
        MigrationError: if one fails (it is rolled back, earlier ones stay), or an applied one has been changed.
        psycopg.OperationalError: if the connection is lost.
    """
    connection.execute("SELECT pg_advisory_lock(%s)", (_ADVISORY_LOCK,))
    try:
        connection.execute(_TABLE)
        rows = connection.execute("SELECT name, checksum FROM schema_migrations").fetchall()
        applied = dict(rows)
        _check_unchanged(migrations, applied)
        waiting = [migration for migration in migrations if migration.name not in applied]
        for migration in waiting:
            _apply(connection, migration)
        return [migration.name for migration in waiting]
    finally:
        if not connection.closed:
            connection.execute("SELECT pg_advisory_unlock(%s)", (_ADVISORY_LOCK,))


def _check_unchanged(migrations: list[Migration], applied: dict[str, str]) -> None:
    for migration in migrations:
        if applied.get(migration.name, migration.checksum) != migration.checksum:
            raise MigrationError(
                f"{migration.name} was changed after it had been applied. Restore it, and write the change as a new "
                "migration."
            )


def _apply(connection: psycopg.Connection[Any], migration: Migration) -> None:
    # Statement by statement, without the comments between them: a database in LATIN1 cannot take Japanese ones.
    current: Statement | None = None
    try:
        with connection.transaction():
            for current in statements(migration.text):
                connection.execute(current.text.encode())
            current = None
            connection.execute(
                "INSERT INTO schema_migrations (name, checksum) VALUES (%s, %s)", (migration.name, migration.checksum)
            )
    except psycopg.Error as error:
        if connection.closed:
            raise
        said = " ".join(str(error.diag.message_primary or error).split())
        raise MigrationError(f"{migration.name}{_where(current)} failed and was rolled back: {said}") from error


def _where(statement: Statement | None) -> str:
    """Return the line and the text of the statement that failed."""
    if statement is None:
        return ""
    text = " ".join(statement.text.split())
    return f", line {statement.line} ({text if len(text) <= _SHOWN else text[: _SHOWN - 1] + '…'})"

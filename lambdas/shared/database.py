"""PostgreSQL: one connection an execution environment, replaced once it is broken."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import boto3
import psycopg

from lambdas.shared.errors import DatabaseError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lambdas.shared.settings import DatabaseSettings

CONNECT_SECONDS = 3
STATEMENT_MS = 5_000
LOCK_MS = 3_000


class Database:
    """The database as one function sees it; a connection is opened at the first use and kept.

    Args:
        settings: where it is, and how to log in.
        statement_ms: how long a statement may take, in milliseconds; 0 for no limit.
    """

    def __init__(self, settings: DatabaseSettings, *, statement_ms: int = STATEMENT_MS) -> None:
        self._settings = settings
        self._options = f"-c statement_timeout={statement_ms} -c lock_timeout={LOCK_MS if statement_ms else 0}"
        self._connection: psycopg.Connection[Any] | None = None

    @contextmanager
    def transaction(self) -> Iterator[psycopg.Connection[Any]]:
        """Give the connection inside a transaction that is committed at the end, or rolled back on an error.

        Raises:
            DatabaseError: see `connection`; also where it is not known whether the commit went through.
        """
        with self.connection() as connection, connection.transaction():
            yield connection

    @contextmanager
    def connection(self) -> Iterator[psycopg.Connection[Any]]:
        """Give the connection, in autocommit mode.

        Raises:
            DatabaseError: what another attempt may cure: no connection, a lost one, a deadlock, a lock or a statement
                that took too long, too many clients. The connection is closed, so that the next attempt opens another.
        """
        try:
            yield self._open()
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            self.close()
            state = f" (SQLSTATE {error.sqlstate})" if error.sqlstate else ""
            raise DatabaseError(f"{type(error).__name__}{state}: {' '.join(str(error).split())}") from error

    def _open(self) -> psycopg.Connection[Any]:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(**self._parameters(), autocommit=True)
        return self._connection

    def _parameters(self) -> dict[str, Any]:
        common = {"connect_timeout": CONNECT_SECONDS, "options": self._options, "client_encoding": "UTF8"}
        settings = self._settings
        if settings.database_url is not None:
            return {"conninfo": settings.database_url.get_secret_value(), **common}
        return {
            "host": settings.database_host,
            "port": settings.database_port,
            "dbname": settings.database_name,
            "user": settings.database_user,
            "password": self._token(),
            "sslmode": "verify-full",
            "sslrootcert": str(settings.database_ca_file),
            **common,
        }

    def _token(self) -> str:
        """Return an IAM login token; it is signed here, without a network call."""
        settings = self._settings
        token: str = boto3.client("rds", region_name=settings.aws_region).generate_db_auth_token(
            DBHostname=settings.database_host or "",
            Port=settings.database_port,
            DBUsername=settings.database_user,
            Region=settings.aws_region,
        )
        return token

    def close(self) -> None:
        """Close the connection; the next use opens another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

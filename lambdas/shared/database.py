"""PostgreSQL: one connection an execution environment, replaced once it is broken."""

from __future__ import annotations

import weakref
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import boto3
import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.errors import IdleInTransactionSessionTimeout, ReadOnlySqlTransaction, TransactionTimeout

from lambdas.shared.connection import connect
from lambdas.shared.errors import DatabaseError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lambdas.shared.settings import DatabaseSettings

CONNECT_SECONDS = 3
STATEMENT_MS = 3_000
LOCK_MS = 2_000
IDLE_IN_TRANSACTION_MS = 10_000
_TCP = {"keepalives_idle": 5, "keepalives_interval": 1, "keepalives_count": 3, "tcp_user_timeout": 5_000}
_CURABLE = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    IdleInTransactionSessionTimeout,
    TransactionTimeout,
    # After a failover the connection leads to what was the writer, and is a reader now.
    ReadOnlySqlTransaction,
)


class Database:
    """The database as one function sees it; a connection is opened at the first use and kept.

    Args:
        settings: where it is, and how to log in.
        statement_ms: how long a statement may take, in milliseconds; 0 for no limit. With a limit, waiting for a lock
            and idling inside a transaction have one too: an environment that was killed keeps no user locked.
    """

    def __init__(self, settings: DatabaseSettings, *, statement_ms: int = STATEMENT_MS) -> None:
        self._settings = settings
        limits = {
            "statement_timeout": statement_ms,
            "lock_timeout": LOCK_MS if statement_ms else 0,
            "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION_MS if statement_ms else 0,
        }
        self._options = " ".join(f"-c {name}={value}" for name, value in limits.items())
        self._rds = None if settings.database_url else boto3.client("rds", region_name=settings.aws_region)
        self._kept: list[psycopg.Connection[Any]] = []  # one at the most
        # The execution environment's end closes it: its process's on AWS, that of a thread in the simulator.
        weakref.finalize(self, _close, self._kept)

    @contextmanager
    def transaction(self) -> Iterator[psycopg.Connection[Any]]:
        """Give the connection inside a transaction that is committed at the end, or rolled back on an error.

        Raises:
            DatabaseError: see `connection`; also if it is not known whether the commit went through.
        """
        with self.connection() as connection, connection.transaction():
            yield connection

    @contextmanager
    def connection(self) -> Iterator[psycopg.Connection[Any]]:
        """Give the connection, in autocommit mode.

        Raises:
            DatabaseError: what another attempt may cure: no connection, a lost one, a deadlock, a lock or a statement
                that took too long, too many clients, a failover. The connection is closed, so that the next attempt
                opens another.
        """
        try:
            yield self._open()
        except _CURABLE as error:
            self.close()
            state = f" (SQLSTATE {error.sqlstate})" if error.sqlstate else ""
            raise DatabaseError(f"{type(error).__name__}{state}: {' '.join(str(error).split())}") from error

    def _open(self) -> psycopg.Connection[Any]:
        if not self._kept or self._kept[0].closed:
            self._kept[:] = [connect(**self._parameters(), autocommit=True)]
        return self._kept[0]

    def _parameters(self) -> dict[str, Any]:
        common = {"connect_timeout": CONNECT_SECONDS, "options": self._options, **_TCP}
        settings = self._settings
        if settings.database_url is not None:
            url = settings.database_url.get_secret_value()
            own = conninfo_to_dict(url).get("options") or ""
            return {"conninfo": url, **common, "options": f"{own} {self._options}".lstrip()}
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
        if self._rds is None:
            raise TypeError("a database that is reached by its URL has no token")
        token: str = self._rds.generate_db_auth_token(
            DBHostname=settings.database_host or "",
            Port=settings.database_port,
            DBUsername=settings.database_user,
            Region=settings.aws_region,
        )
        return token

    def close(self) -> None:
        """Close the connection; the next use opens another."""
        _close(self._kept)


def _close(connections: list[psycopg.Connection[Any]]) -> None:
    while connections:
        connections.pop().close()

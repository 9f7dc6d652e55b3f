"""The dashboard's way to PostgreSQL: opened when it is asked something, let go when it has not been asked for a while.

An embedded server is a share (`simulator.postgres.embedded`): held for ever, it would keep `reset` from deleting
the database while a page is open; opened for each question, it would be started and stopped each time.
"""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.rows import dict_row

from lambdas.shared.connection import connect
from simulator.pipeline.errors import CLOUD_ERRORS
from simulator.pipeline.servers import open_postgres
from simulator.pipeline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.postgres.server import PostgresServer

IDLE_SECONDS = 30.0
_TIMEOUTS = "set statement_timeout = 5000; set lock_timeout = 2000"


class DatabaseUnavailable(Exception):
    """PostgreSQL cannot be asked; the message says why and what to do."""


class ReadOnlyDatabase:
    """Asks the simulator's PostgreSQL, and can change nothing in it; safe for several threads. Keep one a process.

    Args:
        opening: opens the server; `open_postgres` with the environment's settings if it is not given.
        idle_seconds: how long it is held after a question.
    """

    def __init__(
        self, opening: Callable[[], PostgresServer] | None = None, *, idle_seconds: float = IDLE_SECONDS
    ) -> None:
        self._opening = opening or (lambda: open_postgres(Settings()))
        self._idle_seconds = idle_seconds
        self._lock = threading.Lock()
        self._server: PostgresServer | None = None
        self._timer: threading.Timer | None = None

    def ask(self, query: str, values: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        """Return the rows of a query.

        Raises:
            DatabaseUnavailable: no server, or it does not answer.
            psycopg.errors.UndefinedTable: nothing has been run yet, so there are no tables.
            psycopg.errors.UntranslatableCharacter: the database's encoding cannot hold a value.
        """
        with self._lock:
            try:
                if self._server is None:
                    self._server = self._opening()
                with connect(self._server.url, row_factory=dict_row) as connection:
                    connection.read_only = True
                    connection.execute(_TIMEOUTS)
                    return connection.execute(query.encode(), values).fetchall()
            except (psycopg.errors.UndefinedTable, psycopg.errors.UntranslatableCharacter):
                raise
            except (psycopg.Error, *CLOUD_ERRORS, OSError, UnicodeDecodeError) as error:
                self._let_go()
                reason = " ".join(str(error).split())
                raise DatabaseUnavailable(f"PostgreSQL cannot be asked: {reason}") from error
            finally:
                self._let_go_later()

    @property
    def display_url(self) -> str | None:
        """The server's address without its password; None while it is not open."""
        server = self._server
        return server.display_url if server else None

    def close(self) -> None:
        """Let the server go; the next question opens it again."""
        with self._lock:
            self._let_go()

    def _let_go_later(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._server is not None:
            self._timer = threading.Timer(self._idle_seconds, self.close)
            self._timer.daemon = True
            self._timer.start()

    def _let_go(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            with contextlib.suppress(*CLOUD_ERRORS):  # it says that the server still runs; its guard goes on trying
                server.close()

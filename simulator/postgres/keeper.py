"""Starts an embedded PostgreSQL again that has ended without anybody wanting it (killed by hand, or for its memory)."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final, Self

from simulator.postgres.errors import PostgresError

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.postgres.embedded import EmbeddedPostgres

EVERY_SECONDS: Final = 0.5


class PostgresKeeper:
    """Watches a server until it is closed. A server that a simulator has stopped on purpose is left alone.

    What was committed is there after the start: PostgreSQL repeats its log. To be closed before the server.

    Args:
        server: the server.
        tell: given a sentence for people each time.
        every: seconds between two looks.
    """

    def __init__(self, server: EmbeddedPostgres, tell: Callable[[str], None], *, every: float = EVERY_SECONDS) -> None:
        self._server = server
        self._tell = tell
        self._every = every
        self._closed = threading.Event()
        self.trouble: str | None = None
        """Why the server could not be started again; None as long as it could."""
        self._thread = threading.Thread(target=self._watch, name="postgres-keeper", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Watch no more; a start that is going on is waited for."""
        self._closed.set()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _watch(self) -> None:
        while not self._closed.wait(self._every):
            if self._server.answers() or self._server.stopped_on_purpose():
                continue
            try:
                self._server.start()
            except PostgresError as error:
                self.trouble = str(error)
                self._tell(f"PostgreSQL has ended, and cannot be started again. {error}")
                return
            self._tell("PostgreSQL had ended (killed, or the memory was full) and was started again; nothing is lost")

"""The users of an embedded PostgreSQL: one locked file per process, so that the system itself notices who is gone."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

from filelock import FileLock, Timeout

from simulator.postgres.errors import PostgresError, advice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHANGE_TIMEOUT = 90.0


class PostgresUsers:
    """The processes that use the server of a folder.

    Args:
        folder: `<home>/postgres`, which exists. `change.lock` in it is held while the server is started or stopped, and
            `users/` has one locked file a user. The lock of a process that is gone, kill -9 included, is free.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = folder / "users"
        self._mine: FileLock | None = None

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the right to start or stop the server.

        Raises:
            PostgresError: if another process holds it for too long, or the folder cannot be written to.
        """
        try:
            lock = FileLock(self._folder / "change.lock", timeout=CHANGE_TIMEOUT)
            lock.acquire()
        except Timeout as error:
            raise PostgresError(
                f"Another simulator has been starting or stopping the PostgreSQL in {self._folder} for "
                f"{CHANGE_TIMEOUT:.0f} s. Stop it, or give this one a SIMULATOR_HOME of its own."
            ) from error
        except OSError as error:
            raise PostgresError(
                f"Cannot write to the folder {self._folder}: {error.strerror}. {advice(error)}"
            ) from error
        try:
            yield
        finally:
            lock.release()

    def join(self) -> str:
        """Become a user, and return the user's name. Call it while `changing`.

        Raises:
            PostgresError: the folder cannot be written to.
        """
        name = f"{os.getpid()}-{uuid4().hex[:8]}"
        lock = FileLock(self._files / f"{name}.lock")
        try:
            self._files.mkdir(exist_ok=True)
            lock.acquire()
        except OSError as error:
            raise PostgresError(
                f"Cannot write to the folder {self._files}: {error.strerror}. {advice(error)}"
            ) from error
        self._mine = lock
        return name

    def leave(self) -> None:
        """Stop being a user."""
        lock, self._mine = self._mine, None
        if lock is not None:
            lock.release()

    def wait_until_gone(self, name: str) -> None:
        """Wait until a user has left, or its process is gone.

        Raises:
            PostgresError: if it is still there after a long while.
        """
        try:
            with FileLock(self._files / f"{name}.lock", timeout=CHANGE_TIMEOUT):
                return
        except Timeout as error:
            raise PostgresError(f"The simulator {name} still uses the PostgreSQL in {self._folder}.") from error

    def anyone(self) -> bool:
        """Say whether any process uses the server, tidying up what gone ones left. Call it while `changing`."""
        used = False
        for path in self._files.glob("*.lock"):
            lock = FileLock(path, timeout=0)
            try:
                with lock:
                    path.unlink(missing_ok=True)
            except Timeout:
                used = True
        return used

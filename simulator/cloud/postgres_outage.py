"""Takes the embedded PostgreSQL away, and brings it back where its clients look for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from psycopg.conninfo import conninfo_to_dict

from simulator.cloud.postgres_cluster import PostgresCluster
from simulator.cloud.postgres_users import PostgresUsers

if TYPE_CHECKING:
    from simulator.cloud.postgres import PostgresServer


class _SameSocket(PostgresCluster):
    """A cluster whose server comes back on the socket that it had (a folder of /tmp is gone with its server)."""

    def __init__(self, folder: Path, socket_folder: Path) -> None:
        super().__init__(folder)
        self._kept = socket_folder

    def _socket_folder(self) -> Path:
        self._kept.mkdir(mode=0o700, exist_ok=True)
        return self._kept


class EmbeddedOutage:
    """Stops and starts the embedded server; every simulator that uses the same home feels it.

    Args:
        folder: `<home>/postgres`.
        server: the server that runs there.
    """

    def __init__(self, folder: Path, server: PostgresServer) -> None:
        self._users = PostgresUsers(folder)
        self._cluster = _SameSocket(folder, Path(str(conninfo_to_dict(server.url)["host"])))

    def stop(self) -> None:
        """Stop it, in order ("fast": who is connected is thrown out, open transactions are rolled back).

        Raises:
            CloudError: another simulator holds the right to.
        """
        with self._users.changing():
            self._cluster.stop()

    def start(self) -> None:
        """Start it, where it does not run.

        Raises:
            CloudError: it does not start.
        """
        with self._users.changing():
            self._cluster.start()

"""A second PostgreSQL, which has a TCP port as other people's servers do, and which nothing of ours is to reach."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from simulator.pipeline.settings import HomeFolder
from simulator.postgres import cluster


@dataclass(frozen=True, slots=True)
class ForeignServer:
    """Where the server is: on a port of 127.0.0.1, and on a socket in a folder, which has the port in its name."""

    socket_folder: Path
    port: int

    @property
    def url(self) -> str:
        """Return its administrator's URL, for psycopg."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"


@contextmanager
def foreign_server(folder: Path) -> Iterator[ForeignServer]:
    """Run it in a folder: the embedded PostgreSQL's programs, with other settings."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    own = f"--port={cluster.PORT}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(cluster._SETTINGS, "listen_addresses", "127.0.0.1")
        patch.setitem(cluster._SETTINGS, "port", str(port))
        patch.setattr(cluster, "_SOCKET", f".s.PGSQL.{port}")
        patch.setattr(cluster, "_CLIENT", tuple(f"--port={port}" if word == own else word for word in cluster._CLIENT))
        server = cluster.PostgresCluster(HomeFolder(folder).create().postgres)
        socket_folder = server.start()
    try:
        yield ForeignServer(socket_folder, port)
    finally:
        server.stop()

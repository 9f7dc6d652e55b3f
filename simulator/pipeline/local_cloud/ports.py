"""TCP ports of this machine: whether one is free, and who has it."""

from __future__ import annotations

import socket
from contextlib import suppress

import psutil  # type: ignore[import-untyped]

HOST = "127.0.0.1"
_NEXT_PORTS = 100


def is_free(port: int, host: str = HOST) -> bool:
    """Tell whether a server can listen there."""
    with socket.socket() as probe:
        probe.setsockopt(
            socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
        )  # as servers do: a connection that waits for its end does not count
        try:
            probe.bind((host, port))
            probe.listen(1)
        except (OSError, OverflowError):
            return False
    return True


def free_port(after: int, host: str = HOST) -> int:
    """Return a free port: one of those that follow, or else any."""
    for port in range(after + 1, min(after + _NEXT_PORTS, 65_536)):
        if is_free(port, host):
            return port
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def owner(port: int) -> str | None:
    """Return the program that listens on a port, as `name (process 123)`; None if the system does not tell."""
    with suppress(psutil.Error, OSError):
        for one in psutil.net_connections("tcp"):
            if one.status == psutil.CONN_LISTEN and one.laddr and one.laddr.port == port and one.pid:
                return f"{psutil.Process(one.pid).name()} (process {one.pid})"
    return None

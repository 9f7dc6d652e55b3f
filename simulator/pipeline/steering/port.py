"""Where a process takes orders about the runs that it runs: a port of the loopback address, for its own user only.

A file below `<home>/steering/` that only its owner can read names the port and a token; a run's record names the
process. A socket in the file system would do too, but its path may have only about 100 bytes: many a home's is longer.
An order is one line of JSON, and so is its answer: a browser, which can send only HTTP, is never understood.
"""

from __future__ import annotations

import contextlib
import hmac
import json
import os
import secrets
import socketserver
import threading
from typing import TYPE_CHECKING, Any, Self

from simulator.aws.json_reader import BadJson, read_json
from simulator.pipeline.errors import CloudError
from simulator.pipeline.steering.orders import BadOrder, Order

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Obey = Callable[[Order], dict[str, Any]]

HOST = "127.0.0.1"
MOST_BYTES = 65_536
PATIENCE_SECONDS = 10.0


class Refused(Exception):
    """The order cannot be obeyed; the message says why."""


class SteeringPort:
    """Takes orders until it is closed.

    Args:
        folder: of the files that name the ports; made here.
        obey: does what is ordered, and returns what there is to tell; raises Refused.

    Raises:
        CloudError: the file cannot be written.
    """

    def __init__(self, folder: Path, obey: Obey) -> None:
        self._file = folder / f"{os.getpid()}.json"
        self._server = _Server(obey, secrets.token_hex(16))
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _forget_dead(folder)
            _write(self._file, {"port": self._server.server_address[1], "token": self._server.token})
        except OSError as error:
            self._server.server_close()
            raise CloudError(f"Cannot write {self._file}: {error.strerror}.") from error
        threading.Thread(target=self._server.serve_forever, args=(0.2,), name="steering", daemon=True).start()

    def close(self) -> None:
        """Take no further order."""
        with contextlib.suppress(OSError):
            self._file.unlink()
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, obey: Obey, token: str) -> None:
        self.obey = obey
        self.token = token
        super().__init__((HOST, 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is nothing to tell of."""


class _Handler(socketserver.StreamRequestHandler):
    timeout = PATIENCE_SECONDS
    server: _Server

    def handle(self) -> None:
        answer = _answer(self.server, self.rfile.readline(MOST_BYTES))
        if answer is not None:
            self.wfile.write(json.dumps(answer).encode() + b"\n")


def _answer(server: _Server, line: bytes) -> dict[str, Any] | None:
    try:
        asked = read_json(line)
    except BadJson:
        return None
    if not isinstance(asked, dict) or not hmac.compare_digest(
        str(asked.pop("token", "")).encode(), server.token.encode()
    ):
        return None
    try:
        return server.obey(Order.from_json(asked))
    except (BadOrder, Refused) as error:
        return {"refused": str(error)}


def _forget_dead(folder: Path) -> None:
    """Delete the files of processes that were killed."""
    for file in folder.glob("*.json"):
        if file.stem.isdecimal() and not lives(int(file.stem)):
            file.unlink(missing_ok=True)


def lives(pid: int) -> bool:
    """Tell whether there is such a process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _write(file: Path, content: dict[str, Any]) -> None:
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(json.dumps(content).encode())

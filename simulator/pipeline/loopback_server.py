"""An HTTP server for this process alone, on a free port of 127.0.0.1."""

from __future__ import annotations

import threading
from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING, Generic, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Server = TypeVar("Server", bound=ThreadingHTTPServer)
LOOPBACK = "127.0.0.1"
_LOOK_SECONDS = 0.1  # how long closing may wait for the thread


class LoopbackServer(Generic[Server]):
    """Serves in a thread from the start on. To be closed, or used as a context manager.

    Args:
        make: makes the server for an address.
        name: of the thread.
    """

    def __init__(self, make: Callable[[tuple[str, int]], Server], name: str) -> None:
        self._server = make((LOOPBACK, 0))
        threading.Thread(target=self._server.serve_forever, args=(_LOOK_SECONDS,), name=name, daemon=True).start()
        self.url = f"http://{LOOPBACK}:{self._server.server_address[1]}"

    def close(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

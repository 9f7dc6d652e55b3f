"""A connection of moto's server whose thread stays with it for a moment, since a client's next request often follows.

cheroot gives a connection back to one thread that watches them all, which hands it to a worker when the next request
comes: two switches between threads per request, which cost as much as a DynamoDB write. It also reads through Python's
own `_pyio`, and sends the head and the body of an answer apart.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

from cheroot.makefile import StreamWriter
from cheroot.server import HTTPConnection

if TYPE_CHECKING:
    import socket
    from collections.abc import Buffer  # type: ignore[attr-defined]

STAY_SECONDS: Final = 0.05
_STATUS_LINE: Final = b"HTTP/1.1 "
_INTERIM: Final = b"HTTP/1.1 1"


class StayingConnection(HTTPConnection):
    """Answers the requests that follow one another quickly, without a switch of threads between them.

    Args:
        server: the server.
        sock: the client's socket.
    """

    def __init__(self, server: Any, sock: socket.socket, _makefile: Any = None) -> None:
        super().__init__(server, sock, _stream)

    def communicate(self) -> bool:
        """Answer requests; True if the connection is to be watched for the next one, False if it is to be closed."""
        while self._answered():
            if self.server.requests.qsize:  # others wait for a thread
                return True
            there = self.rfile.begins_within(STAY_SECONDS)
            if not there:
                return there is None
        return False

    def _answered(self) -> bool:
        try:
            return bool(super().communicate())  # type: ignore[no-untyped-call] # cheroot's
        finally:
            self.wfile.send_head()


class _Socket(io.RawIOBase):
    """A socket, read. Unlike `socket.SocketIO` it can be read again after a timeout."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__()
        self.socket = sock

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: Buffer) -> int:
        """Read what is there; 0 at the end."""
        return self.socket.recv_into(buffer)


class _Reader(io.BufferedReader):
    """What a client sends."""

    raw: _Socket

    def has_data(self) -> bool:
        """Tell whether something has been read that nobody has taken yet."""
        return self.begins_within(0.0) is True

    def begins_within(self, seconds: float) -> bool | None:
        """Wait for the next request: True if it has begun, False if the client has closed, None if neither."""
        sock = self.raw.socket
        patience = sock.gettimeout()
        sock.settimeout(seconds)
        try:
            return bool(self.peek(1))
        except (TimeoutError, BlockingIOError):
            return None
        except OSError:
            return False
        finally:
            sock.settimeout(patience)


class _Writer(StreamWriter):
    """What is sent to a client: the head of an answer waits for what follows it."""

    _head = b""

    def write(self, val: Any, *_: Any, **__: Any) -> int:  # type: ignore[override] # as cheroot itself does
        """Send, or keep the head of an answer."""
        data = bytes(val)
        if data.startswith(_STATUS_LINE) and not data.startswith(_INTERIM) and not self._head:
            self._head = data
        else:
            head, self._head = self._head, b""
            super().write(head + data)  # type: ignore[no-untyped-call] # cheroot's
        return len(data)

    def send_head(self) -> None:
        """Send a head that nothing has followed."""
        if self._head:
            self.write(b"")


def _stream(sock: socket.socket, mode: str, size: int) -> _Reader | _Writer:
    return _Reader(_Socket(sock), size) if "r" in mode else _Writer(sock, mode, size)

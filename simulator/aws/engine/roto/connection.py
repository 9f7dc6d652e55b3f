"""A connection to roto that is used again: HTTP/1.1 with as little work per request as it needs (RFC 9112)."""

from __future__ import annotations

import re
import socket
from typing import TYPE_CHECKING, Final

from simulator.aws.errors import ServerError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PIECE: Final = 1 << 16
_MOST_HEAD: Final = 1 << 18
_CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
_NO_BODY: Final = frozenset({b"204", b"304"})


class RotoConnection:
    """One connection; one thread uses it at a time.

    Args:
        port: roto's port on 127.0.0.1.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None
        self._rest = b""

    def ask(self, head: bytes, body: Iterable[bytes], *, bodiless: bool) -> tuple[bytes, Iterator[bytes]]:
        """Send a request, and return the head of its answer and the pieces of its body, which must be read to the end.

        Args:
            head: request line and headers, the empty line included.
            body: the pieces of the body, as they are sent.
            bodiless: whether the answer has no body whatever its head says (to HEAD).

        Raises:
            ServerError: roto has closed the connection.
        """
        connected = self._connected()
        try:
            for piece in body:
                connected.sendall(head + piece)
                head = b""
            if head:
                connected.sendall(head)
            answer = self._until(b"\r\n\r\n")
            while answer.startswith(b"HTTP/1.1 1"):  # an interim answer
                answer = self._until(b"\r\n\r\n")
        except BaseException:
            self.close()  # half a request may be on its way
            raise
        return answer, self._body(answer, bodiless=bodiless)

    def close(self) -> None:
        """Close it; the next request opens another."""
        if self._socket is not None:
            self._socket.close()
        self._socket, self._rest = None, b""

    def _connected(self) -> socket.socket:
        if self._socket is not None and self._has_ended():
            self.close()
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port))
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._socket

    def _has_ended(self) -> bool:
        """Tell whether the other side has closed, or something of an earlier answer is left."""
        if self._socket is None or self._rest:
            return True
        self._socket.settimeout(0.0)
        try:
            self._socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True
        finally:
            self._socket.settimeout(None)
        return True

    def _received(self) -> bytes:
        piece = self._socket.recv(_PIECE) if self._socket is not None else b""
        if not piece:
            self.close()
            raise ServerError("roto has closed the connection.")
        return piece

    def _until(self, mark: bytes) -> bytes:
        data = self._rest
        while (end := data.find(mark)) < 0:
            if len(data) > _MOST_HEAD:
                self.close()
                raise ServerError("roto's answer has no end of its head.")
            data += self._received()
        end += len(mark)
        self._rest = data[end:]
        return data[:end]

    def _body(self, head: bytes, *, bodiless: bool) -> Iterator[bytes]:
        if bodiless or head[9:12] in _NO_BODY:
            return iter(())
        length = _CONTENT_LENGTH.search(head)
        if length is not None:
            left = int(length[1])
            if left <= len(self._rest):  # it came with the head: most do
                whole, self._rest = self._rest[:left], self._rest[left:]
                return iter((whole,) if whole else ())
            return self._pieces(left)
        return self._chunks() if _CHUNKED.search(head) else self._to_the_end()

    def _pieces(self, left: int) -> Iterator[bytes]:
        whole = False
        try:
            while left:
                piece = self._rest or self._received()
                self._rest = piece[left:]
                yield piece[:left]
                left -= len(piece[:left])
            whole = True
        finally:
            if not whole:
                self.close()

    def _chunks(self) -> Iterator[bytes]:
        whole = False
        try:
            while size := int(self._until(b"\r\n").partition(b";")[0], 16):
                yield from self._pieces(size)
                self._until(b"\r\n")
            while self._until(b"\r\n") != b"\r\n":
                pass
            whole = True
        finally:
            if not whole:
                self.close()

    def _to_the_end(self) -> Iterator[bytes]:
        try:
            yield self._rest
            while self._socket is not None and (piece := self._socket.recv(_PIECE)):
                yield piece
        finally:
            self.close()

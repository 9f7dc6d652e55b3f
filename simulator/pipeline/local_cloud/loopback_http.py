"""As much of an HTTP client as our own endpoint needs; `http.client` takes longer to import than a question takes.

RFC 9112: message format, chunked transfer coding.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO, Self

OK = 200
_LONGEST_LINE = 65_536


class BadAnswer(Exception):
    """The server's answer is not HTTP, or was cut off."""


class Answer:
    """The answer to one POST of JSON; to be closed.

    Args:
        host, port: the server.
        path: the path that is asked.
        body: the body.

    Raises:
        OSError: the server cannot be reached.
        BadAnswer: it does not answer in HTTP.
    """

    def __init__(self, host: str, port: int, path: str, body: bytes) -> None:
        self._socket = socket.create_connection((host, port))
        try:
            # The head goes with the body in one packet; the next one would wait for an acknowledgment.
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            head = (
                f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            )
            self._socket.sendall(head.encode("ascii") + body)
            self._file: BinaryIO = self._socket.makefile("rb")
            self.status, self._headers = self._head()
        except BaseException:
            self._socket.close()
            raise

    def lines(self) -> Iterator[bytes]:
        """Yield the body line by line as it comes, with their ends.

        Raises:
            OSError, BadAnswer: it was cut off.
        """
        rest = b""
        for piece in self._pieces():
            *whole, rest = (rest + piece).split(b"\n")
            for line in whole:
                yield line + b"\n"
        if rest:
            yield rest

    def close(self) -> None:
        """Close the connection."""
        self._file.close()
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _head(self) -> tuple[int, dict[bytes, bytes]]:
        version, _, rest = self._line().partition(b" ")
        if not version.startswith(b"HTTP/1.") or not rest[:3].isdigit():
            raise BadAnswer("the answer is not HTTP/1")
        headers = {}
        while line := self._line().rstrip(b"\r\n"):
            name, _, value = line.partition(b":")
            headers[name.strip().lower()] = value.strip()
        return int(rest[:3]), headers

    def _pieces(self) -> Iterator[bytes]:
        if self._headers.get(b"transfer-encoding", b"").lower() != b"chunked":
            length = self._headers.get(b"content-length")
            yield self._file.read() if length is None else self._exactly(_number(length, 10))
            return
        while size := _number(self._line().split(b";")[0].strip(), 16):
            yield self._exactly(size)
            self._line()

    def _line(self) -> bytes:
        line = self._file.readline(_LONGEST_LINE)
        if not line.endswith(b"\n"):
            raise BadAnswer("the connection ended in the middle of the answer")
        return line

    def _exactly(self, size: int) -> bytes:
        data = self._file.read(size)
        if len(data) < size:
            raise BadAnswer("the connection ended in the middle of the answer")
        return data


def _number(text: bytes, base: int) -> int:
    try:
        return int(text, base)
    except ValueError:
        raise BadAnswer(f"{text[:40]!r} is not a length") from None

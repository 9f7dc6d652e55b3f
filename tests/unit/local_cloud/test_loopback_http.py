"""Our own endpoint's answers are read as they come, and one that is cut off is never taken for whole."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import pytest

from simulator.pipeline.local_cloud.loopback_http import Answer, BadAnswer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LINES = [b'{"a": 1}\n', b'{"b": "\xe3\x81\x82"}\n']
PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n" + b'{"c": 1}'
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"4\r\n" + LINES[0][:4] + b"\r\n"
    b"5;ext=1\r\n" + LINES[0][4:] + b"\r\n"
    b"D\r\n" + LINES[1] + b"\r\n0\r\n\r\n"
)


@pytest.fixture
def answering() -> Iterator[Callable[[bytes], Answer]]:
    """A server that reads a request and answers with these bytes."""
    server = socket.create_server(("127.0.0.1", 0))
    threads = []

    def ask(answer: bytes) -> Answer:
        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                request = b""
                while not request.endswith(b"the body"):
                    request += connection.recv(4096)
                connection.sendall(answer)

        threads.append(threading.Thread(target=serve))
        threads[-1].start()
        return Answer("127.0.0.1", server.getsockname()[1], "/path", b"the body")

    yield ask
    for thread in threads:
        thread.join()
    server.close()


@pytest.mark.parametrize(("answer", "lines"), [(CHUNKED, LINES), (PLAIN, [b'{"c": 1}'])], ids=["chunked", "plain"])
def test_an_answer_is_read_line_by_line(
    answering: Callable[[bytes], Answer], answer: bytes, lines: list[bytes]
) -> None:
    """However its bytes are cut into chunks."""
    with answering(answer) as read:
        assert read.status == 200
        assert list(read.lines()) == lines


@pytest.mark.parametrize("answer", [CHUNKED, PLAIN], ids=["chunked", "plain"])
def test_an_answer_that_is_cut_off_anywhere_is_no_answer(answering: Callable[[bytes], Answer], answer: bytes) -> None:
    """A cloud that is killed must not be taken for one that has told everything."""
    for cut in [0, 5, 12, 30, len(answer) // 2, len(answer) - 6, len(answer) - 5, len(answer) - 2]:
        if answer is CHUNKED and cut > len(answer) - 3:  # after the last chunk's line nothing is missing
            continue
        with pytest.raises(BadAnswer), answering(answer[:cut]) as read:
            list(read.lines())


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n",
    ],
)
def test_what_is_not_http_is_said(answering: Callable[[bytes], Answer], answer: bytes) -> None:
    """Another program may have the port by now."""
    with pytest.raises(BadAnswer), answering(answer) as read:
        list(read.lines())

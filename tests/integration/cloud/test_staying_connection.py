"""moto's server over raw sockets: a thread that stays with a connection changes no answer."""

from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from cheroot.wsgi import Server

from simulator.aws.engine.connection import STAY_SECONDS, StayingConnection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ASKED = b"POST /%d HTTP/1.1\r\nHost: here\r\nContent-Length: 3\r\n\r\nabc"


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """Answer with what was asked; nothing at `/empty`."""
    path = environ["PATH_INFO"]
    if path == "/empty":
        start_response("204 No Content", [])
        return []
    said = path.encode() + b" " + environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", str(len(said)))])
    return [said]


@pytest.fixture
def server() -> Iterator[Server]:
    """Serve with two threads."""
    server = Server(("127.0.0.1", 0), echo, numthreads=2, timeout=2)
    server.ConnectionClass = StayingConnection
    server.prepare()
    thread = threading.Thread(target=server.serve)
    thread.start()
    yield server
    server.stop()
    thread.join()


def connected(server: Server) -> socket.socket:
    """Return a connection to it."""
    return socket.create_connection(server.bind_addr, timeout=5)


def received(connection: socket.socket, end: bytes) -> bytes:
    """Read until something has come."""
    data = b""
    while not data.endswith(end):
        more = connection.recv(4096)
        assert more, data
        data += more
    return data


def test_requests_that_follow_at_once_and_late_are_all_answered(server: Server) -> None:
    """On one connection, whether its thread is still there or has left."""
    with connected(server) as connection:
        for number in range(6):
            connection.sendall(ASKED % number)
            assert received(connection, b"/%d abc" % number).startswith(b"HTTP/1.1 200 OK\r\n")
            time.sleep(STAY_SECONDS * (3 if number % 2 else 0))


def test_requests_sent_in_one_piece_are_answered_in_order(server: Server) -> None:
    """HTTP pipelining: the second lies in the buffer already."""
    with connected(server) as connection:
        connection.sendall(b"".join(ASKED % number for number in range(5)))
        answers = received(connection, b"/4 abc")
    assert [answers.index(b"/%d abc" % number) for number in range(5)] == sorted(
        answers.index(b"/%d abc" % number) for number in range(5)
    )


def test_more_connections_than_threads_are_all_served(server: Server) -> None:
    """A thread leaves a silent client when others wait."""
    connections = [connected(server) for _ in range(8)]
    for _round in range(3):
        for number, connection in enumerate(connections):
            connection.sendall(ASKED % number)
        for number, connection in enumerate(connections):
            received(connection, b"/%d abc" % number)
    for connection in connections:
        connection.close()


def test_an_answer_without_a_body_is_sent(server: Server) -> None:
    """The head is not kept back."""
    with connected(server) as connection:
        connection.sendall(b"GET /empty HTTP/1.1\r\nHost: here\r\n\r\n")
        assert received(connection, b"\r\n\r\n").startswith(b"HTTP/1.1 204")


def test_a_client_that_waits_for_100_continue_gets_it_before_it_sends(server: Server) -> None:
    """boto3 does so for uploads."""
    with connected(server) as connection:
        connection.sendall(b"PUT /a HTTP/1.1\r\nHost: here\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        assert received(connection, b"\r\n\r\n").startswith(b"HTTP/1.1 100")
        connection.sendall(b"abc")
        assert received(connection, b"/a abc").startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "sent", [b"", b"POST /0 HTT", ASKED[:-2] % 0, b"\r\n\r\n", b"nonsense\r\n\r\n", b"\x16\x03\x01"]
)
def test_a_client_that_goes_away_or_talks_nonsense_holds_nobody_up(server: Server, sent: bytes) -> None:
    """The next client is answered."""
    for _ in range(4):
        with connected(server) as connection:
            connection.sendall(sent)
    with connected(server) as connection:
        connection.sendall(ASKED % 7)
        received(connection, b"/7 abc")


def test_a_client_that_asks_to_close_is_closed(server: Server) -> None:
    """After its answer."""
    with connected(server) as connection:
        connection.sendall(b"GET /a HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
        received(connection, b"/a ")
        assert connection.recv(1) == b""

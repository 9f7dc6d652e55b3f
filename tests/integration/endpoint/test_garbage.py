"""Whatever comes in, the server goes on."""

from __future__ import annotations

import os
import select
import socket
from urllib.parse import urlsplit

import pytest

from simulator.aws.endpoint import spool
from tests.integration.endpoint.conftest import Served

HOST = b"Host: localhost\r\n"


def _connect(served: Served) -> socket.socket:
    return socket.create_connection(("127.0.0.1", urlsplit(served.url).port or 0), timeout=10)


def _send(served: Served, data: bytes) -> bytes:
    with _connect(served) as connection:
        try:
            connection.sendall(data)
        except OSError:
            return b""
        received = b""
        try:
            while piece := connection.recv(65_536):
                received += piece
                if b"\r\n\r\n" in received:
                    break
        except OSError:
            return received
        return received


def _still_answers(served: Served) -> None:
    assert served.client("stepfunctions").list_state_machines()["stateMachines"] == []


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (os.urandom(4000) + b"\r\n\r\n", b" 400 "),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(300), b" 400 "),
        (b"GET / HTTP/9.9\r\n" + HOST + b"\r\n", b" 400 "),
        (b"GET / HTTP/1.1\r\n\r\n", b" 400 "),
        (b"GET / HTTP/1.1\r\n" + HOST + b"Host: evil.com\r\n\r\n", b" 400 "),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 200_000 + b"\r\n\r\n", b" 400 "),
        (b"GET / HTTP/1.1\r\n" + HOST + b"".join(b"X%d: a\r\n" % n for n in range(5000)) + b"\r\n", b" 400 "),
        (b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", b" 400 "),
        (b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n", b" 400 "),
        (b"PUT /b/x HTTP/1.1\r\n" + HOST + b"Content-Length: -5\r\n\r\n", b" 400 "),
        (b"PUT /b/x HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", b" 400 "),
        (
            b"PUT /b/x HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            b" 400 ",
        ),
        (b"PUT /b/x HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", b" 501 "),
        (b"PUT /b/x HTTP/1.1\r\n" + HOST + b"Content-Length: 99999999999\r\n\r\n", b" 400 "),
        (b"GET /b/\xff HTTP/1.1\r\n" + HOST + b"\r\n", b" 400 "),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X: a\x00b\r\n\r\n", b" 400 "),
        (b"GET http://localhost/ HTTP/1.1\r\n" + HOST + b"\r\n", b" 200 "),
        (b"GET / HTTP/1.0\r\n" + HOST + b"\r\n", b" 200 "),
        (b"GET / HTTP/1.1\r\nHost: evil.com\r\n\r\n", b" 403 "),
    ],
)
def test_garbage_is_answered(served: Served, data: bytes, status: bytes) -> None:
    """With a status, and the next request is served."""
    assert status in _send(served, data).partition(b"\r\n")[0]
    _still_answers(served)


def test_a_client_that_waits_is_told_to_go_on(served: Served) -> None:
    """`Expect: 100-continue`, which curl and boto3 send."""
    bucket = served.aws.resources.input_bucket.encode()
    with _connect(served) as connection:
        connection.sendall(
            b"PUT /" + bucket + b"/k HTTP/1.1\r\n" + HOST + b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\n"
        )
        assert connection.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"hello")
        assert b" 200 OK" in connection.recv(1000)
    assert [one.size for one in served.created] == [5]


def test_half_an_upload_is_none(served: Served) -> None:
    """Whether the client goes in the middle, or says that it has finished."""
    bucket = served.aws.resources.input_bucket
    head = f"PUT /{bucket}/half HTTP/1.1\r\n".encode() + HOST + b"Content-Length: 100\r\n\r\nhello"
    for shut in (True, False):
        with _connect(served) as connection:
            connection.sendall(head)
            if shut:
                connection.shutdown(socket.SHUT_WR)
                assert b" 200 " not in connection.recv(1000)
    _still_answers(served)
    assert served.created == []
    assert served.client("s3").list_objects_v2(Bucket=bucket)["KeyCount"] == 0


@pytest.mark.slow
def test_slow_clients_hold_up_nobody_and_are_given_up(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred of them, each in the middle of its upload; the engine has twelve threads."""
    monkeypatch.setattr(spool, "SILENCE_SECONDS", 5.0)
    bucket = served.aws.resources.input_bucket
    head = f"PUT /{bucket}/slow HTTP/1.1\r\n".encode() + HOST + b"Content-Length: 100\r\n\r\nhel"
    slow = [_connect(served) for _ in range(100)]
    try:
        for connection in slow:
            connection.sendall(head)
        served.client("s3").put_object(Bucket=bucket, Key="quick", Body=b"x")
        given_up, _, _ = select.select(slow, [], [], 0)
        assert given_up == [], "it had to wait for them"
        assert b"RequestTimeout" in slow[0].recv(1000)
    finally:
        for connection in slow:
            connection.close()
    assert [one.key for one in served.created] == ["quick"]

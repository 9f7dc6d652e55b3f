"""roto as a WSGI application (PEP 3333): each request goes on to its server, as it is."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from simulator.aws.engine.environment import REGION
from simulator.aws.engine.requests import Caller
from simulator.aws.engine.roto.amendments import AmendedRoto
from simulator.aws.engine.roto.connection import RotoConnection
from simulator.aws.engine.roto.program import roto_program
from simulator.aws.engine.roto.restore import RotoRestore
from simulator.aws.engine.roto.server import RotoServer
from simulator.aws.engine.roto.version_ids import VersionIds
from simulator.aws.engine.table_log import LoggingApp, TableLog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from simulator.aws.engine.options import EngineOptions
    from simulator.aws.engine.restore_endpoint import Restore

    WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_PIECE: Final = 1 << 18
# Headers of one connection (RFC 9110, 7.6.1), and those that this application says itself.
_OF_THE_CONNECTION: Final = frozenset(
    {"HTTP_CONNECTION", "HTTP_EXPECT", "HTTP_KEEP_ALIVE", "HTTP_TE", "HTTP_TRANSFER_ENCODING", "HTTP_UPGRADE"}
    | {"HTTP_CONTENT_LENGTH", "HTTP_CONTENT_TYPE", "HTTP_PROXY_CONNECTION", "HTTP_ACCEPT_ENCODING"}
)
_NOT_PASSED_BACK: Final = frozenset({"connection", "keep-alive", "transfer-encoding"})
_FOR_S3: Final = (
    f"Authorization: AWS4-HMAC-SHA256 Credential=local/20260101/{REGION}/s3/aws4_request, SignedHeaders=host, "
    "Signature=0\r\n"
)
"""roto finds a request's service in its signature only. What has none, or one of version 2, is for S3."""


def roto_app(options: EngineOptions) -> tuple[WsgiApp, Restore]:
    """Start roto, and return its application, and what puts back what it has forgotten.

    Raises:
        ServerError: it is not installed, or does not start.
    """
    roto = VersionIds(AmendedRoto(RotoApp(RotoServer(roto_program()).port)))
    restore = RotoRestore(Caller(roto), roto)
    return (LoggingApp(roto, TableLog(options.kept)) if options.kept is not None else roto), restore


class RotoApp:
    """Passes requests on to roto.

    Args:
        port: its port on 127.0.0.1.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._own = threading.local()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        connection: RotoConnection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = RotoConnection(self._port)
        chunked = "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
        method = environ["REQUEST_METHOD"]
        body = _chunks(environ) if chunked else _pieces(environ)
        head, pieces = connection.ask(_head(environ, chunked=chunked), body, bodiless=method == "HEAD")
        status, *lines = head[:-4].decode("latin-1").split("\r\n")
        headers = []
        for line in lines:
            name, _, value = line.partition(":")
            if name not in _NOT_PASSED_BACK:
                headers.append((name, value.strip()))
        start_response(status[9:], headers)
        return pieces


def _head(environ: dict[str, Any], *, chunked: bool) -> bytes:
    uri = environ.get("REQUEST_URI") or quote(environ["PATH_INFO"].encode("latin-1"))
    lines = [f"{environ['REQUEST_METHOD']} {uri} HTTP/1.1\r\n"]
    for name, value in environ.items():
        if name.startswith("HTTP_") and name not in _OF_THE_CONNECTION:
            lines.append(f"{name[5:].replace('_', '-')}: {value}\r\n")
    if environ.get("CONTENT_TYPE"):
        lines.append(f"Content-Type: {environ['CONTENT_TYPE']}\r\n")
    if chunked:
        lines.append("Transfer-Encoding: chunked\r\n")
    elif environ.get("CONTENT_LENGTH"):
        lines.append(f"Content-Length: {environ['CONTENT_LENGTH']}\r\n")
    if not _says_its_service(environ):
        lines.append(_FOR_S3)
    lines.append("\r\n")
    return "".join(lines).encode("latin-1")


def _says_its_service(environ: dict[str, Any]) -> bool:
    return (
        "HTTP_AUTHORIZATION" in environ
        or "HTTP_X_AMZ_TARGET" in environ
        or "x-amz-credential" in environ.get("QUERY_STRING", "").lower()
    )


def _pieces(environ: dict[str, Any]) -> Iterator[bytes]:
    left = int(environ.get("CONTENT_LENGTH") or 0)
    source = environ["wsgi.input"]
    while left > 0 and (piece := source.read(min(left, _PIECE))):
        left -= len(piece)
        yield piece
    if left > 0:
        raise ConnectionError("The client has gone before its request's end.")


def _chunks(environ: dict[str, Any]) -> Iterator[bytes]:
    source = environ["wsgi.input"]
    while piece := source.read(_PIECE):
        yield b"%x\r\n%s\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"

"""Requests as a middleware sees them, and requests that it makes of the application behind it (WSGI, PEP 3333)."""

from __future__ import annotations

import io
import re
import tempfile
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any, Final, Self
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlencode

from simulator.aws.engine.environment import REGION
from simulator.aws.engine.wsgi import whole_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_IN_MEMORY: Final = 1 << 20
_CHUNK: Final = 1 << 20
_SCOPE = re.compile(r"(?:Credential=|^)[^/,\s]+/\d{8}/(?P<region>[a-z0-9-]+)/(?P<service>[a-z0-9-]+)/aws4_request")
_NOT_KEPT = frozenset(
    {"authorization", "x-amz-security-token", "x-amz-date", "date", "host", "user-agent"}
) | frozenset(
    {"connection", "expect", "content-length", "transfer-encoding", "accept", "accept-encoding", "origin", "cookie"}
)
_SIGNING = frozenset(
    {"x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-expires", "x-amz-signedheaders", "x-amz-signature"}
    | {"x-amz-security-token"}
)


@dataclass(frozen=True, slots=True)
class Request:
    """A request that came in; its body has been read, so that a slow client holds nothing up.

    Args:
        environ: the environ, whose `wsgi.input` now is `body`.
        body: the whole body; on disk if it is long.
    """

    environ: dict[str, Any]
    body: IO[bytes]

    @classmethod
    def read(cls, environ: dict[str, Any]) -> Self:
        """Read a request's body, chunked ones too, and put it where the application behind looks for it."""
        source = environ["wsgi.input"]
        length = environ.get("CONTENT_LENGTH")
        left = int(length) if length else None
        if left is not None and left <= _IN_MEMORY:
            body: IO[bytes] = io.BytesIO(source.read(left))
            environ["wsgi.input"] = body
            return cls(environ, body)
        body = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed with the request
        if left is not None:
            while left > 0 and (chunk := source.read(min(left, _CHUNK))):
                body.write(chunk)
                left -= len(chunk)
        elif "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower():
            while chunk := source.read(_CHUNK):
                body.write(chunk)
            del environ["HTTP_TRANSFER_ENCODING"]
            environ["CONTENT_LENGTH"] = str(body.tell())
        body.seek(0)
        environ["wsgi.input"] = body
        return cls(environ, body)

    @property
    def method(self) -> str:
        """The request's method."""
        return str(self.environ["REQUEST_METHOD"])

    @property
    def query(self) -> dict[str, str]:
        """The query's parameters, without those of a signature; of a repeated one the last."""
        pairs = parse_qsl(self.environ.get("QUERY_STRING", ""), keep_blank_values=True)
        return {name: value for name, value in pairs if name.lower() not in _SIGNING}

    @property
    def path(self) -> str:
        """The path, decoded once."""
        raw = str(self.environ.get("REQUEST_URI") or quote(self.environ.get("PATH_INFO", "").encode("latin-1")))
        raw = raw.partition("?")[0]
        if "://" in raw:
            raw = "/" + raw.partition("://")[2].partition("/")[2]
        return unquote_to_bytes(raw).decode("utf-8", "surrogateescape")

    @property
    def headers(self) -> dict[str, str]:
        """The headers by their names in small letters, without those that belong to the connection or a signature."""
        found = {
            name[5:].replace("_", "-").lower(): value
            for name, value in self.environ.items()
            if name.startswith("HTTP_") and isinstance(value, str)
        }
        if self.environ.get("CONTENT_TYPE"):
            found["content-type"] = self.environ["CONTENT_TYPE"]
        return {name: value for name, value in found.items() if name not in _NOT_KEPT}

    @property
    def scope(self) -> tuple[str | None, str]:
        """The service (None if it is not signed) and the region that the request is signed for."""
        signed = self.environ.get("HTTP_AUTHORIZATION", "")
        if not signed:
            pairs = parse_qsl(self.environ.get("QUERY_STRING", ""))
            signed = next((value for name, value in pairs if name.lower() == "x-amz-credential"), "")
        match = _SCOPE.search(signed)
        return (match["service"], match["region"]) if match else (None, REGION)

    @property
    def length(self) -> int:
        """How many bytes the body has."""
        return int(self.environ.get("CONTENT_LENGTH") or 0)

    def content(self) -> bytes:
        """Return the body, and leave it to be read again."""
        self.body.seek(0)
        content = self.body.read()
        self.body.seek(0)
        return content


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of an application; the names of headers are in small letters."""

    status_line: str
    header_list: list[tuple[str, str]]
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """The status code."""
        return int(self.status_line.split(" ", 1)[0])

    @property
    def good(self) -> bool:
        """Whether the request was carried out."""
        return 200 <= self.status < 300  # noqa: PLR2004 - HTTP's


class Caller:
    """Calls an application.

    Args:
        app: the application.
    """

    def __init__(self, app: WsgiApp) -> None:
        self._app = app

    def answer(self, environ: dict[str, Any]) -> Answer:
        """Pass a request on and return its whole answer."""
        status, headers, body = whole_answer(self._app, environ)
        return Answer(status, headers, body, {name.lower(): value for name, value in headers})

    def call(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        *,
        scope: tuple[str, str],
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Answer:
        """Make a request of our own.

        Args:
            method: the method.
            path: the path, not encoded yet.
            query: its parameters.
            scope: the service and the region that it is signed for.
            headers: more headers.
            body: the body.
        """
        return self.answer(_environ(method, path, query or {}, scope, headers or {}, body))


def _environ(  # noqa: PLR0917 - the parts of a request
    method: str,
    path: str,
    query: Mapping[str, str],
    scope: tuple[str, str],
    headers: Mapping[str, str],
    body: bytes,
) -> dict[str, Any]:
    encoded = quote(path.encode("utf-8", "surrogateescape"), safe="/~")
    asked = urlencode(query)
    uri = f"{encoded}?{asked}" if asked else encoded
    service, region = scope
    credential = f"local/20260101/{region}/{service}/aws4_request"
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path.encode("utf-8", "surrogateescape").decode("latin-1"),
        "REQUEST_URI": uri,
        "QUERY_STRING": asked,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": "127.0.0.1",
        "HTTP_AUTHORIZATION": f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=local",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        environ["CONTENT_TYPE" if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    return environ

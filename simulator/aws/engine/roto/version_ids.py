"""Version ids of objects that were put back: roto gives them new ones, and clients go on with those they know.

API reference of S3: the parameter `versionId`, the headers `x-amz-version-id` and `x-amz-copy-source`, and the bodies
of ListObjectVersions and DeleteObjects.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from simulator.aws.engine.wsgi import whole_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_VERSION = re.compile(r"(?P<name>(?:^|[?&])versionId=)(?P<id>[^&]*)")
_HEADERS = frozenset({"x-amz-version-id", "x-amz-copy-source-version-id"})


class VersionIds:
    """Translates version ids in requests and answers (WSGI, PEP 3333); does nothing as long as none was put back.

    Args:
        app: roto.
    """

    def __init__(self, app: WsgiApp) -> None:
        self._app = app
        self._inside: dict[str, str] = {}
        self._outside: dict[str, str] = {}

    def add(self, outside: str, inside: str) -> None:
        """Let clients call a version by an id of its own.

        Args:
            outside: as clients know it.
            inside: as roto does.
        """
        self._inside[quote(outside, safe="")] = inside
        self._outside[inside] = outside

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        if not self._inside or "HTTP_X_AMZ_TARGET" in environ:
            return self._app(environ, start_response)
        query = environ.get("QUERY_STRING", "")
        names = {part.partition("=")[0] for part in query.split("&")}
        asked = {**environ}
        if "versionId" in names:
            path, _, query = environ["REQUEST_URI"].partition("?")
            asked["QUERY_STRING"] = self._to_inside(query)
            asked["REQUEST_URI"] = f"{path}?{asked['QUERY_STRING']}"
        if "HTTP_X_AMZ_COPY_SOURCE" in environ:
            asked["HTTP_X_AMZ_COPY_SOURCE"] = self._to_inside(environ["HTTP_X_AMZ_COPY_SOURCE"])
        if names & {"versions", "delete"}:
            return self._listing(asked, start_response)

        def started(status: str, headers: list[tuple[str, str]], *error: Any) -> Callable[..., Any]:
            found: Callable[..., Any] = start_response(status, self._headers_outside(headers), *error)
            return found

        return self._app(asked, started)

    def _listing(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        for outside, inside in self._inside.items():
            body = body.replace(outside.encode(), inside.encode())
        environ = {**environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        # Its checksums are of the body that was sent.
        environ = {name: value for name, value in environ.items() if not name.startswith(("HTTP_CONTENT_MD5",))}
        status, headers, answer = whole_answer(self._app, environ)
        for inside, outside in self._outside.items():
            answer = answer.replace(inside.encode(), outside.encode())
        headers = [(name, value) for name, value in headers if name.lower() != "content-length"]
        start_response(status, [*self._headers_outside(headers), ("Content-Length", str(len(answer)))])
        return [answer]

    def _to_inside(self, text: str) -> str:
        return _VERSION.sub(lambda found: found["name"] + self._inside.get(found["id"], found["id"]), text)

    def _headers_outside(self, headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
        return [
            (name, self._outside.get(value, value) if name.lower() in _HEADERS else value) for name, value in headers
        ]

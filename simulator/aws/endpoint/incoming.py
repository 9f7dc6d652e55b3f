"""A request as it came in, with what the server's parts look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from simulator.aws.endpoint.guard import host_name
from simulator.aws.errors import ApiError

if TYPE_CHECKING:
    from aiohttp import web


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request.

    Args:
        http: what the server gives.
        path, query: as they were sent, percent-encoded.
        parameters: those of the query, decoded; of several with one name the last.
    """

    http: web.BaseRequest
    path: str
    query: str
    parameters: dict[str, str]

    @classmethod
    def of(cls, request: web.BaseRequest) -> Incoming:
        """Read the request line.

        Raises:
            ApiError: InvalidURI.
        """
        target = request.raw_path
        if target.lower().startswith(("http://", "https://")):  # RFC 9112, 3.2.2: a server takes the absolute form too
            parts = urlsplit(target)
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        path, _, query = target.partition("#")[0].partition("?")
        if not path.startswith("/"):
            raise ApiError("InvalidURI", "Couldn't parse the specified URI.")
        return cls(request, path, query, dict(parse_qsl(query, keep_blank_values=True)))

    @property
    def host(self) -> str:
        """Return the name in the Host header."""
        return host_name(self.http.headers.get("Host", ""))

    @property
    def media_type(self) -> str:
        """Return the Content-Type without its parameters, in lower case."""
        return self.http.headers.get("Content-Type", "").partition(";")[0].strip().lower()

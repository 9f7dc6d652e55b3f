"""The way to the server that plays S3, DynamoDB and SQS."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from simulator.aws.endpoint.spool import IN_MEMORY, Spool
from simulator.aws.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

MOST_HEADER_BYTES = 65_536
ENGINE_SECONDS = 600.0
# The engine answers 12 requests at a time. What the functions and the interpreter send it must find room in any case.
_AT_ONCE = 5
_SQS_AT_ONCE = 3
_FAILED = 500
# RFC 9110, 7.6.1: these are about one connection. Date and Server are set by this server.
_OF_A_CONNECTION = frozenset(
    (
        *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer"),
        *("transfer-encoding", "upgrade", "expect", "content-length", "date", "server"),
    )
)


@dataclass(frozen=True, slots=True)
class EngineAnswer:
    """What the engine has answered. `length` is the header Content-Length, which a HEAD has without a body."""

    status: int
    headers: CIMultiDict[str]
    body: Spool
    length: int | None


class Engine:
    """Sends requests to the engine and receives whole answers. Its methods run on the endpoint's event loop.

    Args:
        url: `http://127.0.0.1:<port>`.
    """

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None
        self._room = {"sqs": asyncio.Semaphore(_SQS_AT_ONCE)}
        self._other_room = asyncio.Semaphore(_AT_ONCE)

    async def open(self) -> None:
        """Get ready on this event loop."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=30, force_close=False),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=ENGINE_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers={"User-Agent", "Accept", "Accept-Encoding", "Content-Type"},
            auto_decompress=False,
            trust_env=False,
            max_line_size=MOST_HEADER_BYTES,
            max_field_size=MOST_HEADER_BYTES,
        )

    async def close(self) -> None:
        """Drop the connections."""
        if self._session is not None:
            await self._session.close()

    @asynccontextmanager
    async def ask(
        self, service: str, method: str, target: str, headers: Mapping[str, str], body: Spool | None = None
    ) -> AsyncIterator[EngineAnswer]:
        """Send a request; give its whole answer while the context lasts.

        Args:
            service: `s3`, `dynamodb` or `sqs`.
            method: GET, PUT, ...
            target: path and query, percent-encoded; sent as they are.
            headers: its headers; those about the client's connection are left out.
            body: its body; None for none.

        Raises:
            ApiError: ServiceUnavailable, if the engine does not answer; NotImplemented, if it fails; InvalidArgument,
                if the request cannot be sent.
        """
        if self._session is None:
            raise AssertionError("the engine's connections are opened first")
        sent = without_connection(headers)
        size = 0 if body is None else body.size
        if size or method in {"PUT", "POST", "PATCH"}:
            sent["Content-Length"] = str(size)
        data = None if body is None or not size else body.all() if size <= IN_MEMORY else body.pieces()
        with Spool() as received:
            try:
                async with (
                    self._room.get(service, self._other_room),
                    self._session.request(
                        method,
                        URL(f"{self._url}{target}", encoded=True),
                        headers=sent,
                        data=data,
                        allow_redirects=False,
                    ) as response,
                ):
                    async for piece in response.content.iter_any():
                        received.write(piece)
            except (UnicodeError, ValueError) as error:
                raise ApiError("InvalidArgument", f"The request cannot be read: {error}") from None
            except (aiohttp.ClientError, TimeoutError) as error:
                raise ApiError(
                    "ServiceUnavailable",
                    f"The engine that plays {service} does not answer ({type(error).__name__}: {error}).",
                    status=503,
                ) from None
            length = response.headers.get("Content-Length")
            if response.status == _FAILED and not received.size and method != "HEAD":
                raise ApiError(
                    "NotImplemented",
                    f"The engine that plays {service} does not simulate this request, or has failed at it: "
                    f"{headers.get('X-Amz-Target') or f'{method} {target}'}.",
                    status=501,
                )
            yield EngineAnswer(
                response.status,
                without_connection(response.headers),
                received,
                int(length) if length is not None and length.isdigit() else None,
            )


def without_connection(headers: Mapping[str, str]) -> CIMultiDict[str]:
    """Return the headers that go on to the other side."""
    named = {name.strip().lower() for name in headers.get("Connection", "").split(",")}
    return CIMultiDict((name, value) for name, value in headers.items() if name.lower() not in _OF_A_CONNECTION | named)


async def send(request: web.BaseRequest, answer: EngineAnswer) -> web.StreamResponse:
    """Send the engine's answer to the client."""
    response = web.StreamResponse(status=answer.status, headers=answer.headers)
    if request.method == "HEAD":
        response.content_length = answer.length or 0
    elif answer.status not in {204, 304}:
        response.content_length = answer.body.size
    await response.prepare(request)
    if request.method != "HEAD":
        async for piece in answer.body.pieces():
            await response.write(piece)
    await response.write_eof()
    return response

"""The way to the server that plays S3, DynamoDB and SQS."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from multidict import CIMultiDict
from yarl import URL

from simulator.aws.endpoint.http import aiohttp, web
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
    """The engine's answer.

    `length` is the header Content-Length, which a HEAD has without a body. A small body is whole; of a large one
    `body.pieces` waits for what is still to come.
    """

    status: int
    headers: CIMultiDict[str]
    body: Spool
    length: int | None


@dataclass(frozen=True, slots=True)
class _Request:
    """A request to the engine."""

    service: str
    method: str
    url: str
    headers: CIMultiDict[str]
    body: Spool | None


class EngineFailed(ApiError):
    """The engine cannot answer a request, and does not say why.

    Args:
        service: `s3`, `dynamodb` or `sqs`.
        request: names the request.
    """

    def __init__(self, service: str, request: str) -> None:
        super().__init__(
            "NotImplemented",
            f"The engine that plays {service} does not simulate this request, or has failed at it: {request}.",
            status=501,
        )


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
        """Send a request; give its answer while the context lasts.

        The engine gets rid of its answer at its own pace, not at the client's.

        Args:
            service: `s3`, `dynamodb` or `sqs`.
            method: GET, PUT, ...
            target: path and query, percent-encoded; sent as they are.
            headers: its headers; those about the client's connection are left out.
            body: its body; None for none.

        Raises:
            EngineFailed: the engine has failed at it.
            ApiError: ServiceUnavailable, if the engine does not answer; InvalidArgument, if the request cannot be sent.
        """
        sent = without_connection(headers)
        if method in {"PUT", "POST", "PATCH"} or (body is not None and body.size):
            sent["Content-Length"] = str(0 if body is None else body.size)
        with Spool(growing=True) as received:
            head: asyncio.Future[aiohttp.ClientResponse] = asyncio.get_running_loop().create_future()
            request = _Request(service, method, f"{self._url}{target}", sent, body)
            fetching = asyncio.create_task(self._fetch(request, head, received))
            try:
                both: list[asyncio.Future[Any]] = [head, fetching]
                await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
                if not head.done():
                    fetching.result()
                response = _answered(head, service)
                length = response.content_length
                if length is None or length <= IN_MEMORY or method == "HEAD":
                    await fetching
                if response.status == _FAILED and not received.size and method != "HEAD":
                    raise EngineFailed(service, headers.get("X-Amz-Target") or f"{method} {target}")
                yield EngineAnswer(response.status, without_connection(response.headers), received, length)
            finally:
                fetching.cancel()
                await asyncio.wait([fetching])

    async def _fetch(self, request: _Request, head: asyncio.Future[aiohttp.ClientResponse], received: Spool) -> None:
        """Send a request, and receive its answer: first `head`, then the body."""
        if self._session is None:
            raise AssertionError("the engine's connections are opened first")
        body = request.body
        data = None if body is None or not body.size else body.all() if body.size <= IN_MEMORY else body.pieces()
        failed = True
        try:
            async with (
                self._room.get(request.service, self._other_room),
                self._session.request(
                    request.method,
                    URL(request.url, encoded=True),
                    headers=request.headers,
                    data=data,
                    allow_redirects=False,
                ) as response,
            ):
                head.set_result(response)
                async for piece in response.content.iter_any():
                    received.write(piece)
                failed = False
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            if not head.done():
                head.set_exception(error)
        finally:
            received.end(failed=failed)


def _answered(head: asyncio.Future[aiohttp.ClientResponse], service: str) -> aiohttp.ClientResponse:
    try:
        return head.result()
    except ValueError as error:
        raise ApiError("InvalidArgument", f"The request cannot be read: {error}") from None
    except (aiohttp.ClientError, TimeoutError) as error:
        raise ApiError(
            "ServiceUnavailable",
            f"The engine that plays {service} does not answer ({type(error).__name__}: {error}).",
            status=503,
        ) from None


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
        response.content_length = answer.body.size if answer.length is None else answer.length
    await response.prepare(request)
    if request.method != "HEAD":
        async for piece in answer.body.pieces():
            await response.write(piece)
    await response.write_eof()
    return response

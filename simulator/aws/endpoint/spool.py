"""A body on its way: in memory while it is small, in a temporary file when it is not.

Bodies are received whole before they are passed on. So a slow client occupies none of the engine's few threads, half a
request never reaches the engine, and gigabytes need no memory.
"""

from __future__ import annotations

import asyncio
import tempfile
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from simulator.aws.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine

    from aiohttp import web

T = TypeVar("T")

MOST_OBJECT_BYTES: Final = 5 * 2**30
"""S3 user guide, "Uploading objects": one request stores 5 GB at most."""
IN_MEMORY = 1 << 20
PIECE = 1 << 18
SILENCE_SECONDS = 30.0
"""A client that sends nothing for so long is given up."""


class Spool:
    """Bytes that are written once, in order, and then read. To be closed, or used as a context manager."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed by close()
        self.size = 0

    def write(self, data: bytes) -> None:
        """Append."""
        self._file.write(data)
        self.size += len(data)

    def all(self) -> bytes:
        """Return everything."""
        self._file.seek(0)
        return self._file.read()

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield everything, a piece at a time."""
        self._file.seek(0)
        while piece := self._file.read(PIECE):
            yield piece

    def close(self) -> None:
        """Forget everything."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


async def receive(request: web.BaseRequest, take: Callable[[bytes], object], *, limit: int) -> None:
    """Give a request's body to `take`, piece by piece.

    Args:
        request: the request.
        take: called with each piece.
        limit: the most bytes.

    Raises:
        ApiError: EntityTooLarge; RequestTimeout.
    """
    welcome(request, limit)
    received = 0
    while piece := await patient(request.content.readany()):
        received += len(piece)
        if received > limit:
            raise too_large()
        take(piece)


def welcome(request: web.BaseRequest, limit: int) -> None:
    """Tell a client that waits for it to go on with its body (`Expect: 100-continue`).

    Raises:
        ApiError: EntityTooLarge.
    """
    if (request.content_length or 0) > limit:
        raise too_large()
    if request.headers.get("Expect", "").lower() == "100-continue" and request.transport is not None:
        request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")


async def patient(reading: Coroutine[Any, Any, T]) -> T:
    """Wait for something that a client sends, but not for ever.

    Raises:
        ApiError: RequestTimeout.
    """
    try:
        async with asyncio.timeout(SILENCE_SECONDS):
            return await reading
    except TimeoutError:
        raise ApiError(
            "RequestTimeout",
            "Your socket connection to the server was not read from or written to within the timeout period. Idle "
            "connections will be closed.",
        ) from None


def too_large() -> ApiError:
    """Return the error for a body that is too large."""
    return ApiError("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")

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
    """Bytes that are written in order, and read from the start. To be closed, or used as a context manager.

    Args:
        growing: it is read while it is written; `end` says when it is whole.
    """

    def __init__(self, *, growing: bool = False) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed by close()
        self._whole = not growing
        self._failed = False
        self._news = asyncio.Event()
        self.size = 0

    def write(self, data: bytes) -> None:
        """Append."""
        self._file.seek(self.size)
        self._file.write(data)
        self.size += len(data)
        self._news.set()

    def end(self, *, failed: bool = False) -> None:
        """Say that nothing more comes; `failed` if something is missing."""
        self._whole = True
        self._failed = failed
        self._news.set()

    def all(self) -> bytes:
        """Return everything that is there."""
        self._file.seek(0)
        return self._file.read()

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield everything, a piece at a time.

        Raises:
            ConnectionError: something is missing.
        """
        position = 0
        while position < self.size or not self._whole:
            if position < self.size:
                self._file.seek(position)
                piece = self._file.read(PIECE)
                position += len(piece)
                yield piece
            else:
                self._news.clear()
                await self._news.wait()
        if self._failed:
            raise ConnectionError("the engine's answer is not whole")

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

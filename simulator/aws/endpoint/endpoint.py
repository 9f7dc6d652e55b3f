"""The HTTP server of the local cloud."""

from __future__ import annotations

import asyncio
import errno
import logging
import threading
from typing import TYPE_CHECKING, Self

from simulator.aws.endpoint.engine import MOST_HEADER_BYTES
from simulator.aws.endpoint.front import Front
from simulator.aws.endpoint.http import web
from simulator.aws.errors import ServerError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from simulator.aws.endpoint.control import ControlRoute
    from simulator.aws.endpoint.object_created import ObjectCreated
    from simulator.aws.endpoint.service_api import ServiceApi

STOP_SECONDS = 5.0
# aiohttp logs each malformed request with a traceback; what goes wrong in answering is logged by `front`.
_HTTP_LOG = logging.getLogger(f"{__name__}.http")
_HTTP_LOG.setLevel(logging.CRITICAL)
IDLE_SECONDS = 75.0
"""A connection without a request, or with half a request line and headers, is closed after so long."""


class PortTaken(ServerError):
    """Another program listens on the port.

    Args:
        host, port: where.
    """

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        super().__init__(f"Another program listens on port {port} of {host}.")


class Endpoint:
    """The one address of the local cloud. To be closed, or used as a context manager. It has a thread of its own.

    Args:
        host: a loopback address.
        port: where it listens; 0 for any that is free.
        apis: the services that this process answers for itself.
        engine_url: the server that plays S3, DynamoDB and SQS, `http://127.0.0.1:<port>`.
        on_object_created: told of each object after the engine has stored it, before its client is; called by
            several threads. It must not wait for what the object starts.
        control: routes below `/_simulator/`, by what follows there.
        region: the only region that `apis` are called in; None for any.

    Raises:
        PortTaken: another program listens there.
        ServerError: it cannot listen there for another reason.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        apis: Sequence[ServiceApi],
        engine_url: str,
        on_object_created: Callable[[ObjectCreated], None],
        control: Mapping[str, ControlRoute],
        region: str | None = None,
    ) -> None:
        self._front = Front(apis, engine_url, on_object_created, control, region)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="endpoint", daemon=True)
        self._thread.start()
        self._closed = False
        try:
            self._runner = asyncio.run_coroutine_threadsafe(self._listen(host, port), self._loop).result()
        except OSError as error:
            self._end_loop()
            if error.errno == errno.EADDRINUSE:
                raise PortTaken(host, port) from error
            raise ServerError(f"The endpoint cannot listen on port {port} of {host}: {error.strerror}.") from error
        bound = self._runner.addresses[0]
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{bound[1]}"

    def close(self) -> None:
        """Stop listening, give requests a few seconds to end, and drop the rest. A second call does nothing."""
        if not self._closed:
            self._closed = True
            asyncio.run_coroutine_threadsafe(self._shut(), self._loop).result()
            self._end_loop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def _listen(self, host: str, port: int) -> web.ServerRunner:
        await self._front.open()
        runner = web.ServerRunner(
            web.Server(
                self._front.answer,
                keepalive_timeout=IDLE_SECONDS,
                auto_decompress=False,
                access_log=None,
                logger=_HTTP_LOG,
                max_line_size=MOST_HEADER_BYTES,
                max_field_size=MOST_HEADER_BYTES,
            ),
            shutdown_timeout=STOP_SECONDS,
        )
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError:
            await runner.cleanup()
            await self._front.close()
            raise
        return runner

    async def _shut(self) -> None:
        await self._runner.cleanup()
        await self._front.close()

    def _end_loop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

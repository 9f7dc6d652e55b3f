"""What happens to a request first: who answers it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from simulator.aws.endpoint.control import CONTROL_PREFIX, ControlRoutes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from simulator.aws.endpoint.control import ControlRoute
    from simulator.aws.endpoint.object_created import ObjectCreated
    from simulator.aws.endpoint.service_api import ServiceApi


class Front:
    """Takes every request. Its methods run on the endpoint's event loop.

    Args: as those of `Endpoint`.
    """

    def __init__(
        self,
        apis: Sequence[ServiceApi],
        engine_url: str,
        on_object_created: Callable[[ObjectCreated], None],
        control: Mapping[str, ControlRoute],
        region: str | None,
    ) -> None:
        self._apis = {api.service: api for api in apis}
        self._engine_url = engine_url
        self._on_object_created = on_object_created
        self._control = ControlRoutes(control)
        self._region = region

    async def open(self) -> None:
        """Get ready on this event loop."""

    async def close(self) -> None:
        """Drop connections."""

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        if request.path.startswith(CONTROL_PREFIX):
            return await self._control.answer(request)
        return web.Response(status=501, text="This request is not simulated.\n")

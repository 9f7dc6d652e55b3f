"""Decides which part answers a request."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from simulator.aws.caller import called_by
from simulator.aws.endpoint.answering.identity import identity_api
from simulator.aws.endpoint.answering.unknown_service import guessed_error
from simulator.aws.endpoint.control import CONTROL_PREFIX, ControlRoutes
from simulator.aws.endpoint.engine import Engine, send
from simulator.aws.endpoint.guard import Guard
from simulator.aws.endpoint.http import aiohttp, web
from simulator.aws.endpoint.incoming import Incoming
from simulator.aws.endpoint.long_poll import RECEIVE, LongPoll
from simulator.aws.endpoint.s3.service import S3Service
from simulator.aws.endpoint.scope import Scope, scope_of
from simulator.aws.endpoint.spool import Spool, receive
from simulator.aws.endpoint.threads import in_thread
from simulator.aws.endpoint.wire.message import WireRequest
from simulator.aws.endpoint.wire.modelled_service import ModelledService
from simulator.aws.engine.environment import ACCOUNT
from simulator.aws.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from simulator.aws.endpoint.control import ControlRoute
    from simulator.aws.endpoint.object_created import ObjectCreated
    from simulator.aws.endpoint.service_api import ServiceApi
    from simulator.aws.endpoint.wire.message import WireAnswer

MOST_REQUEST_BYTES = 64 * 2**20
"""More than any request of these services may have; each refuses what is too large in its own words."""
_OF_THE_ENGINE = ("dynamodb", "sns", "sqs")
_EVERYWHERE = {"sts"}
_LOG = logging.getLogger(__name__)


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
        services = [ModelledService(api) for api in (*apis, identity_api(ACCOUNT))]
        self._services = {service.signing_name: service for service in services}
        self._targets = {one.target_prefix: one.signing_name for one in services if one.target_prefix is not None}
        self._guard = Guard({prefix for service in services for prefix in service.host_prefixes})
        self._engine = Engine(engine_url)
        self._s3 = S3Service(self._engine, on_object_created)
        self._control = ControlRoutes(control)
        self._region = region

    async def open(self) -> None:
        """Get ready on this event loop."""
        await self._engine.open()

    async def close(self) -> None:
        """Drop connections."""
        await self._engine.close()

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        try:
            incoming = Incoming.of(request)
        except ApiError as error:
            return web.Response(status=error.status, text=f"{error.message}\n")
        scope = scope_of(request.headers, incoming.parameters, self._targets)
        try:
            self._guard.check(request.headers)
            return await self._answer(incoming, scope)
        except ApiError as error:
            return _response(self._error(incoming, scope, error))
        except (web.RequestPayloadError, aiohttp.ClientPayloadError) as error:
            broken = ApiError("IncompleteBody", f"The request's body cannot be read: {error}")
            return _response(self._error(incoming, scope, broken))
        except ConnectionError:
            raise  # the client has gone
        except Exception:  # noqa: BLE001 - the server goes on, whatever one request does
            _LOG.exception("%s %s failed", request.method, incoming.path)
            failed = ApiError("InternalFailure", "The simulator has failed; its log says how.", status=500)
            return _response(self._error(incoming, scope, failed))

    async def _answer(self, incoming: Incoming, scope: Scope) -> web.StreamResponse:
        request = incoming.http
        if incoming.path.startswith(CONTROL_PREFIX):
            return await self._control.answer(request)
        if scope.service == "s3":
            return await self._s3.answer(incoming)
        with Spool() as body:
            service = self._services.get(scope.service)
            if service is None and scope.service not in _OF_THE_ENGINE:
                raise self._not_simulated(scope.service)
            await receive(request, body.write, limit=MOST_REQUEST_BYTES)
            if service is None:
                return await self._of_the_engine(incoming, scope.service, body)
            self._check_region(scope)
            asked = WireRequest(request.method, incoming.path, incoming.query, request.headers, body.all())
        with called_by(lambda: request.transport is None or request.transport.is_closing()):
            return _response(await in_thread(partial(service.answer, asked)))

    async def _of_the_engine(self, incoming: Incoming, service: str, body: Spool) -> web.StreamResponse:
        request = incoming.http
        target = f"{incoming.path}?{incoming.query}" if incoming.query else incoming.path
        if service == "sqs" and request.headers.get("X-Amz-Target") == RECEIVE:
            async with LongPoll(self._engine, request, target, body.all()).answer() as answer:
                return await send(request, answer)
        async with self._engine.ask(service, request.method, target, request.headers, body) as answer:
            return await send(request, answer)

    def _check_region(self, scope: Scope) -> None:
        if scope.service not in _EVERYWHERE and self._region is not None and scope.region not in {None, self._region}:
            raise ApiError(
                "InvalidSignatureException",
                f"Credential should be scoped to a valid region, not '{scope.region}': the local cloud is in "
                f"{self._region}. Set AWS_REGION={self._region}.",
                status=403,
            )

    def _not_simulated(self, service: str) -> ApiError:
        simulated = ", ".join(sorted({*self._services, *_OF_THE_ENGINE, "s3"}))
        return ApiError("NotImplemented", f"{service} is not simulated. The local cloud has {simulated}.", status=501)

    def _error(self, incoming: Incoming, scope: Scope, error: ApiError) -> WireAnswer:
        service = self._services.get(scope.service)
        return guessed_error(incoming, scope.service, error) if service is None else service.refuse(error)


def _response(answer: WireAnswer) -> web.Response:
    return web.Response(status=answer.status, headers=answer.headers, body=answer.body)

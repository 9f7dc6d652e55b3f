"""A service of this process, from HTTP request to HTTP answer."""

from __future__ import annotations

import logging
import uuid
from typing import TYPE_CHECKING, Any

from simulator.aws.endpoint.wire.json_protocol import JsonProtocol
from simulator.aws.endpoint.wire.query_protocol import QueryProtocol
from simulator.aws.endpoint.wire.rest_json_protocol import RestJsonProtocol
from simulator.aws.endpoint.wire.validation import validate
from simulator.aws.errors import ApiError
from simulator.aws.integrations.shapes.api_model import api_model

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.model import ServiceModel

    from simulator.aws.endpoint.service_api import ServiceApi
    from simulator.aws.endpoint.wire.message import WireAnswer, WireRequest
    from simulator.aws.endpoint.wire.protocol import WireProtocol

_PROTOCOLS: dict[str, Callable[[ServiceModel], WireProtocol]] = {
    "json": JsonProtocol,
    "rest-json": RestJsonProtocol,
    "query": QueryProtocol,
}
_LOG = logging.getLogger(__name__)


class ModelledService:
    """The HTTP side of the operations of one service.

    Args:
        api: what is simulated.
    """

    def __init__(self, api: ServiceApi) -> None:
        model = api_model(api.service)
        if model is None:
            raise LookupError(f"botocore has no service {api.service}")
        unknown = api.operations.keys() - set(model.operation_names)
        if unknown:
            raise LookupError(f"{api.service} of AWS has no operation {', '.join(sorted(unknown))}")
        self._api = api
        self._protocol = _PROTOCOLS[model.metadata["protocol"]](model)
        self.signing_name: str = model.signing_name
        self.target_prefix: str | None = model.metadata.get("targetPrefix")
        endpoints: list[Any] = [model.operation_model(name).endpoint for name in model.operation_names]
        self.host_prefixes = frozenset(one["hostPrefix"] for one in endpoints if one and "hostPrefix" in one)

    def answer(self, request: WireRequest) -> WireAnswer:
        """Answer one request. It takes as long as the operation does."""
        try:
            return self._answer(request)
        except ApiError as error:
            return self._protocol.error(error)
        except Exception:  # noqa: BLE001 - the server goes on, whatever an operation of ours does wrong
            _LOG.exception("%s: %s %s failed", self._api.service, request.method, request.path)
            return self._protocol.error(
                ApiError("InternalFailure", "The simulator has failed; its log says how.", status=500)
            )

    def _answer(self, request: WireRequest) -> WireAnswer:
        operation = self._protocol.operation(request)
        call = self._api.operations.get(operation.name)
        if call is None:
            raise ApiError("NotImplemented", self._not_simulated(operation.name), status=501)
        members = self._protocol.read(request, operation)
        if operation.input_shape is not None:
            validate(self._api.service, members, operation.input_shape)
        return self._protocol.write(call(members), operation, str(uuid.uuid4()))

    def refuse(self, error: ApiError) -> WireAnswer:
        """Return an error in the form of this service."""
        return self._protocol.error(error)

    def _not_simulated(self, name: str) -> str:
        simulated = ", ".join(sorted(self._api.operations)) or "no operation"
        return f"{self.signing_name}:{name} is not simulated. Of {self.signing_name} the local cloud has {simulated}."

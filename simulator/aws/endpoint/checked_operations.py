"""The operations of a service of this process, for a caller that sends no HTTP: a Task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.endpoint.wire.validation import validate
from simulator.aws.integrations.shapes.api_model import input_shape, service_model

if TYPE_CHECKING:
    from simulator.aws.endpoint.service_api import Operation, ServiceApi


def checked_operations(api: ServiceApi) -> dict[str, Operation]:
    """Return the operations of a service; each first compares the request with the API's model, as the endpoint does.

    They raise ApiError: ValidationException, or the operation's own.
    """
    return {name: _checked(api.service, name, operation) for name, operation in api.operations.items()}


def _checked(service: str, name: str, operation: Operation) -> Operation:
    def call(request: dict[str, Any]) -> dict[str, Any]:
        validate(service, request, input_shape(service_model(service), name))
        return operation(request)

    return call

"""Common to the protocols of AWS's APIs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from botocore.model import StructureShape

from simulator.aws.errors import ApiError
from simulator.aws.json_reader import BadJson, read_json

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel

    from simulator.aws.endpoint.wire.message import WireAnswer, WireRequest


class WireProtocol(Protocol):
    """Reads requests and writes answers of one service."""

    def operation(self, request: WireRequest) -> OperationModel:
        """Find what a request asks for.

        Raises:
            ApiError: UnknownOperationException.
        """
        ...

    def read(self, request: WireRequest, operation: OperationModel) -> dict[str, Any]:
        """Return the request's members.

        Raises:
            ApiError: SerializationException.
        """
        ...

    def write(self, answer: dict[str, Any], operation: OperationModel, request_id: str) -> WireAnswer:
        """Return the answer's HTTP form."""
        ...

    def error(self, error: ApiError) -> WireAnswer:
        """Return the HTTP form of an error."""
        ...


@dataclass(frozen=True, slots=True)
class ErrorForm:
    """How the model has an error: its HTTP status, and its members besides the code.

    `shape` is None for an error that the model does not name, such as ValidationException of Step Functions.
    """

    status: int
    shape: StructureShape | None
    message_member: str


def error_form(error: ApiError, model: ServiceModel) -> ErrorForm:
    """Find an error in the model of its API."""
    shape = next((one for one in model.error_shapes if error.name in {one.error_code, one.name}), None)  # type: ignore[attr-defined]
    if not isinstance(shape, StructureShape):
        return ErrorForm(error.status, None, "message")
    metadata = shape.metadata.get("error") or {}
    status = metadata.get("httpStatusCode") or (500 if shape.metadata.get("fault") else error.status)
    member = next((name for name in shape.members if name.lower() == "message"), "message")
    return ErrorForm(status, shape, member)


def read_object(body: bytes) -> Any:
    """Return the JSON of a request's body; no body is an empty object.

    Raises:
        ApiError: SerializationException.
    """
    try:
        return read_json(body, replace_halves=True) if body else {}
    except BadJson as error:
        raise ApiError("SerializationException", f"The request's body is not JSON: {error}") from None


def unknown_operation(what: str) -> ApiError:
    """Return the error for an operation that AWS does not have either."""
    return ApiError("UnknownOperationException", f"{what} is not an operation of this API.", status=404)

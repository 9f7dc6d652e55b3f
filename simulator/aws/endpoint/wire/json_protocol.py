"""AWS JSON 1.0 and 1.1: the operation is named in a header, everything else is in the body.

Smithy documentation, "AWS JSON 1.0 protocol" and "AWS JSON 1.1 protocol".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.endpoint.wire.answers import json_bytes, to_json
from simulator.aws.endpoint.wire.message import WireAnswer
from simulator.aws.endpoint.wire.protocol import error_form, read_object, unknown_operation
from simulator.aws.endpoint.wire.values import members_of

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel

    from simulator.aws.endpoint.wire.message import WireRequest
    from simulator.aws.errors import ApiError


class JsonProtocol:
    """AWS JSON for one service."""

    def __init__(self, model: ServiceModel) -> None:
        self._model = model
        self._content_type = f"application/x-amz-json-{model.metadata['jsonVersion']}"

    def operation(self, request: WireRequest) -> OperationModel:
        """Find what X-Amz-Target asks for."""
        target = request.headers.get("X-Amz-Target", "")
        prefix, _, name = target.rpartition(".")
        if prefix != self._model.metadata["targetPrefix"] or name not in self._model.operation_names:
            raise unknown_operation(
                f"'{target}' in the header X-Amz-Target" if target else "A request without a target"
            )
        return self._model.operation_model(name)

    def read(self, request: WireRequest, operation: OperationModel) -> dict[str, Any]:
        """Return the members that the body has."""
        values = read_object(request.body)
        return {} if operation.input_shape is None else members_of(values, operation.input_shape)

    def write(self, answer: dict[str, Any], operation: OperationModel, request_id: str) -> WireAnswer:
        """Return the answer's HTTP form."""
        shape = operation.output_shape
        body = b"" if shape is None and not answer else json_bytes({} if shape is None else to_json(answer, shape))
        return WireAnswer(200, body, self._headers(request_id))

    def error(self, error: ApiError) -> WireAnswer:
        """Return the HTTP form of an error."""
        form = error_form(error, self._model)
        body = {"__type": error.name, form.message_member: error.message, **error.members}
        return WireAnswer(
            form.status, json_bytes(body), self._headers(error.request_id) | {"x-amzn-ErrorType": error.name}
        )

    def _headers(self, request_id: str) -> dict[str, str]:
        return {"Content-Type": self._content_type, "x-amzn-RequestId": request_id}

"""AWS query: a form with `Action` in, XML out. For operations whose input has plain texts only.

Smithy documentation, "AWS query protocol".
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from botocore.model import ListShape, StructureShape

from simulator.aws.endpoint.wire.message import WireAnswer
from simulator.aws.endpoint.wire.protocol import error_form, unknown_operation
from simulator.aws.endpoint.wire.values import from_text

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel, Shape

    from simulator.aws.endpoint.wire.message import WireRequest
    from simulator.aws.errors import ApiError


class QueryProtocol:
    """The query protocol for one service."""

    def __init__(self, model: ServiceModel) -> None:
        self._model = model
        self._namespace = model.metadata.get("xmlNamespace", "")

    def operation(self, request: WireRequest) -> OperationModel:
        """Find what `Action` asks for."""
        action = _form(request).get("Action", "")
        if action not in self._model.operation_names:
            raise unknown_operation(f"The Action '{action}'")
        return self._model.operation_model(action)

    def read(self, request: WireRequest, operation: OperationModel) -> dict[str, Any]:
        """Return the members of the form."""
        form = _form(request)
        shape = operation.input_shape
        members = {} if shape is None else shape.members
        return {name: from_text(form[name], member) for name, member in members.items() if name in form}

    def write(self, answer: dict[str, Any], operation: OperationModel, request_id: str) -> WireAnswer:
        """Return the answer's HTTP form."""
        name = operation.name
        members = _members(answer, operation.output_shape) if operation.output_shape is not None else ""
        text = (
            f'<{name}Response xmlns="{self._namespace}"><{name}Result>{members}</{name}Result>'
            f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{name}Response>"
        )
        return WireAnswer(200, text.encode(), {"Content-Type": "text/xml", "x-amzn-RequestId": request_id})

    def error(self, error: ApiError) -> WireAnswer:
        """Return the HTTP form of an error."""
        return query_error(error, error_form(error, self._model).status, self._namespace)


def query_error(error: ApiError, status: int, namespace: str = "") -> WireAnswer:
    """Return the HTTP form of an error of a service with the query protocol."""
    text = (
        f'<ErrorResponse xmlns="{namespace}"><Error><Type>Sender</Type><Code>{escape(error.name)}</Code>'
        f"<Message>{escape(error.message)}</Message></Error><RequestId>{error.request_id}</RequestId></ErrorResponse>"
    )
    return WireAnswer(status, text.encode(), {"Content-Type": "text/xml", "x-amzn-RequestId": error.request_id})


def _members(values: dict[str, Any], shape: StructureShape) -> str:
    found = ((name, values[name], member) for name, member in shape.members.items() if values.get(name) is not None)
    return "".join(f"<{name}>{_xml(value, member)}</{name}>" for name, value, member in found)


def _xml(value: Any, shape: Shape) -> str:
    if isinstance(shape, StructureShape):
        return _members(value, shape)
    if isinstance(shape, ListShape):
        return "".join(f"<member>{_xml(one, shape.member)}</member>" for one in value)
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"
    return escape(str(value).lower() if isinstance(value, bool) else str(value))


def _form(request: WireRequest) -> dict[str, str]:
    form = parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)
    return dict([*request.parameters(), *form])

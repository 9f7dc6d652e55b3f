"""AWS query: a form with `Action` in, XML out. For operations whose members are plain texts.

Smithy documentation, "AWS query protocol".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from simulator.aws.endpoint.wire.message import WireAnswer
from simulator.aws.endpoint.wire.protocol import error_form, unknown_operation
from simulator.aws.endpoint.wire.values import from_text

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel

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
        members = "".join(f"<{key}>{escape(str(value))}</{key}>" for key, value in answer.items() if value is not None)
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


def _form(request: WireRequest) -> dict[str, str]:
    form = parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)
    return dict([*request.parameters(), *form])

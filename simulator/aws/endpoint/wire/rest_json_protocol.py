"""AWS restJson1: method and path say what is asked for; members are in the path, the query, headers and the body.

Smithy documentation, "AWS restJson1 protocol" and "HTTP bindings".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from botocore.model import ListShape

from simulator.aws.endpoint.wire.answers import json_bytes, to_header, to_json
from simulator.aws.endpoint.wire.message import WireAnswer
from simulator.aws.endpoint.wire.protocol import error_form, read_object, unknown_operation
from simulator.aws.endpoint.wire.values import from_json, from_text, members_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.model import OperationModel, ServiceModel, Shape, StructureShape

    from simulator.aws.endpoint.wire.message import WireRequest
    from simulator.aws.errors import ApiError

_LABEL = re.compile(r"\{(\w+)(\+?)\}")


@dataclass(frozen=True, slots=True)
class _Route:
    """An operation, and the path that asks for it."""

    operation: OperationModel
    method: str
    path: re.Pattern[str]
    literal: int

    @classmethod
    def of(cls, operation: OperationModel) -> _Route:
        path = operation.http["requestUri"].partition("?")[0].rstrip("/")
        parts = _LABEL.split(path)  # literal text, a label, its plus, literal text, ...
        pattern = "".join(
            re.escape(text) + (f"(?P<{label}>{'.+' if plus else '[^/]+'})" if label else "")
            for text, label, plus in zip(parts[::3], [*parts[1::3], ""], [*parts[2::3], ""], strict=True)
        )
        return cls(operation, operation.http["method"], re.compile(f"{pattern}/?"), sum(map(len, parts[::3])))


class RestJsonProtocol:
    """restJson1 for one service."""

    def __init__(self, model: ServiceModel) -> None:
        self._model = model
        routes = [_Route.of(model.operation_model(name)) for name in model.operation_names]
        self._routes = sorted(routes, key=lambda route: -route.literal)
        self._paths = {route.operation.name: route.path for route in routes}

    def operation(self, request: WireRequest) -> OperationModel:
        """Find what the method and the path ask for: of several the one with the most literal text."""
        for route in self._routes:
            if route.method == request.method and route.path.fullmatch(request.path):
                return route.operation
        raise unknown_operation(f"{request.method} {request.path}")

    def read(self, request: WireRequest, operation: OperationModel) -> dict[str, Any]:
        """Return the members, wherever each is."""
        shape = operation.input_shape
        if shape is None:
            return {}
        found = dict(self._outside_body(request, operation, shape))
        payload = shape.serialization.get("payload")
        if payload is None:
            if any(member.serialization.get("location") is None for member in shape.members.values()):
                found |= members_of(read_object(request.body), shape)
        elif request.body:
            member = shape.members[payload]
            found[payload] = (
                request.body if member.type_name == "blob" else from_json(read_object(request.body), member)
            )
        return found

    def _outside_body(
        self, request: WireRequest, operation: OperationModel, shape: StructureShape
    ) -> Iterator[tuple[str, Any]]:
        labels = self._paths[operation.name].fullmatch(request.path)
        query: dict[str, list[str]] = {}
        for name, value in request.parameters():
            query.setdefault(name, []).append(value)
        for name, member in shape.members.items():
            wire_name = member.serialization.get("name", name)
            match member.serialization.get("location"):
                case "uri" if labels is not None:
                    yield name, from_text(unquote(labels[wire_name]), member)
                case "querystring" if wire_name in query:
                    yield name, _of_query(query[wire_name], member)
                case "header" if wire_name in request.headers:
                    yield name, from_text(request.headers[wire_name], member)

    def write(self, answer: dict[str, Any], operation: OperationModel, request_id: str) -> WireAnswer:
        """Return the answer's HTTP form."""
        status = operation.http.get("responseCode", 200)
        headers = {"x-amzn-RequestId": request_id}
        shape = operation.output_shape
        if shape is None:
            return WireAnswer(status, b"", headers)
        inside = {}
        for name, value in answer.items():
            member = shape.members.get(name)
            location = None if member is None else member.serialization.get("location")
            if value is None:
                continue
            if location == "statusCode":
                status = value
            elif location == "header" and member is not None:
                headers[member.serialization.get("name", name)] = to_header(value, member)
            else:
                inside[name] = value
        payload = shape.serialization.get("payload")
        if payload is not None and shape.members[payload].type_name == "blob":
            headers["Content-Type"] = "application/json" if operation.name == "Invoke" else "application/octet-stream"
            return WireAnswer(status, inside.pop(payload, b""), headers)
        headers["Content-Type"] = "application/json"
        value = to_json(inside, shape)
        return WireAnswer(status, b"" if status == _NO_CONTENT else json_bytes(value), headers)

    def error(self, error: ApiError) -> WireAnswer:
        """Return the HTTP form of an error."""
        form = error_form(error, self._model)
        body = {form.message_member: error.message, **error.members}
        headers = {
            "Content-Type": "application/json",
            "x-amzn-RequestId": error.request_id,
            "x-amzn-ErrorType": error.name,
        }
        if form.shape is not None:
            if "Type" in form.shape.members:
                body.setdefault("Type", "User" if form.status < _SERVER_ERROR else "Service")
            for name, member in form.shape.members.items():
                if member.serialization.get("location") == "header" and name in body:
                    headers[member.serialization.get("name", name)] = str(body.pop(name))
        return WireAnswer(form.status, json_bytes(body), headers)


_NO_CONTENT = 204
_SERVER_ERROR = 500


def _of_query(values: list[str], shape: Shape) -> Any:
    if isinstance(shape, ListShape):
        return [from_text(value, shape.member) for value in values]
    return from_text(values[-1], shape)

"""An operation's answer to JSON, by the API's model."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import orjson
from botocore.model import ListShape, MapShape, StructureShape

if TYPE_CHECKING:
    from botocore.model import Shape


class UnknownMember(AssertionError):
    """An operation of ours answers with a member that the API does not have."""


def to_json(value: Any, shape: Shape) -> Any:
    """Return a value of an answer as AWS writes it in JSON; members that are None are left out.

    Raises:
        UnknownMember: a structure has a member that the model lacks.
    """
    if isinstance(shape, StructureShape):
        return _members(value, shape)
    if isinstance(shape, ListShape):
        return [None if entry is None else to_json(entry, shape.member) for entry in value]
    if isinstance(shape, MapShape):
        return {key: to_json(entry, shape.value) for key, entry in value.items() if entry is not None}
    if shape.type_name == "blob":
        return base64.b64encode(value).decode()
    if shape.type_name == "timestamp":
        return _timestamp(value, shape.serialization.get("timestampFormat", "unixTimestamp"))
    return value


def to_header(value: Any, shape: Shape) -> str:
    """Return a value of an answer as AWS writes it in a header."""
    if shape.type_name == "timestamp":
        return str(_timestamp(value, shape.serialization.get("timestampFormat", "rfc822")))
    if shape.type_name == "boolean":
        return "true" if value else "false"
    if isinstance(shape, ListShape):
        return ",".join(to_header(entry, shape.member) for entry in value)
    return str(value)


def json_bytes(value: Any) -> bytes:
    """Return JSON in UTF-8. Half a surrogate pair and numbers beyond 64 bits are written as well."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, separators=(",", ":")).encode()


def _members(value: Any, shape: StructureShape) -> Any:
    if shape.is_document_type:
        return value
    unknown = value.keys() - shape.members.keys()
    if unknown:
        raise UnknownMember(f"{shape.name} of the API has no member {', '.join(sorted(unknown))}")
    return {
        shape.members[name].serialization.get("name", name): to_json(entry, shape.members[name])
        for name, entry in value.items()
        if entry is not None
    }


def _timestamp(value: datetime, form: str) -> float | int | str:
    if form == "iso8601":
        text = value.astimezone(UTC).isoformat(timespec="milliseconds" if value.microsecond else "seconds")
        return text.replace("+00:00", "Z")
    if form == "rfc822":
        return format_datetime(value.astimezone(UTC), usegmt=True)
    seconds = round(value.timestamp(), 3)
    return int(seconds) if seconds.is_integer() else seconds

"""JSON and text of a request to an API's values, by its model.

A value of the wrong type is a SerializationException, in the words of the JSON reader that AWS's services share.
"""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.model import ListShape, MapShape, StructureShape
from botocore.utils import parse_timestamp

from simulator.aws.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.model import Shape

_LIMITS = {"integer": 2**31, "long": 2**63}
_SCALARS: dict[str, tuple[tuple[type, ...], str]] = {
    "integer": ((int,), "an Integer"),
    "long": ((int,), "a Long"),
    "float": ((int, float), "a Float"),
    "double": ((int, float), "a Double"),
    "boolean": ((bool,), "a Boolean"),
    "timestamp": ((int, float, str), "a Timestamp"),
    "string": ((str,), "a String"),
    "character": ((str,), "a Character"),
    "blob": ((str,), "a Blob"),
}


def members_of(value: Any, shape: StructureShape) -> dict[str, Any]:
    """Return the members that a JSON object has, each as boto3 takes it. Unknown and null members are left out.

    Raises:
        ApiError: SerializationException, if a member has another type than in the model.
    """
    if not isinstance(value, dict):
        raise _not_expected(value)
    found = {}
    for name, member in shape.members.items():
        if member.serialization.get("location") is None:
            given = value.get(member.serialization.get("name", name))
            if given is not None:
                found[name] = from_json(given, member)
    return found


def from_json(value: Any, shape: Shape) -> Any:
    """Return a JSON value as boto3 takes it.

    Raises:
        ApiError: SerializationException.
    """
    if isinstance(shape, StructureShape):
        return value if shape.is_document_type else members_of(value, shape)
    if isinstance(shape, MapShape):
        if not isinstance(value, dict):
            raise _not_expected(value)
        return {key: from_json(entry, shape.value) for key, entry in value.items() if entry is not None}
    if isinstance(shape, ListShape):
        if not isinstance(value, list):
            raise _not_expected(value)
        return [None if entry is None else from_json(entry, shape.member) for entry in value]
    return _scalar(value, shape)


def from_text(text: str, shape: Shape) -> Any:
    """Return the value of a header or of a part of the URL.

    Raises:
        ApiError: SerializationException.
    """
    kind = shape.type_name
    try:
        if kind in _LIMITS:
            return _scalar(int(text), shape)
        if kind in {"float", "double"}:
            return float(text)
        if kind == "boolean":
            return {"true": True, "false": False}[text.lower()]
        if kind == "timestamp":
            return _moment(text)
    except (ValueError, KeyError):
        raise _serialization(f"'{text}' can not be converted to {_SCALARS[kind][1]}") from None
    return text


def _scalar(value: Any, shape: Shape) -> Any:
    kind = shape.type_name
    if isinstance(value, dict | list):
        raise _not_expected(value)
    if kind in _LIMITS and isinstance(value, float) and value.is_integer():
        value = int(value)
    types, wanted = _SCALARS[kind]
    if not isinstance(value, types) or (isinstance(value, bool) and kind != "boolean"):
        raise _no_conversion(value, wanted)
    if kind in _LIMITS and not _in_range(value, _LIMITS[kind]):
        raise _serialization(f"{value} is out of the range of {wanted.split()[1]}")
    convert = _CONVERSIONS.get(kind)
    return value if convert is None else convert(value)


def _in_range(value: Any, limit: int) -> bool:
    inside: bool = -limit <= value < limit
    return inside


def _moment(value: str | float) -> datetime:
    """Return seconds since 1970, or a text of ISO 8601 or RFC 822, as an aware datetime."""
    try:
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value, UTC)
        moment: datetime = parse_timestamp(value)
    except (ValueError, OverflowError, OSError, RuntimeError):
        raise _serialization(f"{value!r} can not be converted to a Timestamp") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _bytes(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _serialization(f"Invalid Base64: {error}") from None


def _no_conversion(value: Any, wanted: str) -> ApiError:
    kind = {True: "TRUE_VALUE", False: "FALSE_VALUE"}[value] if isinstance(value, bool) else None
    kind = kind or ("STRING_VALUE" if isinstance(value, str) else "NUMBER_VALUE")
    return _serialization(f"{kind} can not be converted to {wanted}")


def _not_expected(value: Any) -> ApiError:
    if isinstance(value, list):
        return _serialization("Start of list found where not expected")
    if isinstance(value, dict):
        return _serialization("Start of structure or map found where not expected.")
    return _serialization("Unexpected value type in payload")


def _serialization(message: str) -> ApiError:
    return ApiError("SerializationException", message)


_CONVERSIONS: dict[str, Callable[[Any], Any]] = {"float": float, "double": float, "timestamp": _moment, "blob": _bytes}

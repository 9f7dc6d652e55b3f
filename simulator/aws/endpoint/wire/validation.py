"""The constraints that an API's model puts on a request, and AWS's words when one is not met.

As AWS's services word it: `1 validation error detected: Value '0' at 'maxResults' failed to satisfy constraint: Member
must have value greater than or equal to 1`. The value of a member that the model calls sensitive is not shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.model import ListShape, MapShape, StringShape, StructureShape

from simulator.aws.endpoint.wire.patterns import java_pattern
from simulator.aws.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.model import Shape

_LONGEST_SHOWN = 1024
_NAMES = {"logs": "InvalidParameterException"}


def validate(service: str, values: dict[str, Any], shape: StructureShape) -> None:
    """Check a request's members against the model.

    Raises:
        ApiError: ValidationException (of CloudWatch Logs: InvalidParameterException), with every failure.
    """
    failures = list(_structure(values, shape, ""))
    if failures:
        found = "; ".join(failures)
        several = "s" if len(failures) > 1 else ""
        name = _NAMES.get(service, "ValidationException")
        raise ApiError(name, f"{len(failures)} validation error{several} detected: {found}")


def _structure(values: dict[str, Any], shape: StructureShape, path: str) -> Iterator[str]:
    for name in shape.required_members:
        if values.get(name) is None:
            yield f"Value null at '{path}{_camel(name)}' failed to satisfy constraint: Member must not be null"
    for name, value in values.items():
        yield from _value(value, shape.members[name], f"{path}{_camel(name)}")


def _value(value: Any, shape: Shape, path: str) -> Iterator[str]:
    for constraint in _unmet(value, shape):
        yield f"Value {_shown(value, shape)}at '{path}' failed to satisfy constraint: {constraint}"
    if isinstance(shape, StructureShape):
        if not shape.is_document_type:
            yield from _structure(value, shape, f"{path}.")
    elif isinstance(shape, ListShape):
        for number, entry in enumerate(value, 1):
            if entry is not None:
                yield from _value(entry, shape.member, f"{path}.{number}.member")
    elif isinstance(shape, MapShape):
        for key, entry in value.items():
            for unmet in _unmet(key, shape.key):
                constraint = f"Map keys must satisfy constraint: [{unmet}]"
                yield f"Value at '{path}' failed to satisfy constraint: {constraint}"
            yield from _value(entry, shape.value, f"{path}.{key}.member")


def _unmet(value: Any, shape: Shape) -> Iterator[str]:
    metadata = shape.metadata
    kind = shape.type_name
    smallest, largest = metadata.get("min"), metadata.get("max")
    if kind in {"integer", "long", "float", "double"}:
        size, noun = value, "value"
    elif kind in {"string", "blob", "list", "map"}:
        size, noun = (_java_length(value) if isinstance(value, str) else len(value)), "length"
    else:
        return
    if largest is not None and size > largest:
        yield f"Member must have {noun} less than or equal to {largest}"
    if smallest is not None and size < smallest:
        yield f"Member must have {noun} greater than or equal to {smallest}"
    if isinstance(shape, StringShape) and isinstance(value, str):
        pattern = metadata.get("pattern")
        if pattern is not None and java_pattern(pattern).fullmatch(value) is None:
            yield f"Member must satisfy regular expression pattern: {pattern}"
        if shape.enum and value not in shape.enum:
            yield f"Member must satisfy enum value set: [{', '.join(shape.enum)}]"


def _shown(value: Any, shape: Shape) -> str:
    if shape.metadata.get("sensitive") or not isinstance(value, str | int | float | list):
        return ""
    text = f"[{', '.join(str(one) for one in value)}]" if isinstance(value, list) else str(value)
    return f"'{text}' " if len(text) <= _LONGEST_SHOWN else ""


def _java_length(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def _camel(name: str) -> str:
    return name[0].lower() + name[1:]

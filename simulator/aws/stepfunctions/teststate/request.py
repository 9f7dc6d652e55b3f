"""A TestState request: its arguments, checked against the API's own model. API reference, "TestState"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from botocore.model import Shape, StructureShape

from simulator.aws.errors import validation_error
from simulator.aws.integrations.shapes.api_model import input_shape, service_model
from simulator.aws.json_reader import BadJson, read_json

_WORDS = {"string": (str, "a string"), "boolean": (bool, "true or false"), "integer": (int, "a whole number")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mock:
    """What stands in for a state's work: `result` (a JSON value, given as `has_result`) or an error."""

    has_result: bool
    result: Any = None
    error: str = ""
    cause: str | None = None
    field_validation: str = "STRICT"


@dataclass(frozen=True, slots=True, kw_only=True)
class StateConfiguration:
    """How far the state had got: retries so far, failed Map iterations, the text that an ItemReader has read."""

    retries: int = 0
    error_caused_by: str | None = None
    failed_iterations: int | None = None
    reader_data: str | None = None


def check_arguments(request: dict[str, Any]) -> None:
    """Check names, types, enumerations and lengths as the API's model gives them.

    Raises:
        ApiError: ValidationException, with every problem.
    """
    found = _problems(request, input_shape(service_model("stepfunctions"), "TestState"), "")
    if found:
        plural = "s" if len(found) > 1 else ""
        raise validation_error(f"{len(found)} validation error{plural} detected: {'; '.join(found)}")


def _problems(value: Any, shape: Shape, where: str) -> list[str]:
    told = f"Value at '{where}' failed to satisfy constraint: "
    if isinstance(shape, StructureShape):
        if not isinstance(value, dict):
            return [f"{told}Member must be an object"]
        prefix = f"{where}." if where else ""
        found = [
            f"Value at '{prefix}{name}' failed to satisfy constraint: Member must not be null"
            for name in shape.required_members
            if value.get(name) is None
        ]
        for name, entry in value.items():
            if name not in shape.members:
                found.append(f"'{prefix}{name}' is not an argument of TestState")
            elif entry is not None:
                found += _problems(entry, shape.members[name], prefix + name)
        return found
    kind, words = _WORDS[shape.type_name]
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        return [f"{told}Member must be {words}"]
    if shape.type_name == "boolean":
        return []
    return _bounds(value, shape, told)


def _bounds(value: Any, shape: Shape, told: str) -> list[str]:
    enum, least, most = (shape.metadata.get(key) for key in ("enum", "min", "max"))
    if enum and value not in enum:
        return [f"{told}Member must satisfy enum value set: [{', '.join(enum)}]"]
    size, noun = (len(value), "have length ") if isinstance(value, str) else (value, "have value ")
    if least is not None and size < least:
        return [f"{told}Member must {noun}greater than or equal to {least}"]
    if most is not None and size > most:
        return [f"{told}Member must {noun}less than or equal to {most}"]
    return []


def mock_of(request: dict[str, Any]) -> Mock | None:
    """Return the request's mock, None if it has none; the words of the refusals are recorded on AWS.

    Raises:
        ApiError: ValidationException.
    """
    given = request.get("mock")
    if given is None:
        return None
    result, error = given.get("result"), given.get("errorOutput")
    if result is not None and error is not None:
        raise validation_error("A test mock should have only one of the following fields: [result, errorOutput].")
    validation = given.get("fieldValidationMode") or "STRICT"
    if result is not None:
        try:
            return Mock(has_result=True, result=read_json(result), field_validation=validation)
        except BadJson as problem:
            raise validation_error("Mocked result must be valid JSON") from problem
    if error is None:  # AWS's words for this one are not known
        raise validation_error("A test mock should have one of the following fields: [result, errorOutput].")
    return Mock(has_result=False, error=error.get("error") or "", cause=error.get("cause"))


def configuration_of(request: dict[str, Any]) -> StateConfiguration:
    """Return the request's `stateConfiguration`."""
    given = request.get("stateConfiguration") or {}
    return StateConfiguration(
        retries=given.get("retrierRetryCount") or 0,
        error_caused_by=given.get("errorCausedByState"),
        failed_iterations=given.get("mapIterationFailureCount"),
        reader_data=given.get("mapItemReaderData"),
    )


def json_object(request: dict[str, Any], name: str, refusal: str) -> dict[str, Any] | None:
    """Return an argument that is the text of a JSON object, None if it is absent.

    Raises:
        ApiError: ValidationException with the words `refusal`.
    """
    text = request.get(name)
    if text is None:
        return None
    try:
        value = read_json(text)
    except BadJson as error:
        raise validation_error(f"{refusal}: {error}") from error
    if not isinstance(value, dict):
        raise validation_error(f"{refusal}: it must be a JSON object")
    return value

"""Mocks of a TestState request: which mock goes with which state, and whether its result fits the API's own answer.

`mock.fieldValidationMode`, API reference, "TestState": STRICT, the default, asks for the API's required fields too;
PRESENT checks the fields that are there; NONE checks nothing. Recorded on AWS: which mock goes with which state, and
the words (a comment says so if not); that fields that the API does not have are accepted in each mode; the words for a
wrong string, number, enumeration and minimum length; that blobs and timestamps are strings. The words for the other
types are made after them.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn

from botocore.model import ListShape, MapShape, Shape, StructureShape

from simulator.aws.errors import validation_error
from simulator.aws.integrations.resource import ACTIVITY, integration_name
from simulator.aws.integrations.sdk_services import sdk_model
from simulator.aws.stepfunctions.teststate.context import WAITING
from simulator.aws.stepfunctions.teststate.nested_states import inner_states

if TYPE_CHECKING:
    from simulator.aws.asl.runtime.ports import TaskRequest, TaskService
    from simulator.aws.stepfunctions.teststate.request import Mock, StateConfiguration

_MOCKED = ("Task", "Parallel", "Map")
_TYPES: dict[str, tuple[tuple[type, ...], str]] = {
    "boolean": ((bool,), "a boolean"),
    "structure": ((dict,), "an object"),
    "map": ((dict,), "an object"),
    "list": ((list,), "an array"),
    **dict.fromkeys(("integer", "long", "float", "double"), ((int, float), "a number")),
    **dict.fromkeys(("string", "blob", "timestamp", "character"), ((str,), "a string")),
}
_OPTIMISED = {"states": "sfn", "events": "eventbridge"}
"""An optimised integration's service -> the SDK's name of it, if it is another."""


def check_mock(state: dict[str, Any], mock: Mock | None, configuration: StateConfiguration) -> None:
    """Refuse a mock, or a configuration, that AWS refuses for the state as written.

    Raises:
        ApiError: ValidationException.
    """
    kind = state.get("Type")
    if mock is None:
        if configuration.failed_iterations is not None:
            raise validation_error("TestState does not support MapIterationFailureCount when a mock is not specified.")
        if kind in ("Parallel", "Map"):  # our words: that AWS wants a mock is in its guide
            raise validation_error(f"State type '{kind}' is not supported when a mock is not specified")
        if kind == "Task" and ACTIVITY.fullmatch(str(state.get("Resource"))):  # our words, as above
            raise validation_error("An activity is not supported when a mock is not specified")
        if kind == "Task" and (found := WAITING.search(str(state.get("Resource")))):  # our words, as above
            raise validation_error(f"The pattern '{found[0]}' is not supported when a mock is not specified")
        return
    if isinstance(kind, str) and kind not in _MOCKED:
        raise validation_error(f"State type '{kind}' is not supported when a mock is specified")
    if mock.has_result:
        _check_result(state, mock)
        if isinstance(mock.result, list):
            check_failed_iterations(configuration, len(mock.result))
    cause = configuration.error_caused_by
    if cause is not None and cause not in inner_states(state):  # our words
        raise validation_error(f"The state '{cause}' of errorCausedByState is not inside the state under test")


def check_failed_iterations(configuration: StateConfiguration, iterations: int) -> None:
    """Refuse a count of failed iterations that is above the number of iterations."""
    if (configuration.failed_iterations or 0) > iterations:
        raise validation_error("Map iteration failure count must be less than or equal to the number of Map iterations")


def _check_result(state: dict[str, Any], mock: Mock) -> None:
    kind, result = state.get("Type"), mock.result
    if kind == "Task":
        if mock.field_validation != "NONE" and isinstance(resource := state.get("Resource"), str):
            _check_api_result(resource, result, strict=mock.field_validation == "STRICT")
        return
    writer = state.get("ResultWriter")
    if kind == "Map" and isinstance(writer, dict) and "Resource" in writer:
        if not isinstance(result, dict):
            raise validation_error("Mocked result must be a JSON object.")
        return
    if not isinstance(result, list):
        raise validation_error("Mocked result must be an array.")
    branches = state.get("Branches")
    if kind == "Parallel" and isinstance(branches, list) and len(result) != len(branches):
        raise validation_error("Mocked result must contain the same number of items as number of Parallel branches.")


class MockedTasks:
    """A TaskService that finds the problems that another one finds, except that something is not simulated."""

    def __init__(self, tasks: TaskService) -> None:
        self._tasks = tasks

    def problems(self, resource: str, parameters: Any) -> list[str]:
        """Say what is wrong with a Task (see TaskService)."""
        found = self._tasks.problems(resource, parameters)
        return [sentence for sentence in found if not sentence.endswith("is not simulated")]

    def call(self, request: TaskRequest) -> NoReturn:
        """Call nothing: the mock answers instead."""
        raise AssertionError(f"{request.resource} was called, and it is mocked")


def _check_api_result(resource: str, result: Any, *, strict: bool) -> None:
    """Refuse a mocked result that the API behind a Task's Resource could not have answered.

    Results of functions, of `.sync` and `.waitForTaskToken` Tasks, and of what is not an API of an AWS SDK
    (`http:invoke`) may be anything.

    Raises:
        ApiError: ValidationException.
    """
    name = integration_name(resource)
    shape = _output_shape(name) if name is not None else None
    if shape is None:
        return
    if not isinstance(result, dict):
        raise validation_error("Mocked result must be a JSON object.")
    # The optimised integration hands a function's answer on as JSON; the API has a blob there.
    free = {"Payload"} if name == "lambda:invoke" else set()
    _check_members({key: value for key, value in result.items() if key not in free}, shape, strict=strict)


@cache
def _output_shape(name: str) -> StructureShape | None:
    """Return the answer's shape of an integration (`dynamodb:putItem`), None if botocore knows no such API."""
    service, _, action = name.removeprefix("aws-sdk:").rpartition(":")
    model = sdk_model(_OPTIMISED.get(service, service))
    if model is None:
        return None
    operation = action[:1].upper() + action[1:]
    return model.operation_model(operation).output_shape if operation in model.operation_names else None


def _check_members(value: dict[str, Any], shape: StructureShape, *, strict: bool) -> None:
    # Step Functions writes every member with a capital: ExecutionArn for the API's executionArn.
    members = {name[:1].upper() + name[1:]: member for name, member in shape.members.items()}
    if strict:
        for name in shape.required_members:
            written = name[:1].upper() + name[1:]
            if value.get(written) is None:
                raise _refused(written, "is required")
    for name, entry in value.items():
        if name in members and entry is not None:
            _check(name, entry, members[name], strict=strict)


def _check(name: str, value: Any, shape: Shape, *, strict: bool) -> None:
    if getattr(shape, "is_document_type", False):  # any JSON value
        return
    kinds, words = _TYPES[shape.type_name]
    fits: bool = isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool))
    if not fits:
        raise _refused(name, f"must be {words}")
    if isinstance(value, str):
        _check_text(name, value, shape)
    elif isinstance(shape, StructureShape):
        _check_members(value, shape, strict=strict)
    elif isinstance(shape, ListShape):
        for entry in value:
            _check(name, entry, shape.member, strict=strict)
    elif isinstance(shape, MapShape):
        for entry in value.values():
            _check(name, entry, shape.value, strict=strict)


def _check_text(name: str, value: str, shape: Shape) -> None:
    enum, least, most = (shape.metadata.get(key) for key in ("enum", "min", "max"))
    if enum and value not in enum:
        raise _refused(name, "is not an expected value")
    if least is not None and len(value) < least:
        raise _refused(name, "is smaller than the minimum length")
    if most is not None and len(value) > most:
        raise _refused(name, "is larger than the maximum length")


def _refused(name: str, what: str) -> Exception:
    return validation_error(f"Mock result schema validation error: Field '{name}' {what}")

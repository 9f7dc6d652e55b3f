"""Which mock goes with which state. The words are recorded on AWS, except where a comment says otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.integrations.integration import validation_error
from simulator.aws.stepfunctions.teststate.nested_states import inner_states
from simulator.aws.stepfunctions.teststate.result_schema import check_result

if TYPE_CHECKING:
    from simulator.aws.stepfunctions.teststate.request import Mock, StateConfiguration

_MOCKED = ("Task", "Parallel", "Map")


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
            check_result(resource, result, strict=mock.field_validation == "STRICT")
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

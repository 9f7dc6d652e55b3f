"""The context object of a TestState request (`context`).

Recorded on AWS: which fields are allowed and the words of each refusal, except for the type of an object or a number.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.runtime.frame import Frame
from simulator.aws.errors import validation_error

if TYPE_CHECKING:
    from simulator.aws.asl.runtime.execution import Execution
    from simulator.aws.asl.runtime.stop import Stop

_REFUSED = "Invalid Context object provided"
_FIELDS: dict[str, dict[str, type | None]] = {
    "Execution": {
        "Id": str,
        "Input": None,
        "Name": str,
        "RoleArn": str,
        "StartTime": str,
        "RedriveCount": int,
        "RedriveTime": str,
    },
    "State": {"EnteredTime": str, "Name": str, "RetryCount": int},
    "StateMachine": {"Id": str, "Name": str},
    "Task": {"Token": str},
}
WAITING = re.compile(r"\.(?:sync(?::2)?|waitForTaskToken)$")


def check_context(context: dict[str, Any], state: dict[str, Any]) -> None:
    """Refuse a context object that AWS refuses for the state.

    Args:
        context: the object given.
        state: the state as written.

    Raises:
        ApiError: ValidationException.
    """
    for name, part in context.items():
        if name == "Map":
            raise validation_error(f"{_REFUSED}: 'Map' field is not supported when mocking a Context object")
        if name not in _FIELDS:
            raise validation_error(f"{_REFUSED}: Field '{name}' is not allowed")
        if not isinstance(part, dict):
            raise validation_error(f"{_REFUSED}: {name} must be an object")
        for field, value in part.items():
            _check_field(name, field, value)
    resource = state.get("Resource")
    if "Task" in context and not (isinstance(resource, str) and WAITING.search(resource)):
        raise validation_error(
            f"{_REFUSED}: Context object contains 'Task' when state is not a Task state with a '.sync' or "
            "'.waitForTaskToken' service integration pattern"
        )


def _check_field(part: str, field: str, value: Any) -> None:
    if field not in _FIELDS[part]:
        raise validation_error(f"{_REFUSED}: Field '{field}' is not allowed")
    kind = _FIELDS[part][field]
    if kind is not None and (not isinstance(value, kind) or isinstance(value, bool)):
        raise validation_error(f"{_REFUSED}: {part}.{field} must be a {'string' if kind is str else 'number'}")


class LoneFrame(Frame):
    """A frame whose context object may be given; `given` is None if it is not."""

    __slots__ = ("given",)

    def __init__(self, execution: Execution, stop: Stop, outer: Frame | None = None) -> None:
        super().__init__(execution, stop, outer)
        self.given: dict[str, Any] | None = None

    def context_object(self) -> dict[str, Any]:
        """Return the context object; recorded on AWS: that of TestState has no RedriveCount."""
        if self.given is not None:
            return self.given
        context = super().context_object()
        execution = {name: value for name, value in context["Execution"].items() if name != "RedriveCount"}
        return {**context, "Execution": execution}

"""What a Task may call: handed to the interpreter by whoever runs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRequest:
    """One call of a Task's resource.

    Args:
        resource: the Task's `Resource` ARN.
        parameters: the effective input after InputPath and Parameters (JSON value).
        timeout: seconds until the caller gives up (TimeoutSeconds, or what is left of the execution's own); None for
            no limit. A call that runs into it raises `StateError("States.Timeout")`.
        state: the Task state's name.
        execution_arn: the execution that calls.
        attempt: 1 for the first call, counted up with each retry.
    """

    resource: str
    parameters: Any
    timeout: float | None
    state: str
    execution_arn: str
    attempt: int


class TaskService(Protocol):
    """The services behind Task states."""

    def faults(self, resource: str, parameters: Any) -> Iterable[str]:
        """Say what is wrong with a Task when its state machine is created.

        Args:
            resource: the Task's `Resource`.
            parameters: its `Parameters` as written (None where absent): a template whose keys may end in `.$`.

        Returns:
            A sentence for each fault, empty where the Task can be run. A resource that AWS has and the simulator has
            not ends in "is not simulated".
        """
        ...

    def call(self, request: TaskRequest) -> Any:
        """Call the resource and return its result (a JSON value).

        Raises:
            StateError: with the error name and cause that AWS gives the Task.
        """
        ...

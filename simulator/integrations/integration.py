"""What every integration can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.states.task_service import TaskRequest


class Integration(Protocol):
    """One action of one service, as a Task calls it."""

    def faults(self, parameters: Any) -> Iterable[str]:
        """Say what is wrong with a Task's `Parameters` as written; None where it has none."""
        ...

    def call(self, request: TaskRequest) -> Any:
        """Call the action and return its result (a JSON value).

        Raises:
            StateError: with the error name and cause that AWS gives the Task.
        """
        ...

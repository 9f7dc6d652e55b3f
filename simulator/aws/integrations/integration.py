"""What every integration can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from simulator.aws.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.aws.asl.runtime.ports import TaskRequest

__all__ = ["ApiError", "Integration", "validation_error"]


def validation_error(message: str) -> ApiError:
    """Return a ValidationException, as the services that check their input answer it."""
    return ApiError("ValidationException", message)


class Integration(Protocol):
    """One action of one service, as a Task calls it."""

    def problems(self, parameters: Any) -> Iterable[str]:
        """Say what is wrong with a Task's `Parameters` as written; None if it has none."""
        ...

    def call(self, request: TaskRequest) -> Any:
        """Call the action and return its result (a JSON value).

        Raises:
            StateError: with the error name and cause that AWS gives the Task.
        """
        ...

"""The services of Tasks that are not called: whatever AWS has may be mocked, though it is not simulated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from simulator.aws.asl.runtime.ports import TaskRequest, TaskService


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

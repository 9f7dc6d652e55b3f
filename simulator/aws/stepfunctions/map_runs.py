"""What the service needs of Map Runs beyond running them: how those stand that run, and how one is continued.

Step Functions is handed its Map Runs (`MapRuns` in asl/runtime/ports.py); this is the part of them that its API uses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from simulator.aws.asl.runtime.listener import ChildRecord, ChildStart, MapRunInfo


class OpenMapRun(Protocol):
    """A Map Run that runs in this process."""

    @property
    def arn(self) -> str:
        """The Map Run's ARN."""
        ...

    def info(self) -> MapRunInfo:
        """Return how it stands now."""
        ...

    def running_children(self) -> list[ChildStart]:
        """Return the children that run now, EXPRESS ones too."""
        ...

    def update(
        self, *, max_concurrency: int | None, tolerated_count: int | None, tolerated_percentage: float | None
    ) -> None:
        """Change the settings that are not None (UpdateMapRun); they hold from the next child on."""
        ...


class OpenMapRuns(Protocol):
    """The Map Runs of this process."""

    def running(self) -> Sequence[OpenMapRun]:
        """Return those that run now."""
        ...

    def continue_from(
        self,
        state: str,
        map_run: MapRunInfo,
        children: Iterable[ChildRecord],
        history: Callable[[str], Iterable[Mapping[str, Any]]],
        processor: Mapping[str, Any] | None,
    ) -> None:
        """Let the next Map Run of a redriven execution's state be this one, continued.

        Args:
            state: the Map state's name.
            map_run: the Map Run as it ended; its `parent_arn` is the execution.
            children: its children, as each ended last.
            history: gives the events of a STANDARD child by its ARN.
            processor: the state's ItemProcessor.
        """
        ...


class NoMapRuns:
    """For a service whose executions open none."""

    def running(self) -> Sequence[OpenMapRun]:
        """Return nothing."""
        return ()

    def continue_from(
        self,
        state: str,
        map_run: MapRunInfo,
        children: Iterable[ChildRecord],
        history: Callable[[str], Iterable[Mapping[str, Any]]],
        processor: Mapping[str, Any] | None,
    ) -> None:
        """Refuse: there is none to continue."""
        raise NotImplementedError(f"the Map Run {map_run.arn} is not of this service")

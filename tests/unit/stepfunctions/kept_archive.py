"""An archive in memory: what a listener was told, as the Step Functions API asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.asl.runtime.listener import SilentListener

if TYPE_CHECKING:
    from simulator.aws.asl.runtime.listener import ChildRecord, ExecutionInfo, MapRunInfo


class KeptArchive(SilentListener):
    """A Listener that keeps everything, and the Archive of it."""

    def __init__(self) -> None:
        self._executions: dict[str, ExecutionInfo] = {}
        self._events: dict[str, list[dict[str, Any]]] = {}
        self._map_runs: dict[str, MapRunInfo] = {}
        self._children: dict[str, ChildRecord] = {}

    def execution_ended(self, execution: ExecutionInfo) -> None:
        """Keep an end."""
        if ":express:" not in execution.arn:
            self._executions[execution.arn] = execution

    def history_event(self, execution_arn: str, event: dict[str, Any]) -> None:
        """Keep an event."""
        self._events.setdefault(execution_arn, []).append(event)

    def map_run_changed(self, map_run: MapRunInfo) -> None:
        """Keep how a Map Run stands."""
        self._map_runs[map_run.arn] = map_run

    def child_ended(self, child: ChildRecord) -> None:
        """Keep a child."""
        self._children[child.arn] = child

    def executions(self, machine_arn: str) -> list[ExecutionInfo]:
        """Give a machine's executions."""
        return [info for info in list(self._executions.values()) if info.machine_arn == machine_arn]

    def execution(self, arn: str) -> ExecutionInfo | None:
        """Return an execution."""
        return self._executions.get(arn)

    def history(self, arn: str) -> list[dict[str, Any]]:
        """Give the events of an execution or a child."""
        return list(self._events.get(arn, ()))

    def map_runs(self, execution_arn: str) -> list[MapRunInfo]:
        """Give the Map Runs of an execution."""
        return [info for info in list(self._map_runs.values()) if info.parent_arn == execution_arn]

    def map_run(self, arn: str) -> MapRunInfo | None:
        """Return a Map Run."""
        return self._map_runs.get(arn)

    def children(self, map_run_arn: str) -> list[ChildRecord]:
        """Give the children of a Map Run."""
        return [child for child in list(self._children.values()) if child.map_run_arn == map_run_arn]

    def child(self, arn: str) -> ChildRecord | None:
        """Return a child."""
        return self._children.get(arn)

"""One listener that tells several."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.aws.asl.runtime.listener import ChildRecord, ChildStart, ExecutionInfo, Listener, MapRunInfo


class FanOut:
    """Tells each of its listeners, in their order."""

    def __init__(self, *listeners: Listener) -> None:
        self._listeners = listeners

    def execution_started(self, execution: ExecutionInfo) -> None:
        """Pass it on."""
        for listener in self._listeners:
            listener.execution_started(execution)

    def execution_ended(self, execution: ExecutionInfo) -> None:
        """Pass it on."""
        for listener in self._listeners:
            listener.execution_ended(execution)

    def history_event(self, execution_arn: str, event: dict[str, Any]) -> None:
        """Pass it on."""
        for listener in self._listeners:
            listener.history_event(execution_arn, event)

    def map_run_changed(self, map_run: MapRunInfo) -> None:
        """Pass it on."""
        for listener in self._listeners:
            listener.map_run_changed(map_run)

    def child_started(self, child: ChildStart) -> None:
        """Pass it on."""
        for listener in self._listeners:
            listener.child_started(child)

    def child_ended(self, child: ChildRecord) -> None:
        """Pass it on."""
        for listener in self._listeners:
            listener.child_ended(child)

"""The archive of a cloud that does not last: the executions that have ended since it was opened."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from simulator.aws.asl.runtime.listener import SilentListener
from simulator.aws.stepfunctions.archive import EmptyArchive

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.aws.asl.runtime.listener import ExecutionInfo, MapRunInfo

MOST: Final = 100
"""So many executions are remembered, the latest."""


class RecentArchive(EmptyArchive, SilentListener):
    """A Listener and an Archive: the latest executions and their Map Runs, without histories and children.

    A function that the end of an execution has started asks for both.
    """

    def __init__(self) -> None:
        self._executions: dict[str, ExecutionInfo] = {}
        self._map_runs: dict[str, MapRunInfo] = {}
        self._lock = threading.Lock()

    def execution_ended(self, execution: ExecutionInfo) -> None:
        """Remember it; the oldest is forgotten, with its Map Runs."""
        if ":express:" in execution.arn:
            return
        with self._lock:
            self._executions.pop(execution.arn, None)
            self._executions[execution.arn] = execution
            while len(self._executions) > MOST:
                forgotten = self._executions.pop(next(iter(self._executions)))
                for arn in [one.arn for one in self._map_runs.values() if one.parent_arn == forgotten.arn]:
                    del self._map_runs[arn]

    def map_run_changed(self, map_run: MapRunInfo) -> None:
        """Remember how it stands."""
        with self._lock:
            self._map_runs[map_run.arn] = map_run

    def executions(self, machine_arn: str) -> Iterable[ExecutionInfo]:
        """Give a machine's executions."""
        with self._lock:
            return [one for one in self._executions.values() if one.machine_arn == machine_arn]

    def execution(self, arn: str) -> ExecutionInfo | None:
        """Return an execution."""
        return self._executions.get(arn)

    def map_runs(self, execution_arn: str) -> Iterable[MapRunInfo]:
        """Give the Map Runs of an execution."""
        with self._lock:
            return [one for one in self._map_runs.values() if one.parent_arn == execution_arn]

    def map_run(self, arn: str) -> MapRunInfo | None:
        """Return one Map Run."""
        return self._map_runs.get(arn)

"""Does what is ordered of the runs of this process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.pipeline.steering.port import Refused

if TYPE_CHECKING:
    from simulator.aws.map_run.map_run import LocalMapRun, LocalMapRuns
    from simulator.aws.stepfunctions.running_execution import RunningExecution
    from simulator.aws.stepfunctions.service import StepFunctions
    from simulator.pipeline.steering.orders import Order

STOP_SECONDS = 30.0


class Helm:
    """Steers executions of one state machine.

    Args:
        machine_arn: the workflow's.
        step_functions: runs the executions.
        map_runs: their Map Runs.
    """

    def __init__(self, machine_arn: str, step_functions: StepFunctions, map_runs: LocalMapRuns) -> None:
        self._prefix = machine_arn.replace(":stateMachine:", ":execution:")
        self._step_functions = step_functions
        self._map_runs = map_runs

    def obey(self, order: Order) -> dict[str, Any]:
        """Do it, and return what holds now.

        Raises:
            Refused: the run has ended, or has no Map Run to change.
        """
        running = self._step_functions.running_execution(f"{self._prefix}:{order.run}")
        if running is None:
            raise Refused(f"The run {order.run} has ended.")
        if order.kind == "stop":
            running.stop(order.error, order.cause)
            running.wait(STOP_SECONDS)
            self._map_runs.pause(running.arn, paused=False)  # a redrive goes on
            return {"status": running.status}
        if order.kind != "update":
            self._map_runs.pause(running.arn, paused=order.kind == "pause")
            return {"paused": order.kind == "pause", **_settings(self._open(running))}
        opened = self._open(running)
        if not opened:
            raise Refused(
                f"The run {order.run} has no Map Run now: its file is still being checked, or its rows are done. "
                "Only a Map Run that runs can be changed."
            )
        concurrency, count, percentage = order.settings
        for one in opened:
            one.update(max_concurrency=concurrency, tolerated_count=count, tolerated_percentage=percentage)
        return _settings(opened)

    def _open(self, running: RunningExecution) -> list[LocalMapRun]:
        return [one for one in self._map_runs.running() if one.parent_arn == running.arn]


def _settings(opened: list[LocalMapRun]) -> dict[str, Any]:
    if not opened:
        return {}
    info = opened[-1].info()
    return {
        "mapRunArn": info.arn,
        "maxConcurrency": info.max_concurrency,
        "toleratedFailureCount": info.tolerated_failure_count,
        "toleratedFailurePercentage": info.tolerated_failure_percentage,
    }

"""`states:startExecution.sync` and `.sync:2`: one execution starts another and waits until it has ended.

Developer guide, "Start workflow executions from a task state in Step Functions" and "Run a Job (.sync)". If the
Task's time is up or its execution is stopped, the execution that it has started is stopped.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.errors import RUNTIME, TASK_FAILED, TIMEOUT, StateError
from simulator.aws.asl.json_text import to_json
from simulator.aws.integrations.waiting.callbacks import LOOK_SECONDS
from simulator.aws.json_reader import read_json

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterable
    from datetime import datetime

    from simulator.aws.asl.runtime.listener import ExecutionInfo
    from simulator.aws.asl.runtime.ports import TaskRequest
    from simulator.aws.integrations.waiting.start_execution import Started, StartExecution

PATTERNS = (".sync", ".sync:2")
SUCCEEDED = "SUCCEEDED"


class RunExecution:
    """Starts an execution and waits for its end.

    Args:
        starter: starts it.
        parsed: whether the result has Input and Output as JSON values (`.sync:2`), not as text.
    """

    def __init__(self, starter: StartExecution, *, parsed: bool) -> None:
        self._starter = starter
        self._parsed = parsed

    def problems(self, parameters: Any) -> Iterable[str]:
        """Say what is wrong with `Parameters` as written."""
        return self._starter.problems(parameters)

    def call(self, request: TaskRequest) -> Any:
        """Start the execution, and return how it has ended, as DescribeExecution describes it.

        Raises:
            StateError: the start's; States.TaskFailed with the description as its cause; States.Timeout.
        """
        deadline = None if request.timeout is None else monotonic() + request.timeout
        started = self._starter.start(request.parameters)
        if ":express:" in started.info.arn:
            started.stop()
            raise StateError(RUNTIME, f"{started.info.machine_arn} is an EXPRESS state machine: no Task waits for it")
        if request.submitted is not None:
            request.submitted(self._starter.answer(started))
        try:
            _wait(started, request.cancelled, deadline)
        except StateError:
            started.stop()
            raise
        described = _described(started.info, parsed=self._parsed)
        if started.info.status != SUCCEEDED:
            raise StateError(TASK_FAILED, to_json(described))
        return described


def _wait(started: Started, cancelled: threading.Event | None, deadline: float | None) -> None:
    while not started.wait(LOOK_SECONDS):
        if cancelled is not None and cancelled.is_set():
            raise StateError(TASK_FAILED, "The execution was stopped.")
        if deadline is not None and monotonic() >= deadline:
            raise StateError(TIMEOUT)


def _described(info: ExecutionInfo, *, parsed: bool) -> dict[str, Any]:
    text = info.input_text if info.input_text is not None else to_json(info.input)
    members: dict[str, Any] = {
        "ExecutionArn": info.arn,
        "Input": read_json(text) if parsed else text,
        "InputDetails": {"Included": True},
        "Name": info.name,
        "RedriveCount": info.redrive_count,
        "StartDate": _milliseconds(info.started),
        "StateMachineArn": info.machine_arn,
        "Status": info.status,
        "StopDate": _milliseconds(info.stopped),
    }
    if info.status == SUCCEEDED:
        members |= {
            "Output": info.output if parsed else to_json(info.output),
            "OutputDetails": {"Included": True},
            "RedriveStatus": "NOT_REDRIVABLE",
            "RedriveStatusReason": f"Execution is {SUCCEEDED} and cannot be redriven",
        }
    else:
        members |= {"Error": info.error, "Cause": info.cause, "RedriveStatus": "REDRIVABLE"}
    return {name: value for name, value in sorted(members.items()) if value is not None or name == "Output"}


def _milliseconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1000)

"""An execution on its thread: started, waited for, stopped."""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.aws.asl.runtime.execution import Execution
    from simulator.aws.asl.runtime.listener import ExecutionInfo, Listener
    from simulator.aws.asl.runtime.resume import Resume

_log = logging.getLogger(__name__)


class RunningExecution:
    """What StartExecution gives back.

    Args:
        execution: what is run.
        info: how it stands; replaced when it ends.
        listener: told of its start and its end.
        resume: where it goes on, for a redrive.
        ended: called when its end has been told, before those who wait for it go on; it sets `info`.
    """

    def __init__(
        self,
        execution: Execution,
        info: ExecutionInfo,
        listener: Listener,
        resume: Resume | None = None,
        *,
        ended: Callable[[RunningExecution, ExecutionInfo], None],
    ) -> None:
        self.info = info
        self._execution = execution
        self._listener = listener
        self._resume = resume
        self._tell_ended = ended
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"execution-{info.name}", daemon=True)

    def start(self) -> None:
        """Begin to run."""
        self._thread.start()

    def _run(self) -> None:
        try:
            self._listener.execution_started(self.info)
            ended = self._execution.run(self._resume)
            info = replace(
                self.info,
                status=ended.status,
                stopped=self._execution.clock.now(),
                output=ended.output,
                error=ended.error,
                cause=ended.cause,
            )
        except Exception as error:  # noqa: BLE001 - an error of the simulator itself must end its caller's wait
            _log.exception("the execution %s broke down", self.info.name)
            info = replace(
                self.info,
                status="FAILED",
                stopped=self._execution.clock.now(),
                error="Simulator.InternalError",
                cause=f"{type(error).__name__}: {error}",
            )
        try:
            self._listener.execution_ended(info)
        finally:
            self._tell_ended(self, info)
            self._ended.set()

    @property
    def name(self) -> str:
        """The execution's name."""
        return self.info.name

    @property
    def arn(self) -> str:
        """The execution's ARN."""
        return self.info.arn

    @property
    def status(self) -> str:
        """RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED."""
        return self.info.status

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it has ended and its end has been told; return whether it has."""
        return self._ended.wait(timeout)

    def end_at_transition(self) -> None:
        """Stop it before it enters its next state."""
        self._execution.ends_at_transition = True

    def stop(self, error: str | None = None, cause: str | None = None) -> None:
        """Stop it (StopExecution): no further state or item is begun."""
        self._execution.stop(error, cause)

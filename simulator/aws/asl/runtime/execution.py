"""One execution: a machine, an input, a clock and a history, run to its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.errors import DATA_LIMIT_EXCEEDED, Aborted, ExecutionTimedOut, StateError
from simulator.aws.asl.expressions.timestamps import format_time
from simulator.aws.asl.json_text import JsonText, is_larger
from simulator.aws.asl.quotas import MAX_PAYLOAD_BYTES
from simulator.aws.asl.runtime.frame import Frame
from simulator.aws.asl.runtime.resume import INTERRUPTED_CAUSE, INTERRUPTED_ERROR
from simulator.aws.asl.runtime.stop import Stop

if TYPE_CHECKING:
    from datetime import datetime

    from simulator.aws.asl.runtime.clock import Clock
    from simulator.aws.asl.runtime.history import History
    from simulator.aws.asl.runtime.listener import TaskAttempt
    from simulator.aws.asl.runtime.ports import Identity, Machine, Services
    from simulator.aws.asl.runtime.resume import Resume

EXPRESS_SECONDS = 300
STANDARD_SECONDS = 365 * 86_400
"""A year: the longest that any execution may take. Developer guide, "Service quotas"."""


@dataclass(slots=True, kw_only=True)  # not frozen: one is made per child, and frozen ones take four times as long
class Ended:
    """How an execution ended: SUCCEEDED with `output`; FAILED, TIMED_OUT or ABORTED with `error` and `cause`."""

    status: str
    output: Any = None
    error: str | None = None
    cause: str | None = None


class Execution:
    """One execution, run once by `run`, which may be stopped from another thread by `stop`.

    Example:
        >>> from types import SimpleNamespace
        >>> from simulator.aws.asl.definition.compiler import build
        >>> from simulator.aws.asl.runtime.clock import SkippingClock
        >>> from simulator.aws.asl.runtime.history import RecordedHistory
        >>> from simulator.aws.asl.runtime.ports import Identity, Services
        >>> tasks = SimpleNamespace(
        ...     problems=lambda resource, parameters: [], call=lambda request: request.parameters["text"].upper()
        ... )
        >>> shout = {"Type": "Task", "Resource": "arn:aws:lambda:::function:f", "ResultPath": "$.loud", "End": True}
        >>> machine = build({"StartAt": "Shout", "States": {"Shout": shout}}, tasks=tasks)
        >>> clock, events = SkippingClock(), []
        >>> execution = Execution(
        ...     machine=machine,
        ...     identity=Identity(arn="", name="first", machine_arn="", machine_name="example", role_arn=""),
        ...     data={"text": "hello"},
        ...     services=Services(tasks=tasks, maps=SimpleNamespace(), clock=clock),
        ...     history=RecordedHistory(clock, events.append),
        ... )
        >>> execution.run()
        Ended(status='SUCCEEDED', output={'text': 'hello', 'loud': 'HELLO'}, error=None, cause=None)
        >>> [event["type"] for event in events][:3]
        ['ExecutionStarted', 'TaskStateEntered', 'LambdaFunctionScheduled']

    Args:
        machine: what it runs.
        identity: its names.
        data: its input (JSON value).
        input_text: the text of it that the caller gave, shown by the history; None for an input that had none.
        services: what it may use.
        history: takes its events.
        started: when it was started, for one that is redriven.
        clock: its clock, if it is not the services'.
        seconds: its time limit (the machine's TimeoutSeconds, five minutes for EXPRESS); None for a year.
    """

    __slots__ = (
        "_deadline",
        "_reason",
        "attempts",
        "clock",
        "ends_at_transition",
        "history",
        "identity",
        "input",
        "input_text",
        "machine",
        "maps",
        "root_stop",
        "services",
        "started",
        "tasks",
    )

    def __init__(
        self,
        *,
        machine: Machine,
        identity: Identity,
        data: Any,
        services: Services,
        history: History,
        seconds: float | None = None,
        started: datetime | None = None,
        clock: Clock | None = None,
        input_text: str | None = None,
    ) -> None:
        self.machine = machine
        self.identity = identity
        self.input = data
        self.input_text = input_text
        self.services = services
        self.tasks, self.maps, self.clock = services.tasks, services.maps, clock or services.clock
        self.history = history
        now = self.clock.now()
        self.started = started or now
        self.root_stop = Stop()
        self.ends_at_transition = False
        self.attempts: list[TaskAttempt] = []
        self._reason: tuple[str | None, str | None] = (None, None)
        limit = STANDARD_SECONDS if seconds is None else min(seconds, STANDARD_SECONDS)
        self._deadline = now + timedelta(seconds=limit)

    @property
    def arn(self) -> str:
        """The execution's ARN."""
        return self.identity.arn

    @property
    def region(self) -> str:
        """The region in the execution's ARN."""
        return self.identity.arn.split(":")[3]

    def context_object(self) -> dict[str, Any]:
        """Return the context object's `Execution` and `StateMachine` parts."""
        who = self.identity
        execution = {
            "Id": who.arn,
            "Input": self.input,
            "StartTime": format_time(self.started),
            "Name": who.name,
            "RoleArn": who.role_arn,
            "RedriveCount": who.redrive_count,
        }
        if who.redriven is not None:
            execution["RedriveTime"] = format_time(who.redriven)
        return {"Execution": execution, "StateMachine": {"Id": who.machine_arn, "Name": who.machine_name}}

    def time_left(self, clock: Clock, seconds: float | None = None) -> float:
        """Return the smaller of `seconds` and the time until the execution times out.

        Args:
            clock: that of the line of control that asks.
            seconds: a limit of its own, None for none.
        """
        left = max(0.0, (self._deadline - clock.now()).total_seconds())
        return left if seconds is None else min(seconds, left)

    def check_running(self, clock: Clock) -> None:
        """Raise Aborted or ExecutionTimedOut if the execution has been stopped or, by `clock`, its time is up."""
        if self.root_stop.is_set():
            raise Aborted
        if clock.now() >= self._deadline:
            raise ExecutionTimedOut

    def check_transition(self, clock: Clock) -> None:
        """Do the same before a state is entered, where an execution whose machine is being deleted ends."""
        if self.ends_at_transition:
            self.stop()
        self.check_running(clock)

    def stop(self, error: str | None = None, cause: str | None = None) -> None:
        """Stop the execution: no further state is entered (StopExecution)."""
        self._reason = (error, cause)
        self.root_stop.set()

    def run(self, resume: Resume | None = None) -> Ended:
        """Run to the end and say how it ended; adds the first and the last events of the history."""
        frame = Frame(self, self.root_stop)
        try:
            if resume is None:
                given = self.input if self.input_text is None else JsonText(self.input_text)
                frame.event("ExecutionStarted", input=given, roleArn=self.identity.role_arn)
                # AWS gives the first state the previousEventId 0, not that of ExecutionStarted.
                frame.previous = 0
            else:
                self._carry_on(frame, resume)
            output = self.machine.run(frame, self.input, resume)
            self._check_output(output)
        except StateError as error:
            # A Fail state without Error gives none.
            frame.event("ExecutionFailed", error=error.error or None, cause=error.cause)
            return Ended(status="FAILED", error=error.error or None, cause=error.cause)
        except ExecutionTimedOut:
            frame.previous = 0
            frame.event("ExecutionTimedOut")
            return Ended(status="TIMED_OUT")
        except Aborted:
            error_name, cause = self._reason
            frame.previous = 0
            frame.event("ExecutionAborted", error=error_name, cause=cause)
            return Ended(status="ABORTED", error=error_name, cause=cause)
        frame.event("ExecutionSucceeded", output=output)
        return Ended(status="SUCCEEDED", output=output)

    def _carry_on(self, frame: Frame, resume: Resume) -> None:
        """Carry the history on: ExecutionRedriven, after the end that a run cut off in the middle never had."""
        if not resume.ended:
            frame.event("ExecutionAborted", error=INTERRUPTED_ERROR, cause=INTERRUPTED_CAUSE)
            frame.previous = 0
        frame.event("ExecutionRedriven", redriveCount=self.identity.redrive_count)
        frame.variables.assign(dict(resume.variables))

    @staticmethod
    def _check_output(output: Any) -> None:
        if is_larger(output, MAX_PAYLOAD_BYTES):
            raise StateError(
                DATA_LIMIT_EXCEEDED, "The execution's output exceeds the maximum number of bytes service limit."
            )

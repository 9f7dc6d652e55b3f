"""One line of control inside an execution: its current state, its variables, its last event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.asl.errors import BranchStopped
from simulator.aws.asl.expressions.scope import Scope
from simulator.aws.asl.expressions.timestamps import format_time
from simulator.aws.asl.json_text import to_json
from simulator.aws.asl.runtime.variables import Variables

if TYPE_CHECKING:
    from datetime import datetime

    from simulator.aws.asl.runtime.clock import Clock
    from simulator.aws.asl.runtime.ports import ExecutionView
    from simulator.aws.asl.runtime.resume import Branches
    from simulator.aws.asl.runtime.stop import Stop


class Frame:
    """A line of control: one for the execution, one more for each branch of a Parallel and each inline Map iteration.

    Args:
        execution: the execution it belongs to.
        stop: the flag that ends this line of control.
        outer: the frame whose state started this one, for a branch or an iteration.
    """

    __slots__ = (
        "clock",
        "earlier",
        "entered_at",
        "entered_id",
        "execution",
        "map_item",
        "previous",
        "resumed",
        "retry_count",
        "state",
        "stop",
        "token",
        "variables",
    )

    def __init__(self, execution: ExecutionView, stop: Stop, outer: Frame | None = None) -> None:
        self.execution = execution
        self.stop = stop
        self.clock: Clock = outer.clock.fork() if outer else execution.clock
        self.variables: Variables = Variables(outer.variables if outer else None)
        self.previous: int = outer.previous if outer else 0
        self.map_item: dict[str, Any] | None = outer.map_item if outer else None
        self.state = ""
        self.entered_at: datetime = execution.started
        self.entered_id = 0
        self.retry_count: int | None = None
        self.resumed = False
        self.earlier: Branches | None = None
        self.token: str | None = None

    def branch(self, stop: Stop) -> Frame:
        """Return the frame of a branch or iteration of this frame's state."""
        return Frame(self.execution, stop, self)

    def check_running(self) -> None:
        """Raise if this line of control must end.

        Raises:
            Aborted: the execution was stopped.
            ExecutionTimedOut: its time is up.
            BranchStopped: another branch of the same state has failed.
        """
        self.execution.check_running(self.clock)
        if self.stop.is_set():
            raise BranchStopped

    def sleep(self, seconds: float) -> None:
        """Let time go by on the execution's clock, not beyond the end of its time, and go on only if it may."""
        self.clock.sleep(self.execution.time_left(self.clock, seconds), self.stop.event)
        self.check_running()

    def event(self, kind: str, *, at: datetime | None = None, **details: Any) -> int:
        """Add an event caused by this line's last one, and return its id; `at` is its time if that is known already.

        Raises:
            BranchStopped: this is a branch, and another one has failed: what it still does leaves no event.
        """
        if self.stop is not self.execution.root_stop and self.stop.is_set():
            raise BranchStopped
        self.previous = self.execution.history.add(kind, self.previous, details, at)
        return self.previous

    def succeeded(self, kind: str) -> None:
        """Add the event of a state's work that is done.

        Recorded on AWS: the `<Type>StateExited` after it names the same event as its cause as this one does.
        """
        cause = self.previous
        self.event(kind)
        self.previous = cause

    def enter(self, state: str, kind: str, data: Any, *, retries: bool) -> None:
        """Enter a state: checks that the execution may go on, and adds `<Type>StateEntered`."""
        self.execution.check_transition(self.clock)
        if self.stop.is_set():
            self.check_running()
        self.state = state
        self.earlier = None
        self.entered_at = self.clock.now()
        self.retry_count = 0 if retries else None
        # The event has the very time of the context object: a redrive reads it there, and its keys are made of it.
        self.entered_id = self.event(kind, at=self.entered_at, name=state, input=data)

    def resume(self, state: str, entered_at: datetime, entered_id: int, *, retries: bool) -> None:
        """Go on in a state that was entered before a redrive: its `<Type>StateEntered` is there already."""
        self.check_running()
        self.state = state
        self.entered_at = entered_at
        self.entered_id = entered_id
        self.retry_count = 0 if retries else None
        self.resumed = True

    def begin_branches(self, kind: str, **details: Any) -> Branches | None:
        """Add the event that starts a state's branches, unless a redrive goes on with them.

        Returns:
            What they had done before the redrive; None if all of them begin now.
        """
        earlier, self.earlier = self.earlier, None
        if earlier is None:
            self.event(kind, **details)
        else:
            self.previous = earlier.started_id
        return earlier

    def exit(self, kind: str, output: Any, assigned: dict[str, Any] | None) -> None:
        """Leave the state: sets its variables, adds `<Type>StateExited`."""
        self.resumed = False
        if assigned:
            self.variables.assign(assigned)
            self.event(
                kind,
                name=self.state,
                output=output,
                assignedVariables=_texts(assigned),
                assignedVariablesDetails={"truncated": False},
            )
        else:
            self.event(kind, name=self.state, output=output)

    def scope(self, data: Any, outcome: dict[str, Any] | None = None) -> Scope:
        """Return what an expression of the current state sees when its input is `data`; see Scope for `outcome`."""
        return Scope(data, self.context_object, self.variables, outcome)

    def context_object(self) -> dict[str, Any]:
        """Return the context object (`$$`) as plain JSON. Developer guide, "Context object"."""
        state: dict[str, Any] = {"Name": self.state, "EnteredTime": format_time(self.entered_at)}
        if self.retry_count is not None:
            state["RetryCount"] = self.retry_count
        context = {**self.execution.context_object(), "State": state}
        if self.map_item is not None:
            context["Map"] = {"Item": self.map_item}
        if self.token is not None:
            context["Task"] = {"Token": self.token}
        return context


def _texts(assigned: dict[str, Any]) -> dict[str, str]:
    return {name: to_json(value) for name, value in assigned.items()}

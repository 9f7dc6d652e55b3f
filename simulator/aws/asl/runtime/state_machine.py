"""A state machine, or the machine inside a branch or a Map: StartAt and States."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from simulator.aws.asl.runtime.frame import Frame
    from simulator.aws.asl.runtime.resume import Resume


class RunnableState(Protocol):
    """A state as a machine runs it (states/state.py has the base of all)."""

    def run(self, frame: Frame, data: Any) -> tuple[Any, str | None]:
        """Run it on its input and return its output and the next state's name (None at an end)."""
        ...

    def resume(self, frame: Frame, data: Any, entered_at: datetime, entered_id: int) -> tuple[Any, str | None]:
        """Run it in a redriven execution that had entered it before it ended."""
        ...


class StateMachine:
    """Compiled states, run one after the other.

    Args:
        start_at: the first state's name.
        states: name -> state.
        timeout: TimeoutSeconds of the whole machine, None for none.
    """

    __slots__ = ("start_at", "states", "timeout")

    def __init__(self, start_at: str, states: Mapping[str, RunnableState], timeout: int | None = None) -> None:
        self.start_at = start_at
        self.states = states
        self.timeout = timeout

    def run(self, frame: Frame, data: Any, resume: Resume | None = None) -> Any:
        """Run from StartAt, or from the state that a redrive resumes, to an end; return the last state's output.

        Raises:
            StateError: a state fails for good.
        """
        name: str | None = self.start_at
        states = self.states
        if resume is not None and not resume.entered_id:
            data, name = resume.input, resume.state
        elif resume is not None:
            frame.earlier = resume.branches
            data, name = states[resume.state].resume(frame, resume.input, resume.entered_at, resume.entered_id)
        while name is not None:
            data, name = states[name].run(frame, data)
        return data

"""A state machine, or the machine inside a branch or a Map: StartAt and States."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.aws.asl.runtime.frame import Frame
    from simulator.aws.asl.runtime.resume import Resume
    from simulator.aws.asl.states.state import State


class StateMachine:
    """Compiled states, run one after the other.

    Args:
        start_at: the first state's name.
        states: name -> state.
        timeout: TimeoutSeconds of the whole machine, None for none.
    """

    __slots__ = ("start_at", "states", "timeout")

    def __init__(self, start_at: str, states: dict[str, State], timeout: int | None = None) -> None:
        self.start_at = start_at
        self.states = states
        self.timeout = timeout

    def run(self, frame: Frame, data: Any, resume: Resume | None = None) -> Any:
        """Run from StartAt, or from where a redrive resumes, to an end; return the last state's output.

        Raises:
            StateError: where a state fails for good.
        """
        name: str | None = self.start_at
        states = self.states
        if resume is not None:
            data, name = states[resume.state].resume(frame, resume.input, resume.entered_at, resume.entered_id)
        while name is not None:
            data, name = states[name].run(frame, data)
        return data

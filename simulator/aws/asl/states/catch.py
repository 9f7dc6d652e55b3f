"""Catch: the next state after one that has failed for good. States Language, "Fallback states"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from simulator.aws.asl.states.data_flow import caught_flow
from simulator.aws.asl.states.retry import error_names, matches
from simulator.aws.asl.states.state import Assign, Outcome

if TYPE_CHECKING:
    from simulator.aws.asl.definition.fields import Fields
    from simulator.aws.asl.errors import StateError
    from simulator.aws.asl.runtime.frame import Frame
    from simulator.aws.asl.states.data_flow import CaughtFlow


class Catcher(NamedTuple):
    """One entry of Catch."""

    names: list[str]
    next: str
    flow: CaughtFlow
    assign: Assign

    def outcome(self, frame: Frame, data: Any, error: StateError) -> Outcome:
        """Return the state's outcome: the error as Output or ResultPath says, and the catcher's Next."""
        caught = error.as_output()
        output = self.flow.output(frame, data, caught)
        return output, self.next, self.assign.values(frame, self.flow.assign_scope(frame, data, caught))


class Catch:
    """A state's catchers."""

    __slots__ = ("catchers",)

    def __init__(self, fields: Fields) -> None:
        self.catchers: list[Catcher] = []
        entries = fields.objects("Catch")
        for entry in entries:
            names = error_names(entry, last=entry is entries[-1])
            following = entry.string("Next", required=True)
            catcher = Catcher(names, following or "", caught_flow(entry), Assign(entry, "errorOutput"))
            entry.refuse_rest("Catch")
            if following is not None:
                self.catchers.append(catcher)

    def match(self, error: StateError) -> Catcher | None:
        """Return the first catcher for the error, or None."""
        return next((catcher for catcher in self.catchers if matches(catcher.names, error.error)), None)

    def targets(self) -> list[str]:
        """Return the names of the states it can lead to."""
        return [catcher.next for catcher in self.catchers]

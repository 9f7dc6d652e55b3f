"""Catch: the next state after one that has failed for good. States Language, "Fallback states"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from simulator.aws.asl.states.data_flow import ResultPath, result_path_of
from simulator.aws.asl.states.retry import error_names, matches
from simulator.aws.asl.states.state import Assign, Outcome

if TYPE_CHECKING:
    from simulator.aws.asl.definition.fields import Fields
    from simulator.aws.asl.errors import StateError
    from simulator.aws.asl.runtime.frame import Frame


class Catcher(NamedTuple):
    """One entry of Catch."""

    names: list[str]
    next: str
    result_path: ResultPath | None
    assign: Assign

    def outcome(self, frame: Frame, data: Any, error: StateError) -> Outcome:
        """Return the state's outcome: the error put into the raw input by ResultPath, and the catcher's Next."""
        caught = error.as_output()
        output = caught if self.result_path is None else self.result_path.combine(data, caught)
        return output, self.next, self.assign.values(frame, caught)


class Catch:
    """A state's catchers."""

    __slots__ = ("catchers",)

    def __init__(self, fields: Fields) -> None:
        self.catchers: list[Catcher] = []
        entries = fields.objects("Catch")
        for entry in entries:
            names = error_names(entry, last=entry is entries[-1])
            following = entry.string("Next", required=True)
            catcher = Catcher(names, following or "", result_path_of(entry), Assign(entry))
            entry.refuse_rest("Catch")
            if following is not None:
                self.catchers.append(catcher)

    def match(self, error: StateError) -> Catcher | None:
        """Return the first catcher for the error, or None."""
        return next((catcher for catcher in self.catchers if matches(catcher.names, error.error)), None)

    def targets(self) -> list[str]:
        """Return the names of the states it can lead to."""
        return [catcher.next for catcher in self.catchers]

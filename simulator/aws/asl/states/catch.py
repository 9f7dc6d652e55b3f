"""Catch: the next state after one that has failed for good. States Language, "Fallback states"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from simulator.aws.asl.definition.fields import JSONATA
from simulator.aws.asl.states.data_flow import ResultPath, output_of, result_path_of
from simulator.aws.asl.states.retry import error_names, matches
from simulator.aws.asl.states.state import Assign, Outcome

if TYPE_CHECKING:
    from simulator.aws.asl.definition.fields import Fields
    from simulator.aws.asl.errors import StateError
    from simulator.aws.asl.expressions.templates import PayloadTemplate
    from simulator.aws.asl.runtime.frame import Frame


class Catcher(NamedTuple):
    """One entry of Catch."""

    names: list[str]
    next: str
    result_path: ResultPath | None
    output: PayloadTemplate | None
    assign: Assign
    is_jsonata: bool

    def outcome(self, frame: Frame, data: Any, error: StateError) -> Outcome:
        """Return the state's outcome: the error as Output or ResultPath says, and the catcher's Next."""
        caught = error.as_output()
        if self.is_jsonata:
            scope = frame.scope(data, {"errorOutput": caught})
            output = caught if self.output is None else self.output.evaluate(scope)
            return output, self.next, self.assign.values(frame, scope)
        output = caught if self.result_path is None else self.result_path.combine(data, caught)
        return output, self.next, self.assign.values(frame, frame.scope(caught))


class Catch:
    """A state's catchers."""

    __slots__ = ("catchers",)

    def __init__(self, fields: Fields) -> None:
        self.catchers: list[Catcher] = []
        entries = fields.objects("Catch")
        for entry in entries:
            names = error_names(entry, last=entry is entries[-1])
            following = entry.string("Next", required=True)
            is_jsonata = entry.language == JSONATA
            catcher = Catcher(
                names,
                following or "",
                None if is_jsonata else result_path_of(entry),
                output_of(entry, "errorOutput") if is_jsonata else None,
                Assign(entry, "errorOutput"),
                is_jsonata,
            )
            entry.refuse_rest("Catch")
            if following is not None:
                self.catchers.append(catcher)

    def match(self, error: StateError) -> Catcher | None:
        """Return the first catcher for the error, or None."""
        return next((catcher for catcher in self.catchers if matches(catcher.names, error.error)), None)

    def targets(self) -> list[str]:
        """Return the names of the states it can lead to."""
        return [catcher.next for catcher in self.catchers]

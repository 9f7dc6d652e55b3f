"""The Pass state: hands its input on, or a fixed result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.asl.definition.fields import JSONPATH
from simulator.aws.asl.states.data_flow import data_flow
from simulator.aws.asl.states.state import Assign, Outcome, State, Transition

if TYPE_CHECKING:
    from simulator.aws.asl.definition.build_context import BuildContext
    from simulator.aws.asl.definition.fields import Fields
    from simulator.aws.asl.runtime.frame import Frame


class PassState(State):
    """States Language, "Pass State". Recorded on AWS: `"Result": null` is an absent Result."""

    kind = "Pass"

    def __init__(self, name: str, fields: Fields, context: BuildContext) -> None:  # noqa: ARG002 - one signature for all
        super().__init__(name, fields)
        self.flow = data_flow(fields, parameters="Parameters", result=True)
        self._result = fields.take("Result") if fields.language == JSONPATH else None
        self._assign = Assign(fields)
        self.transition = Transition(fields)

    def execute(self, frame: Frame, data: Any) -> Outcome:
        """Return the input, or `Result`, through the data flow."""
        chosen = self.flow.effective_input(frame, data)
        result = chosen if self._result is None else self._result
        return (
            self.flow.output(frame, data, result),
            self.transition.next,
            self._assign.values(frame, self.flow.assign_scope(frame, data, result)),
        )

"""The Succeed state: ends the machine, the branch or the iteration well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.asl.states.data_flow import data_flow
from simulator.aws.asl.states.state import Outcome, State

if TYPE_CHECKING:
    from simulator.aws.asl.definition.build_context import BuildContext
    from simulator.aws.asl.definition.fields import Fields
    from simulator.aws.asl.runtime.frame import Frame


class SucceedState(State):
    """States Language, "Succeed State"."""

    kind = "Succeed"
    transition = None

    def __init__(self, name: str, fields: Fields, context: BuildContext) -> None:  # noqa: ARG002 - one signature for all
        super().__init__(name, fields)
        self.flow = data_flow(fields)

    def execute(self, frame: Frame, data: Any) -> Outcome:
        """Return the input through InputPath and OutputPath, and end."""
        return self.flow.passed(frame, self.flow.effective_input(frame, data)), None, None

"""The line of control of a state that is tested alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.asl.runtime.frame import Frame

if TYPE_CHECKING:
    from simulator.aws.asl.runtime.execution import Execution
    from simulator.aws.asl.runtime.stop import Stop


class LoneFrame(Frame):
    """A frame whose context object may be given; `given` is None if it is not."""

    __slots__ = ("given",)

    def __init__(self, execution: Execution, stop: Stop, outer: Frame | None = None) -> None:
        super().__init__(execution, stop, outer)
        self.given: dict[str, Any] | None = None

    def context_object(self) -> dict[str, Any]:
        """Return the context object; recorded on AWS: that of TestState has no RedriveCount."""
        if self.given is not None:
            return self.given
        context = super().context_object()
        execution = {name: value for name, value in context["Execution"].items() if name != "RedriveCount"}
        return {**context, "Execution": execution}

"""What an expression of a state can see: the input (`$`), the context object (`$$`) and the variables (`$name`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.aws.asl.runtime.frame import Frame
    from simulator.aws.asl.runtime.variables import Variables


class Scope:
    """The three roots that paths start from. The context object is made only where something reads it."""

    __slots__ = ("_frame", "input")

    def __init__(self, frame: Frame, data: Any) -> None:
        self._frame = frame
        self.input = data

    @property
    def context(self) -> dict[str, Any]:
        """The context object as plain JSON."""
        return self._frame.context_object()

    @property
    def variables(self) -> Variables:
        """The variables in scope."""
        return self._frame.variables

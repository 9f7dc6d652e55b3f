"""What TestState shows of a state's data flow (`inspectionData`).

Recorded on AWS: which steps each type of state shows. A Pass with a Result shows the Result and not what it dropped; a
mocked Parallel or Map shows no result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.asl.json_text import to_json
from simulator.aws.asl.states.data_flow import DataFlow, read_field

if TYPE_CHECKING:
    from simulator.aws.asl.runtime.frame import Frame

_RESULT = ("afterResultSelector", "afterResultPath")
_SHOWN: dict[str, tuple[str, ...]] = {
    "Task": ("afterInputPath", "afterParameters", "result", *_RESULT),
    "Pass": ("afterInputPath", "afterParameters", *_RESULT),
    "Parallel": _RESULT,
    "Map": ("afterInputPath", "afterItemsPath", "afterItemsPointer", "afterItemSelector", *_RESULT),
}
_PASS_WITH_RESULT = ("result", *_RESULT)


class Inspection:
    """Collects the steps of one state as they happen.

    Args:
        state: the state as written.
    """

    def __init__(self, state: dict[str, Any]) -> None:
        kind = state["Type"]
        with_result = kind == "Pass" and state.get("Result") is not None
        self._shown = _PASS_WITH_RESULT if with_result else _SHOWN.get(kind, ("afterInputPath",))
        self.data: dict[str, Any] = {}

    def step(self, name: str, value: Any) -> None:
        """Keep a step's value as JSON text, if states of this type show the step."""
        if name in self._shown:
            self.data[name] = to_json(value)


class InspectedDataFlow(DataFlow):
    """A state's data flow that tells an inspection of each step."""

    __slots__ = ("_inspection",)

    def __init__(self, flow: DataFlow, inspection: Inspection) -> None:  # not from fields: they have been read
        for name in DataFlow.__slots__:
            setattr(self, name, getattr(flow, name))
        self._inspection = inspection

    def effective_input(self, frame: Frame, data: Any) -> Any:
        """Return the state's effective input."""
        chosen = read_field(self._input_path, frame, data)
        self._inspection.step("afterInputPath", chosen)
        effective = chosen if self._parameters is None else self._parameters.evaluate(frame.scope(chosen))
        self._inspection.step("afterParameters", effective)
        return effective

    def selected(self, frame: Frame, result: Any) -> Any:
        """Return the result after ResultSelector."""
        self._inspection.step("result", result)
        selected = super().selected(frame, result)
        self._inspection.step("afterResultSelector", selected)
        return selected

    def output(self, frame: Frame, data: Any, result: Any) -> Any:
        """Return the state's output."""
        if "afterResultSelector" not in self._inspection.data:  # a Pass has no ResultSelector; its step is shown still
            self._inspection.step("result", result)
            self._inspection.step("afterResultSelector", result)
        combined = result if self._result_path is None else self._result_path.combine(data, result)
        self._inspection.step("afterResultPath", combined)
        return read_field(self._output_path, frame, combined)

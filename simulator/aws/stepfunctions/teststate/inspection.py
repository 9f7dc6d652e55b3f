"""What TestState shows of a state's data flow (`inspectionData`).

Recorded on AWS: which steps each type of state shows. A Pass with a Result shows the Result and not what it dropped; a
mocked Parallel or Map shows no result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.asl.definition.fields import JSONATA
from simulator.aws.asl.json_text import to_json
from simulator.aws.asl.states.data_flow import JsonPathFlow, read_field

if TYPE_CHECKING:
    from simulator.aws.asl.expressions.scope import Scope
    from simulator.aws.asl.runtime.frame import Frame
    from simulator.aws.asl.states.data_flow import DataFlow

_RESULT = ("afterResultSelector", "afterResultPath")
_SHOWN: dict[str, tuple[str, ...]] = {
    "Task": ("afterInputPath", "afterParameters", "result", *_RESULT),
    "Pass": ("afterInputPath", "afterParameters", *_RESULT),
    "Parallel": _RESULT,
    "Map": ("afterInputPath", "afterItemsPath", "afterItemsPointer", "afterItemSelector", *_RESULT),
}
_SHOWN_IN_JSONATA: dict[str, tuple[str, ...]] = {
    "Task": ("afterArguments", "result"),
    "Map": ("afterItemsPointer", "afterItemSelector"),
}
_PASS_WITH_RESULT = ("result", *_RESULT)


class Inspection:
    """Collects the steps of one state as they happen.

    Args:
        state: the state as written.
        language: the query language of its state machine.
    """

    def __init__(self, state: dict[str, Any], language: str) -> None:
        kind = state["Type"]
        with_result = kind == "Pass" and state.get("Result") is not None
        self._shown = _PASS_WITH_RESULT if with_result else _SHOWN.get(kind, ("afterInputPath",))
        if state.get("QueryLanguage", language) == JSONATA:
            self._shown = _SHOWN_IN_JSONATA.get(kind, ())
        self.data: dict[str, Any] = {}

    def step(self, name: str, value: Any) -> None:
        """Keep a step's value as JSON text, if states of this type show the step."""
        if name in self._shown:
            self.data[name] = to_json(value)


def inspected(flow: DataFlow, inspection: Inspection) -> DataFlow:
    """Return a data flow that does the same and tells an inspection of each step."""
    if isinstance(flow, JsonPathFlow):
        return InspectedPathFlow(flow, inspection)
    return InspectedJsonataFlow(flow, inspection)


class InspectedJsonataFlow:
    """A state's data flow in JSONata mode that tells an inspection of each step (as the API reference names them)."""

    def __init__(self, flow: DataFlow, inspection: Inspection) -> None:
        self._flow = flow
        self._inspection = inspection

    def effective_input(self, frame: Frame, data: Any) -> Any:
        """Return the state's effective input."""
        effective = self._flow.effective_input(frame, data)
        self._inspection.step("afterArguments", effective)
        return effective

    def selected(self, frame: Frame, result: Any) -> Any:
        """Return the result."""
        self._inspection.step("result", result)
        return self._flow.selected(frame, result)

    def output(self, frame: Frame, data: Any, result: Any) -> Any:
        """Return the state's output."""
        return self._flow.output(frame, data, result)

    def passed(self, frame: Frame, chosen: Any) -> Any:
        """Return the output of a state that has no result."""
        return self._flow.passed(frame, chosen)

    def assign_scope(self, frame: Frame, data: Any, result: Any) -> Scope:
        """Return what the expressions of Assign see."""
        return self._flow.assign_scope(frame, data, result)


class InspectedPathFlow(JsonPathFlow):
    """A state's data flow in JSONPath mode that tells an inspection of each step."""

    __slots__ = ("_inspection",)

    def __init__(self, flow: JsonPathFlow, inspection: Inspection) -> None:  # not from fields: they have been read
        for name in JsonPathFlow.__slots__:
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

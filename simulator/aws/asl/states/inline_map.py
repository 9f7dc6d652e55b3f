"""The Map state in INLINE mode: one iteration an item, inside the same execution. States Language, "Map State"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.asl.errors import RUNTIME, EvaluationError, StateError
from simulator.aws.asl.quotas import check_size
from simulator.aws.asl.runtime.branches import run_branches
from simulator.aws.asl.states.data_flow import DataFlow
from simulator.aws.asl.states.map_fields import MapFields
from simulator.aws.asl.states.retriable import RetriableState

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.aws.asl.definition.build_context import BuildContext
    from simulator.aws.asl.definition.fields import Fields
    from simulator.aws.asl.runtime.frame import Frame


class InlineMapState(RetriableState):
    """Its result is the array of its iterations' outputs; it fails with the first iteration that fails."""

    kind = "Map"
    failed_event = "MapStateFailed"

    def __init__(self, name: str, fields: Fields, processor: Fields | None, context: BuildContext) -> None:
        super().__init__(name, fields, DataFlow(fields, result=True, selector=True))
        self._fields = MapFields(fields)
        self._processor = context.machine(processor, "an ItemProcessor") if processor is not None else None

    def work(self, frame: Frame, data: Any, effective: Any) -> list[Any]:  # noqa: ARG002 - the protocol's signature
        """Run one iteration an item."""
        scope = frame.scope(effective)
        limit = self._fields.max_concurrency(scope)
        items = self._fields.items(scope)
        if not isinstance(items, list):
            raise EvaluationError(RUNTIME, f'Reference path "{self._fields.items_path.text}" must point to array.')
        frame.event("MapStateStarted", length=len(items))
        iterations = [self._iteration(index, item, effective) for index, item in enumerate(items)]
        outputs = run_branches(frame, iterations, limit)
        frame.event("MapStateSucceeded")
        return outputs

    def _iteration(self, index: int, item: Any, effective: Any) -> Callable[[Frame], Any]:
        def run(frame: Frame) -> Any:
            frame.map_item = {"Index": index, "Value": item}
            frame.event("MapIterationStarted", name=self.name, index=index)
            try:
                output = self._run_item(frame, item, effective)
            except StateError:
                frame.event("MapIterationFailed", name=self.name, index=index)
                raise
            frame.event("MapIterationSucceeded", name=self.name, index=index)
            return output

        return run

    def _run_item(self, frame: Frame, item: Any, effective: Any) -> Any:
        if self._fields.selector is not None:
            item = self._fields.selector.evaluate(frame.scope(effective))
            check_size(item, self.name)
        assert self._processor is not None  # noqa: S101 - a machine without a processor is refused when it is created
        return self._processor.run(frame, item)

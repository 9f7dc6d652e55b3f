"""The Map state: INLINE mode here, DISTRIBUTED mode in distributed_map.py. States Language, "Map State"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.asl.definition.fields import JSONATA
from simulator.aws.asl.errors import StateError
from simulator.aws.asl.quotas import check_size
from simulator.aws.asl.runtime.branches import run_branches, run_machine
from simulator.aws.asl.states.data_flow import data_flow
from simulator.aws.asl.states.maps.distributed_map import DistributedMapState
from simulator.aws.asl.states.maps.map_fields import MapFields, ToleranceField
from simulator.aws.asl.states.retriable import RetriableState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from simulator.aws.asl.definition.build_context import BuildContext
    from simulator.aws.asl.definition.fields import Fields
    from simulator.aws.asl.runtime.frame import Frame
    from simulator.aws.asl.runtime.resume import Begun
    from simulator.aws.asl.states.state import State


class InlineMapState(RetriableState):
    """Its result is the array of its iterations' outputs; it fails with the first iteration that fails."""

    kind = "Map"
    failed_event = "MapStateFailed"

    def __init__(self, name: str, fields: Fields, processor: Fields | None, context: BuildContext) -> None:
        super().__init__(name, fields, data_flow(fields, result=True, selector=True))
        self.map_fields = MapFields(fields)
        # Recorded on AWS for JSONata: an inline Map may have a tolerance, which is read.
        self._tolerance = ToleranceField(fields) if fields.language == JSONATA else None
        self._processor = context.machine(processor, "an ItemProcessor") if processor is not None else None

    def work(self, frame: Frame, data: Any, effective: Any) -> list[Any]:  # noqa: ARG002 - the protocol's signature
        """Run one iteration an item; in a redrive those that had not succeeded."""
        scope = frame.scope(effective)
        limit = self.map_fields.max_concurrency(scope)
        if self._tolerance is not None:
            self._tolerance.resolve(scope)
        items = self.map_fields.items(scope)
        earlier = frame.begin_branches("MapStateStarted", length=len(items))
        return self._iterate(frame, items, effective, limit, earlier.begun if earlier else {})

    def _iterate(
        self, frame: Frame, items: list[Any], effective: Any, limit: int, begun: Mapping[int, Begun]
    ) -> list[Any]:
        # Recorded on AWS: an ItemSelector that cannot be evaluated fails the Map before any iteration has begun.
        inputs = [self._selected(frame, index, item, effective) for index, item in enumerate(items)]
        last = len(items) - 1
        iterations = [
            self._iteration(index, item, inputs[index], begun.get(index), is_last=index == last)
            for index, item in enumerate(items)
        ]
        outputs = run_branches(frame, iterations, limit)
        frame.succeeded("MapStateSucceeded")
        return outputs

    def _selected(self, frame: Frame, index: int, item: Any, effective: Any) -> Any:
        if self.map_fields.selector is None:
            return item
        inner = frame.branch(frame.stop)
        inner.state, inner.entered_at, inner.retry_count = frame.state, frame.entered_at, frame.retry_count
        inner.map_item = {"Index": index, "Value": item}
        selected = self.map_fields.selector.evaluate(inner.scope(effective))
        check_size(selected, self.name)
        return selected

    def _iteration(
        self, index: int, item: Any, data: Any, begun: Begun | None, *, is_last: bool
    ) -> Callable[[Frame], Any]:
        """Return what runs one iteration.

        Recorded on AWS: in a Map that runs one item after the other, MapIterationStarted names the last event inside
        the iteration before it as its cause, and MapStateSucceeded names the last MapIterationSucceeded.
        """

        def run(frame: Frame) -> Any:
            frame.map_item = {"Index": index, "Value": item}
            if begun is not None and begun.ended:
                return begun.output
            if begun is None:
                frame.event("MapIterationStarted", name=self.name, index=index)
            try:
                assert self._processor is not None  # noqa: S101 - one without it is refused when it is created
                output = run_machine(self._processor, frame, data, begun)
            except StateError:
                frame.event("MapIterationFailed", name=self.name, index=index)
                raise
            inner = frame.previous
            frame.event("MapIterationSucceeded", name=self.name, index=index)
            if not is_last:
                frame.previous = inner
            return output

        return run


def map_state(name: str, fields: Fields, context: BuildContext) -> State:
    """Make the Map state that `ItemProcessor.ProcessorConfig.Mode` asks for (`Iterator` is the older name)."""
    fields.exclude("ItemProcessor", "Iterator")
    noun = "Iterator" if "Iterator" in fields and "ItemProcessor" not in fields else "ItemProcessor"
    processor = fields.object(noun, required=True)
    config = processor.object("ProcessorConfig") if processor is not None else None
    mode = config.choice("Mode", ("INLINE", "DISTRIBUTED")) if config is not None else None
    if mode == "DISTRIBUTED" and processor is not None and config is not None:
        return DistributedMapState(name, fields, processor, config, context)
    if config is not None:
        config.refuse_rest("ProcessorConfig in INLINE mode")
    return InlineMapState(name, fields, processor, context)

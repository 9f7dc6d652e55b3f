"""The Map state in DISTRIBUTED mode: hands its items to a Map Run of child executions.

Developer guide, "Using Map state in Distributed mode". How a Map Run works is not here: see map_runner.py.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.errors import RUNTIME, Aborted, EvaluationError, ExecutionTimedOut, StateError
from simulator.aws.asl.expressions.scope import Scope
from simulator.aws.asl.quotas import label_problem
from simulator.aws.asl.runtime.ports import ItemSelector, MapRunRequest
from simulator.aws.asl.states.data_flow import DataFlow
from simulator.aws.asl.states.distributed_map_fields import ItemBatcherField, ItemReaderField, ResultWriterField
from simulator.aws.asl.states.map_fields import MapFields, ToleranceField
from simulator.aws.asl.states.retriable import RetriableState

if TYPE_CHECKING:
    from simulator.aws.asl.definition.compiler import Builder
    from simulator.aws.asl.definition.fields import Fields
    from simulator.aws.asl.runtime.frame import Frame


class DistributedMapState(RetriableState):
    """A Distributed Map."""

    kind = "Map"
    failed_event = "MapStateFailed"

    def __init__(self, name: str, fields: Fields, processor: Fields, config: Fields, builder: Builder) -> None:
        super().__init__(name, fields, DataFlow(fields, result=True, selector=True))
        self._fields = MapFields(fields)
        self._type = config.choice("ExecutionType", ("STANDARD", "EXPRESS"), required=True) or "STANDARD"
        config.refuse_rest("ProcessorConfig")
        self._tolerance = ToleranceField(fields)
        reader, batcher, writer = (fields.object(field) for field in ("ItemReader", "ItemBatcher", "ResultWriter"))
        self._reader = ItemReaderField(reader) if reader is not None else None
        self._batcher = ItemBatcherField(batcher) if batcher is not None else None
        self._writer = ResultWriterField(writer) if writer is not None else None
        builder.check_distributed(fields, plain=reader is None and writer is None and batcher is None)
        self.label = self._label(fields, builder)
        with builder.inside_distributed(self._type):
            self._processor = builder.machine(processor, "an ItemProcessor")

    @staticmethod
    def _label(fields: Fields, builder: Builder) -> str:
        label = fields.string("Label")
        if label is not None:
            if problem := label_problem(label):
                fields.problem("Label", problem)
            elif label in builder.labels:
                fields.problem("Label", f"{label!r} is used by another Map of this machine too; it must be unique")
            builder.labels.add(label)
        # AWS makes one in the shape of a version 3 UUID, the same for every run of the state.
        return label or str(uuid.uuid3(uuid.NAMESPACE_URL, f"{builder.machine_name}/{fields.location}"))

    def work(self, frame: Frame, data: Any, effective: Any) -> Any:  # noqa: ARG002 - the protocol's signature
        """Open a Map Run and see it through."""
        limit = self._fields.max_concurrency(frame, effective)
        items = None if self._reader is not None else self._items(frame, effective)
        if not frame.resumed:
            frame.event("MapStateStarted", length=len(items) if items is not None else 0)
        count, percentage = self._tolerance.resolve(frame, effective)
        run = frame.execution.maps.open(
            MapRunRequest(
                parent=frame.execution,
                state=self.name,
                label=self.label,
                items=items,
                reader=self._reader.resolve(frame, effective) if self._reader else None,
                select=self._selector(frame, effective),
                batcher=self._batcher.resolve(frame, effective) if self._batcher else None,
                writer=self._writer.resolve(frame, effective) if self._writer else None,
                max_concurrency=limit,
                tolerated_count=count,
                tolerated_percentage=percentage,
                processor=self._processor,
                execution_type=self._type,
            )
        )
        if run.redrive_count:
            frame.event("MapRunRedriven", mapRunArn=run.arn, redriveCount=run.redrive_count)
        else:
            frame.event("MapRunStarted", mapRunArn=run.arn)
        try:
            result = run.run()
        except StateError as error:
            frame.event("MapRunFailed", error=error.error, cause=error.cause)
            raise
        except (Aborted, ExecutionTimedOut):
            frame.event("MapRunAborted")
            frame.event("MapStateAborted")
            raise
        succeeded = frame.event("MapRunSucceeded")
        frame.event("MapStateSucceeded")
        # On AWS the exit is caused by the Map Run's end, not by MapStateSucceeded.
        frame.previous = succeeded
        return result

    def _items(self, frame: Frame, effective: Any) -> Any:
        items = self._fields.items(frame, effective)
        if not isinstance(items, (list, dict)):
            raise EvaluationError(RUNTIME, f'Reference path "{self._fields.items_path.text}" must point to array.')
        return items

    def _selector(self, frame: Frame, effective: Any) -> ItemSelector | None:
        template = self._fields.selector
        if template is None:
            return None
        scope = _ItemScope(frame, effective)

        def select(index: int, value: Any, key: str | None, source: str) -> Any:
            item = {"Index": index, "Value": value, "Source": source}
            if key is not None:
                item["Key"] = key
            try:
                return template.evaluate(scope.of(item))
            except EvaluationError as error:
                raise error.within(self.name, frame.entered_id) from error

        return select


class _ItemScope(Scope):
    """The scope an ItemSelector sees: the parent's context object, with `$$.Map.Item`."""

    __slots__ = ("_context", "_item")

    def __init__(self, frame: Frame, effective: Any, context: dict[str, Any] | None = None) -> None:
        super().__init__(frame, effective)
        self._context = frame.context_object() if context is None else context
        self._item: dict[str, Any] = {}

    def of(self, item: dict[str, Any]) -> _ItemScope:
        """Return the scope for one item."""
        scope = _ItemScope(self._frame, self.input, self._context)
        scope._item = item
        return scope

    @property
    def context(self) -> dict[str, Any]:
        """The parent's context object with this item."""
        return {**self._context, "Map": {"Item": self._item}}

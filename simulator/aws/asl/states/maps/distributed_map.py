"""The Map state in DISTRIBUTED mode: hands its items to a Map Run of child executions.

Developer guide, "Using Map state in Distributed mode". The Map Run itself is behind `MapRuns` (runtime/ports.py).
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.errors import Aborted, EvaluationError, ExecutionTimedOut, StateError
from simulator.aws.asl.expressions.scope import Scope
from simulator.aws.asl.quotas import label_problem
from simulator.aws.asl.runtime.ports import ItemSelector, MapRunRequest
from simulator.aws.asl.states.data_flow import data_flow
from simulator.aws.asl.states.maps.item_reader_field import ItemReaderField
from simulator.aws.asl.states.maps.map_fields import (
    ItemBatcherField,
    MapFields,
    ResultWriterField,
    ToleranceField,
)
from simulator.aws.asl.states.retriable import RetriableState

if TYPE_CHECKING:
    from simulator.aws.asl.definition.build_context import BuildContext
    from simulator.aws.asl.definition.fields import Fields
    from simulator.aws.asl.runtime.frame import Frame


class DistributedMapState(RetriableState):
    """A Distributed Map."""

    kind = "Map"
    failed_event = "MapStateFailed"
    resumes_from_entry = False  # MapRunRedriven follows ExecutionRedriven

    def __init__(self, name: str, fields: Fields, processor: Fields, config: Fields, context: BuildContext) -> None:
        super().__init__(name, fields, data_flow(fields, result=True, selector=True))
        self.map_fields = MapFields(fields)
        self._type = config.choice("ExecutionType", ("STANDARD", "EXPRESS"), required=True) or "STANDARD"
        config.refuse_rest("ProcessorConfig")
        self.tolerance = ToleranceField(fields)
        reader, batcher, writer = (fields.object(field) for field in ("ItemReader", "ItemBatcher", "ResultWriter"))
        self.reader = ItemReaderField(reader) if reader is not None else None
        self.batcher = ItemBatcherField(batcher) if batcher is not None else None
        self.writer = ResultWriterField(writer) if writer is not None else None
        context.check_distributed(fields)
        self.label = self._label(fields, context)
        with context.inside_distributed(self._type):
            self._processor = context.machine(processor, "an ItemProcessor")

    @staticmethod
    def _label(fields: Fields, context: BuildContext) -> str:
        label = fields.string("Label")
        if label is not None:
            if problem := label_problem(label):
                fields.problem("Label", problem)
            elif label in context.labels:
                fields.problem("Label", f"{label!r} is used by another Map of this machine too; it must be unique")
            context.labels.add(label)
        # AWS makes one in the shape of a version 3 UUID, the same for every run of the state.
        return label or str(uuid.uuid3(uuid.NAMESPACE_URL, f"{context.machine_name}/{fields.location}"))

    def work(self, frame: Frame, data: Any, effective: Any) -> Any:  # noqa: ARG002 - the protocol's signature
        """Open a Map Run and see it through."""
        scope = frame.scope(effective)
        limit = self.map_fields.max_concurrency(scope)
        items = None if self.reader is not None else self.map_fields.items(scope, (list, dict))
        if not frame.resumed:
            frame.event("MapStateStarted", length=len(items) if items is not None else 0)
        count, percentage = self.tolerance.resolve(scope)
        run = frame.execution.maps.open(
            MapRunRequest(
                parent=frame.execution,
                state=self.name,
                label=self.label,
                items=items,
                reader=self.reader.resolve(scope) if self.reader else None,
                select=self._selector(frame, effective),
                batcher=self.batcher.resolve(scope) if self.batcher else None,
                writer=self.writer.resolve(scope) if self.writer else None,
                max_concurrency=limit,
                tolerated_count=count,
                tolerated_percentage=percentage,
                processor=self._processor,
                execution_type=self._type,
            )
        )
        if run.redrive_count:
            opened = frame.event("MapRunRedriven", mapRunArn=run.arn, redriveCount=run.redrive_count)
        else:
            opened = frame.event("MapRunStarted", mapRunArn=run.arn)
        try:
            result = run.run()
        except StateError as error:
            frame.event("MapRunFailed", error=error.error, cause=error.cause)
            raise
        except (Aborted, ExecutionTimedOut):
            frame.event("MapRunAborted")
            frame.event("MapStateAborted")
            raise
        frame.event("MapRunSucceeded")
        frame.event("MapStateSucceeded")
        # Recorded on AWS in 2026: the exit names the start of the Map Run as its cause (an older recording: its end).
        frame.previous = opened
        return result

    def _selector(self, frame: Frame, effective: Any) -> ItemSelector | None:
        template = self.map_fields.selector
        if template is None:
            return None
        context, variables = frame.context_object(), frame.variables

        def select(index: int, value: Any, key: str | None, source: str) -> Any:
            item = {"Index": index, "Value": value, "Source": source}
            if key is not None:
                item["Key"] = key
            try:
                return template.evaluate(Scope(effective, lambda: {**context, "Map": {"Item": item}}, variables))
            except EvaluationError as error:
                raise error.within(self.name, frame.entered_id) from error

        return select

"""The field `ItemBatcher`. Developer guide, "ItemBatcher (Map)"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.states.errors import RUNTIME, EvaluationError
from simulator.states.limits import MAX_PAYLOAD_BYTES
from simulator.states.map_fields import MOST, whole_number
from simulator.states.map_runner import ItemBatcherSpec
from simulator.states.path_fields import path_field
from simulator.states.payload_template import PayloadTemplate
from simulator.states.scope import Scope

if TYPE_CHECKING:
    from simulator.states.faults import Fields
    from simulator.states.frame import Frame


class ItemBatcherField:
    """An ItemBatcher; `resolve` gives it with its paths read."""

    def __init__(self, fields: Fields) -> None:
        names = ("MaxItemsPerBatch", "MaxItemsPerBatchPath", "MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath")
        if not any(name in fields for name in names):
            fields.fault("", f"needs one of {', '.join(names)}")
        fields.exclude(*names[:2])
        fields.exclude(*names[2:])
        self._items = fields.integer(names[0], least=1, most=MOST)
        self._items_path = path_field(fields, names[1])
        self._bytes = fields.integer(names[2], least=1, most=MAX_PAYLOAD_BYTES)
        self._bytes_path = path_field(fields, names[3])
        self._input = PayloadTemplate.of(fields, "BatchInput")
        fields.refuse_rest("ItemBatcher")

    def resolve(self, frame: Frame, effective: Any) -> ItemBatcherSpec:
        """Return the batcher with every path read."""
        items, size = self._items, self._bytes
        if self._items_path is not None:
            items = _positive(
                whole_number(self._items_path, "MaxItemsPerBatchPath", frame, effective), "MaxItemsPerBatch"
            )
        if self._bytes_path is not None:
            size = _positive(
                whole_number(self._bytes_path, "MaxInputBytesPerBatchPath", frame, effective), "MaxInputBytesPerBatch"
            )
        batch_input = self._input.evaluate(Scope(frame, effective)) if self._input else None
        return ItemBatcherSpec(max_items=items, max_bytes=size, batch_input=batch_input)


def _positive(number: int, name: str) -> int:
    if number < 1:
        raise EvaluationError(RUNTIME, f"{name} must be positive.")
    return number

"""ItemBatcher: puts items together into one child's input.

Developer guide, "ItemBatcher (Map)": at most so many items, at most so many bytes of child input. The pages do not say
what becomes of an item that alone passes MaxInputBytesPerBatch: here it is a batch of its own, up to the 256 KiB that
any child's input may have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.asl.errors import DATA_LIMIT_EXCEEDED, StateError
from simulator.aws.asl.json_text import is_larger, json_size
from simulator.aws.asl.quotas import MAX_PAYLOAD_BYTES
from simulator.aws.map_run.children import ChildWork

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from simulator.aws.asl.runtime.ports import ItemBatcherSpec, ItemSelector
    from simulator.aws.map_run.items.items import Item


def child_works(
    items: Iterable[Item], source: str, select: ItemSelector | None, batcher: ItemBatcherSpec | None
) -> Iterator[ChildWork]:
    """Give the children's work in order: the selected items, one each or in batches.

    Raises:
        StateError: States.DataLimitExceeded if one child's input would be larger than 256 KiB.
    """
    selected = (
        (item, item.value if select is None else select(item.index, item.value, item.key, item.source or source))
        for item in items
    )
    if batcher is None:
        for item, value in selected:
            if is_larger(value, MAX_PAYLOAD_BYTES):
                raise _too_large(item)
            yield ChildWork(index=item.index, line=item.line, items=1, value=item.value, input=value)
        return
    batch: list[tuple[Item, Any]] = []
    limit = min(batcher.max_bytes or MAX_PAYLOAD_BYTES, MAX_PAYLOAD_BYTES)
    empty = json_size(_child_input([], batcher))
    size = empty
    for item, value in selected:
        more = json_size(value) + (1 if batch else 0)
        if batch and (len(batch) == batcher.max_items or size + more > limit):
            yield _batched(batch, batcher)
            batch, size, more = [], empty, json_size(value)
        if not batch and size + more > MAX_PAYLOAD_BYTES:
            raise _too_large(item)
        batch.append((item, value))
        size += more
    if batch:
        yield _batched(batch, batcher)


def _batched(batch: list[tuple[Item, Any]], batcher: ItemBatcherSpec) -> ChildWork:
    first = batch[0][0]
    return ChildWork(
        index=first.index,
        line=first.line,
        items=len(batch),
        value=first.value,
        input=_child_input([value for _, value in batch], batcher),
        lines=tuple(item.line for item, _ in batch),
    )


def _child_input(values: list[Any], batcher: ItemBatcherSpec) -> dict[str, Any]:
    given = {} if batcher.batch_input is None else {"BatchInput": batcher.batch_input}
    return {**given, "Items": values}


def _too_large(item: Item) -> StateError:
    line = f" (line {item.line})" if item.line is not None else ""
    return StateError(
        DATA_LIMIT_EXCEEDED,
        f"The input of the child execution for item {item.index}{line} exceeds {MAX_PAYLOAD_BYTES} bytes.",
    )

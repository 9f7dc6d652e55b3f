"""One child's worth of work: its items, and the input made of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.aws.map_run.earlier import EarlierChild


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildWork:
    """What a child execution is to do.

    Args:
        index: 0-based position of its (first) item.
        line: 1-based line of the file on which that begins; None if items are not lines.
        items: how many items.
        value: the (first) item as read.
        input: the child's input.
        earlier: the child of an earlier attempt of the same Map Run that is to run again; None for a new one.
    """

    index: int
    line: int | None
    items: int
    value: Any
    input: Any
    earlier: EarlierChild | None = None

    def again(self, earlier: EarlierChild | None) -> ChildWork:
        """Return the same work for a child of an earlier attempt."""
        return replace(self, earlier=earlier)

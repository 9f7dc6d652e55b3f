"""One child's worth of work: its items, and the input made of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildWork:
    """What a child execution is to do.

    Args:
        index: 0-based position of its (first) item.
        line: 1-based line of the file on which that begins; None where items are no lines.
        items: how many items.
        value: the (first) item as read.
        input: the child's input.
        name: the child's name in an earlier attempt of the same Map Run; None for a new child.
    """

    index: int
    line: int | None
    items: int
    value: Any
    input: Any
    name: str | None = None

    def named(self, name: str | None) -> ChildWork:
        """Return the same work for a child of that name."""
        return replace(self, name=name)

"""An item of a Map Run, and where items come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class UnreadableError(ValueError):
    """A dataset that is not what its ItemReader takes it for; the message says where and why."""


class Item(NamedTuple):
    """One item.

    Args:
        index: its 0-based position in the dataset.
        value: the item as read.
        key: its name, if a JSON object is iterated.
        line: the 1-based line on which it begins, if items are lines of one file.
        source: the object that it is from, if the dataset has several.
    """

    index: int  # type: ignore[assignment]  # a field, not tuple.index
    value: Any
    key: str | None = None
    line: int | None = None
    source: str | None = None


class ItemSource:
    """A dataset that can be read again and again.

    Args:
        source: what `$$.Map.Item.Source` shows.
        read: begins a new reading.
    """

    def __init__(self, source: str, read: Callable[[], Iterator[Item]]) -> None:
        self.source = source
        self._read = read

    def __iter__(self) -> Iterator[Item]:
        """Begin a new reading."""
        return self._read()

    def count(self) -> int:
        """Read the dataset through and return how many items it has."""
        return sum(1 for _ in self._read())


def items_of(value: list[Any] | dict[str, Any], source: str = "STATE_DATA") -> ItemSource:
    """Return the items of a JSON array, or of an object as its entries."""
    if isinstance(value, dict):
        entries = [Item(index, entry, key) for index, (key, entry) in enumerate(value.items())]
        return ItemSource(source, lambda: iter(entries))
    return ItemSource(source, lambda: (Item(index, entry) for index, entry in enumerate(value)))

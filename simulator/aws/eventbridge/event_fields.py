"""The fields of an event as patterns see them: paths, values, and the array elements that the values stand in.

EventBridge user guide, "Event patterns"; README of github.com/aws/event-ruler, on array consistency.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import count
from typing import TYPE_CHECKING, Any

from simulator.aws.eventbridge.json_document import Members

if TYPE_CHECKING:
    from collections.abc import Iterator

Elements = frozenset[tuple[int, int]]
"""Chosen array elements: (number of the array in the event, index), one for each array at most."""
NO_ELEMENTS: Elements = frozenset()


def joined(path: str | None, name: str) -> str:
    """Return the path of a member of the object at a path; None is the path of the event."""
    return name if path is None else f"{path}.{name}"


class Field:
    """The values that an event has at one path."""

    def __init__(self) -> None:
        self._everywhere: list[Any] = []
        self._in_arrays: dict[int, dict[int, list[tuple[Any, Elements]]]] = defaultdict(lambda: defaultdict(list))
        self.arrays: set[int] = set()
        """The numbers of all arrays that the values stand in."""

    def add(self, value: Any, elements: tuple[tuple[int, int], ...]) -> None:
        """Add a value that stands in these array elements, the outermost first."""
        self.arrays.update(array for array, _ in elements)
        if elements:
            (array, index), *_ = elements
            self._in_arrays[array][index].append((value, frozenset(elements)))
        else:
            self._everywhere.append(value)

    @property
    def outermost(self) -> set[int]:
        """The numbers of the outermost arrays."""
        return set(self._in_arrays)

    def values(self) -> list[Any]:
        """Return all values, in no element in particular."""
        inside = [value for indexes in self._in_arrays.values() for found in indexes.values() for value, _ in found]
        return self._everywhere + inside

    def beside(self, chosen: Elements) -> Iterator[tuple[Any, Elements]]:
        """Yield the values that can stand beside the chosen elements, each with the elements chosen then."""
        yield from ((value, chosen) for value in self._everywhere)
        known = dict(chosen)
        for array, indexes in self._in_arrays.items():
            of_interest = [known[array]] if array in known else list(indexes)
            for index in of_interest:
                for value, elements in indexes.get(index, ()):
                    if all(known.get(one, at) == at for one, at in elements):
                        yield value, chosen | elements


class EventFields:
    """An event, taken apart into fields.

    A path is the names joined by dots, so that `{"a.b": 1}` and `{"a": {"b": 1}}` have the same (recorded on AWS). Of
    a key given twice, both values count. Empty objects and arrays have no value.

    Args:
        event: the JSON object, as a dict or from `read_document`.
    """

    def __init__(self, event: Any) -> None:
        self._fields: dict[str, Field] = defaultdict(Field)
        self._array_numbers = count()
        self._take_apart(event, None, ())

    def at(self, path: str) -> Field:
        """Return the field at a path; it has no values if the event has none there."""
        return self._fields.get(path) or Field()

    def _take_apart(self, node: Any, path: str | None, elements: tuple[tuple[int, int], ...]) -> None:
        if isinstance(node, dict | Members):
            for name, value in node.items():
                self._take_apart(value, joined(path, name), elements)
        elif isinstance(node, list):
            array = next(self._array_numbers)
            for index, entry in enumerate(node):
                inside = isinstance(entry, dict | Members | list)
                self._take_apart(entry, path, (*elements, (array, index)) if inside else elements)
        else:
            self._fields[path or ""].add(node, elements)

"""How the rows of a run passed the states inside its Map, from `items.jsonl`.

It has the calls of Tasks: a Pass or a Choice inside the Map leaves no trace there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simulator.runs.folder.items import MAX_POSITION

if TYPE_CHECKING:
    from collections.abc import Iterable

_STATE, _ERROR, _FIELDS = 0, 3, 4
"""The places in an element of `tries`."""
_FAILED = {"FAILED", "TIMED_OUT"}


@dataclass(slots=True)
class StateCalls:
    """The calls of a state inside the Map, those of all redrives: how many there were, and how many failed."""

    calls: int = 0
    failures: int = 0
    _seen: bytearray = field(default_factory=bytearray)

    @property
    def rows(self) -> int:
        """How many rows came to the state."""
        return self._seen.count(1)

    def add(self, index: int, *, failed: bool) -> None:
        """Count a call for the row with this index."""
        self.calls += 1
        self.failures += failed
        if index >= len(self._seen):
            self._seen.extend(bytes(index + 1 - len(self._seen)))
        self._seen[index] = 1


def state_calls(items: Iterable[dict[str, Any]], first: str | None) -> dict[str, StateCalls]:
    """Return the calls by the names of their states.

    Args:
        items: the lines; one that is damaged counts for nothing.
        first: the Task that a row without `tries` has called once; None if it cannot be said.
    """
    found: dict[str, StateCalls] = {}
    for item in items:
        index, tries = item.get("index"), item.get("tries")
        if not isinstance(index, int) or not 0 <= index <= MAX_POSITION:
            continue
        if isinstance(tries, list):
            calls = [
                (one[_STATE], one[_ERROR] is not None)
                for one in tries
                if isinstance(one, list) and len(one) == _FIELDS and isinstance(one[_STATE], str)
            ]
        else:
            calls = [] if first is None else [(first, item.get("status") in _FAILED)]
        for state, failed in calls:
            found.setdefault(state, StateCalls()).add(index, failed=failed)
    return found

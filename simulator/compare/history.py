"""Compares two histories, event by event. API reference, "HistoryEvent"."""

from __future__ import annotations

from collections import defaultdict, deque
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, NamedTuple

from simulator.compare.expected import Expected, canonical, value_differences

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.compare.differences import Differences

ORDER = "history: events and their order"
_NUMBERS = frozenset({"id", "previousEventId", "timestamp", "type"})
_INTERLEAVE = ("Parallel", "MapIteration")
_MATCHED = 3000
"""Beyond so many events in a stretch that differs, they are paired by type and name alone: that takes no time."""


class Event(NamedTuple):
    """An event without what is expected to differ: `key` is its type and its state's name, `details` the rest."""

    key: tuple[str, str]
    details: dict[str, Any]
    text: str

    @property
    def shown(self) -> str:
        """The event, for a person."""
        return " ".join(part for part in self.key if part)


def compare_histories(
    left: Iterable[dict[str, Any]],
    right: Iterable[dict[str, Any]],
    differences: Differences,
    expected: tuple[Expected, Expected],
) -> None:
    """Compare two histories. Events of branches that run side by side may come in any order.

    Args:
        left: the events, as GetExecutionHistory gives them.
        right: those of the other side.
        differences: where they go.
        expected: what is expected to differ in each.
    """
    ours = [_event(event, expected[0]) for event in left]
    theirs = [_event(event, expected[1]) for event in right]
    differences.looked_at("events", max(len(ours), len(theirs)))
    pairs, alone = _paired(ours, theirs)
    if any(event.key[0].startswith(_INTERLEAVE) for event in (*ours, *theirs)):
        pairs, alone = _paired_anywhere(ours, theirs)
    told: set[tuple[str, str, str]] = set()
    carried = 0
    for one, other in pairs:
        for path, here, there in value_differences(one.details, other.details):
            field, _, inside = path.replace("[", ".[", 1).partition(".")
            same = (inside, canonical(here), canonical(there))
            if inside and same in told:
                carried += 1
                continue
            told.add(same)
            differences.add(f"history: {one.key[0]} {field}", f"{one.shown}: {path}", here, there)
    if carried:
        differences.note(f"Later events carry on the same differences in their data {carried:,} times: told once.")
    for place, mine, yours in alone:
        differences.add(ORDER, f"event {place + 1}", mine.shown if mine else None, yours.shown if yours else None)


_Pairs = list[tuple[Event, Event]]
_Alone = list[tuple[int, Event | None, Event | None]]


def _event(raw: dict[str, Any], expected: Expected) -> Event:
    details = next((value for key, value in raw.items() if key.endswith("EventDetails")), None) or {}
    rest = {key: value for key, value in details.items() if not _cut_off(key, details)}
    cleaned = expected.without(rest)
    name = str(cleaned.get("name") or "")
    return Event((str(raw.get("type", "")), name), cleaned, canonical(cleaned))


def _cut_off(key: str, details: dict[str, Any]) -> bool:
    """Whether AWS gives only a part of a text, or none of it (includeExecutionData was false)."""
    said = details.get(f"{key}Details")
    return isinstance(said, dict) and (said.get("truncated") is True or said.get("included") is False)


def _paired(ours: list[Event], theirs: list[Event]) -> tuple[_Pairs, _Alone]:
    """Return the pairs, and the events that have no partner in their place, with their places."""
    start = 0
    while start < min(len(ours), len(theirs)) and ours[start].key == theirs[start].key:
        start += 1
    if max(len(ours), len(theirs)) - start > _MATCHED:
        return _paired_anywhere(ours, theirs)
    pairs = list(zip(ours[:start], theirs[:start], strict=True))
    alone: _Alone = []
    rest, others = ours[start:], theirs[start:]
    matcher = SequenceMatcher(None, [event.key for event in rest], [event.key for event in others], autojunk=False)
    for kind, low, high, other_low, other_high in matcher.get_opcodes():
        if kind == "equal":
            pairs += zip(rest[low:high], others[other_low:other_high], strict=True)
            continue
        alone += [(start + place, rest[place], None) for place in range(low, high)]
        alone += [(start + place, None, others[place]) for place in range(other_low, other_high)]
    return pairs, alone


def _paired_anywhere(ours: list[Event], theirs: list[Event]) -> tuple[_Pairs, _Alone]:
    """Pair events wherever they are: those that are equal first, then those of one type and name."""
    pairs: _Pairs = []
    left, right = list(enumerate(ours)), list(enumerate(theirs))
    for exact in (True, False):
        waiting: defaultdict[tuple[tuple[str, str], str], deque[tuple[int, Event]]] = defaultdict(deque)
        for place, event in right:
            waiting[event.key, event.text if exact else ""].append((place, event))
        unpaired = []
        for place, event in left:
            partners = waiting[event.key, event.text if exact else ""]
            if partners:
                pairs.append((event, partners.popleft()[1]))
            else:
                unpaired.append((place, event))
        left, right = unpaired, [one for partners in waiting.values() for one in partners]
    return pairs, [*((place, event, None) for place, event in left), *((place, None, event) for place, event in right)]

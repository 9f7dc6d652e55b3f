"""The run's history as AWS gives it (API reference, GetExecutionHistory), page by page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from simulator.runs.folder.history_reader import HistoryEvent

if TYPE_CHECKING:
    from simulator.runs.folder.run_folder import RunFolder

_COMMON = ("timestamp", "type", "id", "previousEventId")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """An event: `state` is the state it is about if it names one; `details` is all else it says, JSON texts read."""

    id: int | None
    time: str
    type: str
    state: str
    details: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPage:
    """Some of a run's events, and how many there are."""

    events: list[EventRow]
    total: int


def history(folder: RunFolder, *, search: str = "", offset: int = 0, limit: int = 100) -> HistoryPage:
    """Return events `offset` to `offset + limit`, oldest first; only those with `search` in their type or state."""
    found = list(folder.events())
    if search:
        wanted = search.casefold()
        found = [one for one in found if any(wanted in text.casefold() for text in _names(one))]
    return HistoryPage(events=[_event(one) for one in islice(found, offset, offset + limit)], total=len(found))


def _names(raw: dict[str, Any]) -> tuple[str, str]:
    event = HistoryEvent(raw)
    return event.type, str(event.details.get("name", ""))


def _event(event: dict[str, Any]) -> EventRow:
    rest = {name: value for name, value in event.items() if name not in _COMMON}
    details = next(iter(rest.values()), {}) if len(rest) == 1 else rest
    details = details if isinstance(details, dict) else rest
    number = event.get("id")
    return EventRow(
        id=number if isinstance(number, int) else None,
        time=str(event.get("timestamp", "")),
        type=str(event.get("type", "?")),
        state=str(details.get("name", "")),
        details={name: _read(value) for name, value in details.items() if not name.endswith("Details")},
    )


def _read(value: Any) -> Any:
    if not isinstance(value, str) or not value.startswith(("{", "[")):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value

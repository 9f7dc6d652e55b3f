"""The state in which a redriven execution continues. Developer guide, "Redriving executions"."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """The state that had been entered and not left when the execution ended.

    Args:
        state: its name.
        input: its input, as it was entered.
        entered_at, entered_id: when that was, and the id of that event.
        variables: what earlier states had assigned.
        ended: whether the history has an end; one that was cut off gets its ExecutionAborted first.
    """

    state: str
    input: Any
    entered_at: datetime
    entered_id: int
    variables: Mapping[str, Any] = field(default_factory=dict)
    ended: bool = True


def open_states(events: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the `<Type>StateEntered` events of states that were not left, the outermost first."""
    entered: list[Mapping[str, Any]] = []
    for event in events:
        kind = str(event.get("type", ""))
        if kind.endswith("StateEntered"):
            entered.append(event)
        elif kind.endswith("StateExited"):
            name = event["stateExitedEventDetails"]["name"]
            for position in range(len(entered) - 1, -1, -1):
                if entered[position]["stateEnteredEventDetails"]["name"] == name:
                    del entered[position]
                    break
    return entered

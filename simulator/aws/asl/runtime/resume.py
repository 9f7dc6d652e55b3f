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
        entered_at, entered_id: when that was, and the id of that event; 0 for a state that is still to be entered.
        variables: what earlier states had assigned.
        ended: whether the history has an end; one that was cut off gets its ExecutionAborted first.
        branches: what the state's branches or iterations had done, if it had started any.
    """

    state: str
    input: Any
    entered_at: datetime
    entered_id: int
    variables: Mapping[str, Any] = field(default_factory=dict)
    ended: bool = True
    branches: Branches | None = None


@dataclass(frozen=True, slots=True)
class Branches:
    """What the branches of a Parallel, or the iterations of an inline Map, had done.

    Args:
        started_id: the id of the event with which they were started.
        begun: the number of a branch or iteration, from 0 -> what it had done; without those that had not begun.
    """

    started_id: int
    begun: Mapping[int, Begun]


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What one branch or iteration had done.

    Args:
        last_id: the id of the event that its next one follows from.
        resume: where it goes on; None if it had come to its end.
        output: its output, if it had come to its end.
        ended: whether the history tells its end (MapIterationSucceeded).
    """

    last_id: int
    resume: Resume | None = None
    output: Any = None
    ended: bool = False


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

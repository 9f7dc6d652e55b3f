"""The state in which a redriven execution continues. Developer guide, "Redriving executions"."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.expressions.timestamps import parse_time
from simulator.aws.json_reader import read_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

INTERRUPTED_ERROR = "Simulator.Interrupted"
INTERRUPTED_CAUSE = "The simulator's process had ended."
"""The end of an execution whose process died: it is ABORTED with these, and can be redriven."""

_ENDS = ("ExecutionSucceeded", "ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut")


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


def resume_of(events: Sequence[Mapping[str, Any]]) -> Resume | None:
    """Return where a redrive goes on, from the whole history: in the outermost state that is open.

    If no state is open, that is the state which was left last: what followed it was never entered.

    Returns:
        None if no state was ever entered.

    Raises:
        ValueError, KeyError: an event is not whole.
    """
    entered = open_states(events) or _left_last(events)
    if not entered:
        return None
    details = entered[0]["stateEnteredEventDetails"]
    variables: dict[str, Any] = {}
    for event in events:
        assigned = event.get("stateExitedEventDetails", {}).get("assignedVariables") or {}
        variables |= {name: read_json(text, replace_halves=True) for name, text in assigned.items()}
    return Resume(
        state=details["name"],
        input=read_json(details["input"], replace_halves=True),
        entered_at=parse_time(entered[0].get("timestamp")) or datetime.now(UTC),
        entered_id=int(entered[0]["id"]),
        variables=variables,
        ended=has_ended(events),
    )


def has_ended(events: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether a history has an end; one that was cut off has none."""
    return ended_by(events[-1])


def ended_by(event: Mapping[str, Any]) -> bool:
    """Tell whether an event is an execution's end."""
    return event.get("type") in _ENDS


def _left_last(events: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the latest `<Type>StateEntered` event of the state that was left last, in a list; [] if there is none."""
    left: str | None = None
    for event in reversed(events):
        kind = str(event.get("type", ""))
        if left is None and kind.endswith("StateExited"):
            left = event["stateExitedEventDetails"]["name"]
        elif kind.endswith("StateEntered") and event["stateEnteredEventDetails"]["name"] == left:
            return [event]
    return []

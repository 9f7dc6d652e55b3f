"""The events of an execution's history, typed, and what they say about the workflow's states.

API reference, "HistoryEvent".
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from simulator.aws.json_reader import read_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ENTERED, EXITED = "StateEntered", "StateExited"
_EXECUTION_ENDS = {
    "ExecutionSucceeded": "SUCCEEDED",
    "ExecutionFailed": "FAILED",
    "ExecutionAborted": "ABORTED",
    "ExecutionTimedOut": "TIMED_OUT",
}
_MAP_RUN_ENDS = {"MapRunSucceeded": "SUCCEEDED", "MapRunFailed": "FAILED", "MapRunAborted": "ABORTED"}


@dataclass(frozen=True, slots=True)
class HistoryEvent:
    """One event, whatever its type; what it does not have is None, or empty.

    Args:
        raw: the event as a JSON object. One that was read from a damaged file may lack anything.
    """

    raw: Mapping[str, Any]

    @property
    def id(self) -> int | None:
        """Its number in the history, from 1."""
        found = self.raw.get("id")
        return found if isinstance(found, int) else None

    @property
    def previous_id(self) -> int | None:
        """The number of the event that it follows from."""
        found = self.raw.get("previousEventId")
        return found if isinstance(found, int) else None

    @property
    def type(self) -> str:
        """Such as `TaskStateEntered`."""
        return str(self.raw.get("type", ""))

    @property
    def timestamp(self) -> str:
        """When, in ISO 8601."""
        return str(self.raw.get("timestamp", ""))

    @property
    def details(self) -> Mapping[str, Any]:
        """The object whose key ends in `EventDetails`."""
        found = next((value for key, value in self.raw.items() if key.endswith("EventDetails")), None)
        return found if isinstance(found, dict) else {}

    @property
    def state_entered(self) -> str | None:
        """The name of the state that is entered by it."""
        return str(self.details.get("name", "?")) if self.type.endswith(ENTERED) else None

    @property
    def state_exited(self) -> str | None:
        """The name of the state that is left by it."""
        return str(self.details.get("name", "?")) if self.type.endswith(EXITED) else None

    @property
    def input(self) -> Any:
        """The input of the execution or of the state, as a JSON value.

        Raises:
            ValueError: it has none, or not all of it.
        """
        return _parsed(self.details.get("input"))

    @property
    def output(self) -> Any:
        """The output, as `input`."""
        return _parsed(self.details.get("output"))

    @property
    def assigned_variables(self) -> dict[str, Any]:
        """The variables that the state assigned when it was left."""
        assigned = self.details.get("assignedVariables") or {}
        return {name: json.loads(text) for name, text in assigned.items()}

    @property
    def execution_end(self) -> str | None:
        """The status with which the execution ends by it."""
        return _EXECUTION_ENDS.get(self.type)

    @property
    def map_run_end(self) -> str | None:
        """The status with which a Map Run ends by it."""
        return _MAP_RUN_ENDS.get(self.type)

    @property
    def map_run_arn(self) -> str | None:
        """The ARN of the Map Run that it is about."""
        return self.details.get("mapRunArn")

    @property
    def error(self) -> str | None:
        """The error's name, of a failure."""
        return self.details.get("error")

    @property
    def cause(self) -> str | None:
        """The error's cause, of a failure."""
        return self.details.get("cause")


def _parsed(text: object) -> Any:
    if not isinstance(text, str):
        raise ValueError("the event has no such JSON")  # noqa: TRY004 - one error for what cannot be read
    return read_json(text, replace_halves=True)


@dataclass(slots=True, kw_only=True)
class StateVisit:
    """A state of the workflow as the run passed it: `status` is SUCCEEDED, FAILED, RUNNING or ABORTED."""

    name: str
    kind: str
    entered: str
    exited: str | None = None
    status: str = "RUNNING"


def validated_rows(event: dict[str, Any]) -> int | None:
    """Return how many rows the validator counted, from the event of its state's exit; None for any other event."""
    read = HistoryEvent(event)
    if read.type != "TaskStateExited":
        return None
    try:
        count = read.output["validation"]["rowCount"]
    except (KeyError, TypeError, ValueError):
        return None
    return count if isinstance(count, int) else None


def states_passed(events: Iterable[dict[str, Any]]) -> list[StateVisit]:
    """Return the states of a run in the order they were entered, from its history."""
    visits: list[StateVisit] = []
    for raw in events:
        event = HistoryEvent(raw)
        kind, time = event.type, event.timestamp
        if event.state_entered is not None:
            visits.append(StateVisit(name=event.state_entered, kind=kind.removesuffix(ENTERED), entered=time))
        elif event.state_exited is not None:
            _leave(visits, time, "SUCCEEDED", event.state_exited)
        elif kind in ("ExecutionFailed", "ExecutionTimedOut"):
            _leave(visits, time, "FAILED")
        elif kind == "ExecutionAborted":
            _leave(visits, time, "ABORTED")
        elif kind == "ExecutionRedriven" and visits:
            visits[-1].exited, visits[-1].status = None, "RUNNING"
    return visits


def _leave(visits: list[StateVisit], time: str, status: str, name: str | None = None) -> None:
    for visit in reversed(visits):
        if visit.exited is None and name in (None, visit.name):
            visit.exited, visit.status = time, status
            return


class MapRunPass(NamedTuple):
    """One pass of a Map Run over the rows that it has left.

    Args:
        arn: the Map Run's.
        number: its own redrive count: 0, or the n of `Redrive-<n>`.
        redrive: the redrive of the execution in which it ran; 0 for the first attempt.
        started: when it began, as the history has it.
    """

    arn: str
    number: int
    redrive: int
    started: str


def map_run_passes(events: Iterable[dict[str, Any]]) -> list[MapRunPass]:
    """Return the passes of all Map Runs of an execution in their order, from its history."""
    passes: list[MapRunPass] = []
    redrive = 0
    for raw in events:
        event = HistoryEvent(raw)
        if event.type == "ExecutionRedriven":
            redrive += 1
        elif event.type in ("MapRunStarted", "MapRunRedriven"):
            number = event.details.get("redriveCount", 0) if event.type == "MapRunRedriven" else 0
            passes.append(MapRunPass(event.map_run_arn or "", number, redrive, event.timestamp))
    return passes

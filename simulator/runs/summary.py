"""What a person asks about a run, answered from its folder alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.aws.json_reader import BadJson, read_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.runs.run_record import RunRecord

ENTERED, EXITED = "StateEntered", "StateExited"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What the validator found on a line of a rejected file; `line` is None where it is about the whole file."""

    line: int | None
    message: str


@dataclass(slots=True, kw_only=True)
class StateVisit:
    """A state of the workflow as the run passed it: `status` is SUCCEEDED, FAILED, RUNNING or ABORTED."""

    name: str
    kind: str
    entered: str
    exited: str | None = None
    status: str = "RUNNING"


def findings(record: RunRecord) -> list[Finding]:
    """Return what the validator found in a rejected file; empty for any other run."""
    if not record.rejected or not record.cause:
        return []
    try:
        errors = read_json(record.cause, replace_halves=True)
    except BadJson:
        return [Finding(line=None, message=record.cause)]
    if not isinstance(errors, list):
        return [Finding(line=None, message=record.cause)]
    return [_finding(error) for error in errors]


def _finding(error: Any) -> Finding:
    if not isinstance(error, dict):
        return Finding(line=None, message=str(error))
    line = error.get("line")
    return Finding(line=line if isinstance(line, int) else None, message=str(error.get("message", error)))


def validated_rows(event: dict[str, Any]) -> int | None:
    """Return how many rows the validator counted, from the event of its state's exit; None for any other event."""
    if event.get("type") != "TaskStateExited":
        return None
    try:
        output = read_json(event["stateExitedEventDetails"]["output"])
        count = output["validation"]["rowCount"]
    except (KeyError, TypeError, ValueError):
        return None
    return count if isinstance(count, int) else None


def states_passed(events: Iterable[dict[str, Any]]) -> list[StateVisit]:
    """Return the states of a run in the order they were entered, from its history."""
    visits: list[StateVisit] = []
    for event in events:
        kind = str(event.get("type", ""))
        time = str(event.get("timestamp", ""))
        if kind.endswith(ENTERED):
            name = str((event.get("stateEnteredEventDetails") or {}).get("name", "?"))
            visits.append(StateVisit(name=name, kind=kind.removesuffix(ENTERED), entered=time))
        elif kind.endswith(EXITED):
            name = str((event.get("stateExitedEventDetails") or {}).get("name", "?"))
            _leave(visits, time, "SUCCEEDED", name)
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

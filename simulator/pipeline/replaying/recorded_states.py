"""What a history says of a state: its input, the context it ran in, and how it ended, in TestState's fields."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lambdas.user_log_reporter.reasons import OUTAGE_ERRORS, person_text
from simulator.runs.folder.history_reader import HistoryEvent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FAILED, CAUGHT, SUCCEEDED = "FAILED", "CAUGHT_ERROR", "SUCCEEDED"
_FAILURES = ("Failed", "TimedOut")


class StateNotRecordedError(Exception):
    """What is known of the run is not enough to run the state again; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedState:
    """A state as an execution passed it, the last time.

    Args:
        name: the state's.
        input: its input, a JSON value.
        variables: those that had been assigned before it.
        context: its context object, as TestState takes it.
        retries: how often it was tried again.
        ended: how it ended: `status`, and as they apply `output` (a JSON value), `error`, `cause`, `nextState`; None
            if it did not end, if a service failed and not the state, or if nothing has recorded its end.
    """

    name: str
    input: Any
    variables: dict[str, Any] = field(default_factory=dict)
    context: dict[str, Any] = field(default_factory=dict)
    retries: int = 0
    ended: dict[str, Any] | None = None


def states_entered(events: Iterable[dict[str, Any]]) -> list[str]:
    """Return the names of the states that an execution entered, each once, in their order."""
    names = (HistoryEvent(raw).state_entered for raw in events)
    return list(dict.fromkeys(name for name in names if name is not None))


def recorded_state(
    events: Iterable[dict[str, Any]], name: str, *, execution: dict[str, Any], machine: dict[str, Any]
) -> RecordedState | None:
    """Return a state as a history has it; None if the execution did not enter it.

    Args:
        events: the execution's history.
        name: the state's.
        execution: `Execution` of its context object; the history adds input and role.
        machine: `StateMachine` of it.

    Raises:
        StateNotRecordedError: the history does not have its input, or not all of it.
    """
    history = [HistoryEvent(raw) for raw in events]
    entered = next((event for event in reversed(history) if event.state_entered == name), None)
    if entered is None:
        return None
    by_id = {event.id: event for event in history}
    last = next((event for event in reversed(history) if _ends(event, entered, by_id)), None)
    path = [] if last is None else list(_back(last, entered, by_id))
    failures = [event for event in path if event.type.endswith(_FAILURES) and event.execution_end is None]
    ended = None if last is None else _ended(last, failures, history)
    final = ended is not None and ended["status"] != SUCCEEDED
    started = next((event for event in history if event.type == "ExecutionStarted"), None)
    try:
        of_start = {} if started is None else {"Input": started.input}
        value = entered.input
    except ValueError:
        raise StateNotRecordedError(f"The history does not have the whole input of {name}.") from None
    retries = max(0, len(failures) - 1) if final else len(failures)
    role = {} if started is None or "roleArn" not in started.details else {"RoleArn": started.details["roleArn"]}
    return RecordedState(
        name=name,
        input=value,
        variables=_assigned_before(entered, by_id),
        context={
            "Execution": {**execution, **of_start, **role},
            "State": {"EnteredTime": entered.timestamp, "Name": name, "RetryCount": retries},
            "StateMachine": machine,
        },
        retries=retries,
        ended=ended,
    )


def comparable(ended: dict[str, Any]) -> dict[str, Any]:
    """Return how a state ended without what is new in each call: of a function's cause, only the message is left.

    Args:
        ended: as RecordedState has it.
    """
    cause = ended.get("cause")
    if not isinstance(cause, str):
        return ended
    told = {**ended, "cause": person_text(cause)}
    if "output" in ended:
        told["output"] = _replaced(ended["output"], cause, person_text(cause))
    return told


def _replaced(value: Any, old: str, new: str) -> Any:
    if isinstance(value, dict):
        return {key: _replaced(one, old, new) for key, one in value.items()}
    if isinstance(value, list):
        return [_replaced(one, old, new) for one in value]
    return new if value == old else value


def _back(event: HistoryEvent, entered: HistoryEvent, by_id: dict[int | None, HistoryEvent]) -> Iterator[HistoryEvent]:
    """Yield an event and those before it, back to the state's entry, which is left out."""
    seen: set[int | None] = set()
    one: HistoryEvent | None = event
    while one is not None and one.id != entered.id and one.id not in seen:
        seen.add(one.id)
        yield one
        one = by_id.get(one.previous_id)


def _ends(event: HistoryEvent, entered: HistoryEvent, by_id: dict[int | None, HistoryEvent]) -> bool:
    """Say whether an event is the state's exit, or the end of the execution in that state."""
    if event.state_exited != entered.state_entered and event.execution_end != FAILED:
        return False
    path = list(_back(event, entered, by_id))
    whole = bool(path) and path[-1].previous_id == entered.id
    return whole and not any(one.state_entered is not None for one in path)


def _ended(last: HistoryEvent, failures: list[HistoryEvent], history: list[HistoryEvent]) -> dict[str, Any] | None:
    if last.execution_end is not None:
        return None if last.error in OUTAGE_ERRORS else _present(status=FAILED, error=last.error, cause=last.cause)
    following = next((one for one in history if one.state_entered and one.previous_id == last.id), None)
    caught = failures[0] if failures and failures[0].id == last.previous_id else None
    if caught is not None and caught.error in OUTAGE_ERRORS:
        return None
    try:
        told = {"status": SUCCEEDED if caught is None else CAUGHT, "output": last.output}
    except ValueError:
        return None
    more = _present(
        nextState=None if following is None else following.state_entered,
        error=None if caught is None else caught.error,
        cause=None if caught is None else caught.cause,
    )
    return {**told, **more}


def _present(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}


def _assigned_before(entered: HistoryEvent, by_id: dict[int | None, HistoryEvent]) -> dict[str, Any]:
    variables: dict[str, Any] = {}
    seen: set[int | None] = set()
    one: HistoryEvent | None = by_id.get(entered.previous_id)
    while one is not None and one.id not in seen:
        seen.add(one.id)
        variables = {**one.assigned_variables, **variables}
        one = by_id.get(one.previous_id)
    return variables

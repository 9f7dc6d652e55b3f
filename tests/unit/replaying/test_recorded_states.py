"""What a history says of a state, in the form of GetExecutionHistory."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.pipeline.replaying.recorded_states import (
    RecordedState,
    StateNotRecordedError,
    comparable,
    recorded_state,
    states_entered,
)


def event(number: int, previous: int, kind: str, **details: Any) -> dict[str, Any]:
    """One event; its details are those of whatever type it has."""
    return {"id": number, "previousEventId": previous, "type": kind, "timestamp": "T", "anyEventDetails": details}


def entered(number: int, previous: int, name: str, value: Any = 1) -> dict[str, Any]:
    """The event of a state's entry."""
    return event(number, previous, "TaskStateEntered", name=name, input=json.dumps(value))


def left(number: int, previous: int, name: str, value: Any = 2, **variables: str) -> dict[str, Any]:
    """The event of a state's exit."""
    more = {"assignedVariables": variables} if variables else {}
    return event(number, previous, "TaskStateExited", name=name, output=json.dumps(value), **more)


STARTED = event(1, 0, "ExecutionStarted", input='{"a":1}', roleArn="role")


def found(name: str, *events: dict[str, Any]) -> RecordedState:
    """The state in a history that begins with STARTED."""
    state = recorded_state([STARTED, *events], name, execution={"Id": "e"}, machine={"Id": "m"})
    assert state is not None
    return state


def test_a_state_has_its_input_its_end_and_what_follows() -> None:
    """And the context object that TestState takes."""
    state = found("A", entered(2, 0, "A", {"x": 1}), left(3, 2, "A", {"y": 2}), entered(4, 3, "B"))
    assert state.input == {"x": 1}
    assert state.ended == {"status": "SUCCEEDED", "output": {"y": 2}, "nextState": "B"}
    assert state.context == {
        "Execution": {"Id": "e", "Input": {"a": 1}, "RoleArn": "role"},
        "State": {"EnteredTime": "T", "Name": "A", "RetryCount": 0},
        "StateMachine": {"Id": "m"},
    }


def test_of_a_state_that_was_entered_twice_the_last_time_counts() -> None:
    """A loop."""
    events = [entered(2, 0, "A", 1), left(3, 2, "A", 10), entered(4, 3, "A", 2), left(5, 4, "A", 20)]
    state = found("A", *events)
    assert (state.input, state.ended) == (2, {"status": "SUCCEEDED", "output": 20})


def test_retries_that_helped_are_counted_and_the_state_succeeded() -> None:
    """Two failures, then a result."""
    failures = [event(3, 2, "TaskFailed", error="E"), event(4, 3, "LambdaFunctionTimedOut", error="E")]
    state = found("A", entered(2, 0, "A"), *failures, event(5, 4, "TaskSucceeded"), left(6, 5, "A"))
    assert state.retries == 2
    assert state.ended == {"status": "SUCCEEDED", "output": 2}


def test_a_failure_that_was_caught_is_told_with_its_error() -> None:
    """The last failure is not a retry."""
    failures = [event(3, 2, "TaskFailed", error="E"), event(4, 3, "TaskFailed", error="E", cause="why")]
    state = found("A", entered(2, 0, "A"), *failures, left(5, 4, "A"), entered(6, 5, "C"))
    assert state.retries == 1
    assert state.ended == {"status": "CAUGHT_ERROR", "output": 2, "nextState": "C", "error": "E", "cause": "why"}


def test_the_state_in_which_the_execution_failed_has_failed() -> None:
    """No exit, and the execution's error."""
    events = [entered(2, 0, "A"), event(3, 2, "TaskFailed", error="E"), event(4, 3, "ExecutionFailed", error="E")]
    assert found("A", *events).ended == {"status": "FAILED", "error": "E"}


@pytest.mark.parametrize(
    "end",
    [
        [event(3, 2, "ExecutionAborted")],
        [event(3, 2, "ExecutionFailed", error="DatabaseError")],
        [event(3, 2, "TaskFailed", error="DatabaseError"), left(4, 3, "A")],
        [],
    ],
    ids=["stopped", "outage", "caught outage", "cut off"],
)
def test_an_end_that_is_not_the_states_is_not_compared(end: list[dict[str, Any]]) -> None:
    """Stopped, lost to an outage, or not there."""
    assert found("A", entered(2, 0, "A"), *end).ended is None


def test_the_exit_of_another_branch_is_not_taken_for_it() -> None:
    """States of one name in two branches, whose events stand between each other."""
    events = [entered(2, 0, "A", 1), entered(3, 0, "A", 2), left(4, 2, "A", 10), left(5, 3, "A", 20)]
    state = found("A", *events)
    assert state.input == 2
    assert state.ended == {"status": "SUCCEEDED", "output": 20}


def test_variables_are_those_assigned_before_it() -> None:
    """The later assignment counts; its own does not."""
    events = [
        entered(2, 0, "A"),
        left(3, 2, "A", v="1", w="1"),
        entered(4, 3, "B"),
        left(5, 4, "B", v="2"),
        entered(6, 5, "C"),
        left(7, 6, "C", v="3"),
    ]
    assert found("C", *events).variables == {"v": 2, "w": 1}


def test_a_state_that_was_not_entered_is_none_and_those_entered_are_named() -> None:
    """Each once."""
    events = [STARTED, entered(2, 0, "A"), left(3, 2, "A"), entered(4, 3, "A")]
    assert recorded_state(events, "B", execution={}, machine={}) is None
    assert states_entered(events) == ["A"]


def test_an_input_that_the_history_lacks_is_said() -> None:
    """It was too large, and cut off."""
    with pytest.raises(StateNotRecordedError, match="whole input of A"):
        found("A", event(2, 0, "TaskStateEntered", name="A", input='{"x": "cut'))


def test_of_a_functions_cause_the_message_is_compared() -> None:
    """Wherever the output repeats it."""
    causes = [json.dumps({"errorMessage": "bad", "requestId": number}) for number in "12"]
    one, two = ({"status": "CAUGHT_ERROR", "cause": cause, "output": {"a": [{"Cause": cause}]}} for cause in causes)
    assert one != two
    assert comparable(one) == comparable(two)
    assert comparable({**one, "output": {"a": "other"}}) != comparable(two)

"""A redriven Parallel or inline Map runs only what had not succeeded."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from simulator.aws.asl.errors import StateError
from simulator.aws.asl.expressions.timestamps import parse_time
from simulator.aws.asl.runtime.branch_history import with_branches
from simulator.aws.asl.runtime.execution import Execution
from simulator.aws.asl.runtime.history import RecordedHistory
from simulator.aws.asl.runtime.resume import Resume, open_states
from tests.unit.states.harness import FUNCTION, Result, one, prepare


def task(call: str, **fields: Any) -> dict[str, Any]:
    """Return a Task that gives its call's name, or fails as the test's function says."""
    state = {"Type": "Task", "Resource": FUNCTION, "Parameters": {"call": call, "input.$": "$"}, **fields}
    return state if "Next" in state else {**state, "End": True}


def branch(*states: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """Return a machine of these states, which begins with the first."""
    return {"StartAt": states[0][0], "States": dict(states)}


def parallel(*branches: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return a Parallel state."""
    return {"Type": "Parallel", "Branches": list(branches), **fields}


def inline_map(processor: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return an inline Map state over `$.rows`."""
    return {"Type": "Map", "ItemsPath": "$.rows", "ItemProcessor": processor, **fields}


class Calls:
    """The function behind the Tasks: it counts its calls, and fails those that it is told to."""

    def __init__(self, *failing: str) -> None:
        self.made: Counter[str] = Counter()
        self.failing = set(failing)

    def __call__(self, parameters: Any) -> Any:
        """Give back the call's name and its input."""
        given = parameters["input"]
        name = parameters["call"] + (str(given) if isinstance(given, int) else "")
        self.made[name] += 1
        if name in self.failing:
            raise StateError("Down", name)
        return name


def start(definition: dict[str, Any], data: Any, calls: Calls) -> Result:
    """Run from the beginning."""
    execution, result = prepare(definition, data, function=calls)
    result.ended = execution.run()
    return result


def go_on(definition: dict[str, Any], data: Any, events: list[dict[str, Any]], calls: Calls) -> Result:
    """Redrive from a history; the result's events are the whole history."""
    entered = open_states(events)[0]
    details = entered["stateEnteredEventDetails"]
    resume = Resume(
        state=details["name"],
        input=json.loads(details["input"]),
        entered_at=parse_time(entered["timestamp"]),  # type: ignore[arg-type]
        entered_id=entered["id"],
    )
    execution, result = prepare(definition, data, function=calls)
    result.events.extend(events)
    history = RecordedHistory(result.clock, result.events.append, events[-1]["id"])
    again = Execution(
        machine=execution.machine,
        identity=execution.identity,
        data=execution.input,
        services=execution.services,
        history=history,
    )
    result.ended = again.run(with_branches(resume, events, definition))
    return result


def test_a_branch_that_succeeded_keeps_its_result() -> None:
    """And the failed one goes on in the state that failed."""
    machine = one(
        parallel(
            branch(("A", task("a"))),
            branch(("B1", task("b1", Next="B2")), ("B2", task("b2"))),
        )
    )
    for _ in range(50):  # the failure may be quicker than the other branch
        first = start(machine, {}, calls := Calls("b2"))
        assert first.ended.error == "Down"
        if "A" in [details["name"] for details in first.details("TaskStateExited")]:
            break
    calls.failing.clear()
    second = go_on(machine, {}, first.events, calls)
    assert second.output == ["a", "b2"]
    assert calls.made == {"a": 1, "b1": 1, "b2": 2}
    new = second.types[len(first.events) :]
    assert new[:2] == ["ExecutionRedriven", "LambdaFunctionScheduled"]
    assert new[-3:] == ["ParallelStateSucceeded", "ParallelStateExited", "ExecutionSucceeded"]
    assert "ParallelStateStarted" not in new


@pytest.mark.parametrize("limit", [1, 2, 0])
def test_an_iteration_that_succeeded_keeps_its_result(limit: int) -> None:
    """One that had not begun begins, with its index; the failed one has no second start."""
    machine = one(inline_map(branch(("In", task("in"))), MaxConcurrency=limit))
    data = {"rows": [1, 2, 3, 4]}
    calls = Calls("in3")
    first = start(machine, data, calls)
    done = {details["index"] for details in first.details("MapIterationSucceeded")}
    begun = {details["index"] for details in first.details("MapIterationStarted")}
    calls.failing.clear()
    second = go_on(machine, data, first.events, calls)
    assert second.output == ["in1", "in2", "in3", "in4"]
    assert all(calls.made[f"in{index + 1}"] == 1 for index in done)
    started = [details["index"] for details in second.details("MapIterationStarted")]
    assert sorted(started) == [0, 1, 2, 3]
    assert set(started[: len(begun)]) == begun
    assert second.types.count("MapIterationSucceeded") == 4


def test_a_wait_of_a_branch_and_its_variables_are_its_own() -> None:
    """What one branch assigned is not seen in another, nor after the Parallel."""
    leaf = {"Type": "Pass", "Parameters": {"v.$": "$v", "own.$": "$own"}, "End": True}
    machine = {
        "StartAt": "Set",
        "States": {
            "Set": {"Type": "Pass", "Assign": {"v": "outer"}, "Next": "P"},
            "P": parallel(
                branch(
                    ("One", {"Type": "Pass", "Assign": {"own": 1}, "Next": "T1"}),
                    ("T1", task("t1", Next="L1")),
                    ("L1", leaf),
                ),
                branch(
                    ("Two", {"Type": "Pass", "Assign": {"own": 2}, "Next": "T2"}),
                    ("T2", task("t2", Next="L2")),
                    ("L2", leaf),
                ),
                Next="After",
            ),
            "After": {"Type": "Pass", "Parameters": {"out.$": "$", "v.$": "$v"}, "End": True},
        },
    }
    calls = Calls("t1", "t2")
    first = start(machine, {}, calls)
    calls.failing.clear()
    second = go_on(machine, {}, first.events, calls)
    assert second.output == {"out": [{"v": "outer", "own": 1}, {"v": "outer", "own": 2}], "v": "outer"}


def test_a_retry_counts_from_its_last_attempt_only() -> None:
    """An attempt that a Retry gave up keeps nothing."""
    machine = one(
        inline_map(
            branch(("In", task("in"))),
            MaxConcurrency=1,
            Retry=[{"ErrorEquals": ["Down"], "MaxAttempts": 1, "IntervalSeconds": 1}],
        )
    )
    data = {"rows": [1, 2]}
    calls = Calls("in2")
    first = start(machine, data, calls)
    assert calls.made == {"in1": 2, "in2": 2}
    calls.failing.clear()
    assert go_on(machine, data, first.events, calls).output == ["in1", "in2"]
    assert calls.made == {"in1": 2, "in2": 3}


def test_a_parallel_that_was_caught_is_not_gone_back_to() -> None:
    """Its failed Task was never left, but the execution had gone on."""
    machine = one(
        parallel(branch(("In", task("in"))), Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Late"}], Next="Late"),
        Late=task("late"),
    )
    calls = Calls("in", "late")
    first = start(machine, {}, calls)
    calls.failing.clear()
    second = go_on(machine, {}, first.events, calls)
    assert second.output == "late"
    assert calls.made == {"in": 1, "late": 2}


def test_a_fail_state_in_a_branch_fails_again() -> None:
    """As it does outside, as often as it is redriven."""
    machine = one(parallel(branch(("F", {"Type": "Fail", "Error": "Bad"})), branch(("A", task("a")))))
    calls = Calls()
    history = start(machine, {}, calls).events
    for _ in range(3):
        again = go_on(machine, {}, history, calls)
        assert again.ended.error == "Bad"
        history = again.events
    assert calls.made["a"] <= 2


DEEP = {
    "StartAt": "Outer",
    "States": {
        "Outer": parallel(
            branch(
                ("Rows", inline_map(
                    branch(
                        ("Pick", {
                            "Type": "Choice",
                            "Choices": [{"Variable": "$", "NumericLessThan": 3, "Next": "Low"}],
                            "Default": "High",
                        }),
                        ("Low", task("low", Next="Tail")),
                        ("High", task("high", Next="Tail")),
                        ("Tail", parallel(branch(("X", task("x"))), branch(("Y", task("y"))), End=True)),
                    ),
                    MaxConcurrency=1,
                    Next="Sum",
                )),
                ("Sum", task("sum")),
            ),
            branch(("B1", task("b1", Next="B2")), ("B2", {"Type": "Pass", "End": True})),
            Retry=[{"ErrorEquals": ["Never"]}],
            Next="End",
        ),
        "End": task("end"),
    },
}  # fmt: skip


def succeeded(events: list[dict[str, Any]]) -> int:
    """Return how many Tasks have been left."""
    return sum(event["type"] == "TaskStateExited" for event in events)


@pytest.mark.parametrize("second_cut", [0, 3, 11])
def test_wherever_a_nested_machine_is_cut_off_it_goes_on_from_there(second_cut: int) -> None:
    """The output is that of a run in one go, and no Task that had been left is called again, however often cut."""
    data = {"rows": [1, 2, 3]}
    whole = start(DEEP, data, Calls())
    for cut in range(2, len(whole.events)):
        history = whole.events[:cut]
        if not open_states(history):
            continue
        if second_cut:
            history = go_on(DEEP, data, history, Calls()).events[: cut + 2 + second_cut]
            if history[-1]["type"] == "ExecutionSucceeded" or not open_states(history):
                continue
        calls = Calls()
        done = succeeded(history)
        again = go_on(DEEP, data, history, calls)
        assert again.output == whole.output, cut
        assert calls.made.total() == succeeded(whole.events) - done, cut

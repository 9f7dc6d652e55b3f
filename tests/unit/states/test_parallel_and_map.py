"""Parallel and inline Map: branches at once, and what one failure does to the others."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from simulator.aws.asl.errors import StateError
from simulator.aws.asl.runtime.clock import RealClock
from tests.unit.states.harness import FUNCTION, execute, faults, one


def branch(state: dict[str, Any], name: str = "Inner") -> dict[str, Any]:
    """Return a branch of one state."""
    return {"StartAt": name, "States": {name: {**state, "End": True}}}


def inline(state: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return a machine with an inline Map of one state."""
    return one({"Type": "Map", "ItemProcessor": branch(state), **fields})


def test_a_parallel_gives_the_outputs_of_its_branches_in_their_order() -> None:
    """Each branch has a copy of the input."""
    branches = [branch({"Type": "Wait", "Seconds": 1}, "A"), branch({"Type": "Pass", "Result": 2}, "B")]
    result = execute(one({"Type": "Parallel", "Branches": branches}), {"in": 1})
    assert result.output == [{"in": 1}, 2]
    assert result.types[2] == "ParallelStateStarted"
    assert result.types[-3:] == ["ParallelStateSucceeded", "ParallelStateExited", "ExecutionSucceeded"]


def test_a_failing_branch_stops_the_others_and_gives_its_own_error() -> None:
    """A branch that waits for an hour does not hold the failure up."""
    branches = [
        branch({"Type": "Wait", "Seconds": 3600}, "A"),
        {"StartAt": "B", "States": {"B": {"Type": "Fail", "Error": "Oops", "Cause": "why"}}},
    ]
    result = execute(one({"Type": "Parallel", "Branches": branches}), clock=RealClock())
    assert (result.ended.error, result.ended.cause) == ("Oops", "why")
    assert result.types[-2:] == ["ParallelStateFailed", "ExecutionFailed"]


def test_branches_read_outer_variables_and_keep_their_own() -> None:
    """What a branch assigns is gone when it ends."""
    set_outer = {"Type": "Pass", "Assign": {"v": "outer"}, "Next": "P"}
    seen = {"Type": "Pass", "Parameters": {"outer.$": "$v", "own.$": "$w"}, "End": True}
    inner = {
        "StartAt": "Set",
        "States": {"Set": {"Type": "Pass", "Assign": {"w": "inner"}, "Next": "See"}, "See": seen},
    }
    parallel = {"Type": "Parallel", "Branches": [inner], "End": True}
    assert execute(one(set_outer, P=parallel)).output == [{"outer": "outer", "own": "inner"}]
    after = {"Type": "Pass", "Parameters": {"own.$": "$w"}, "End": True}
    gone = execute(one(set_outer, P={**parallel, "End": False, "Next": "After"}, After=after))
    assert gone.ended.error == "States.Runtime"


def test_an_inline_map_runs_its_processor_once_an_item_in_order() -> None:
    """ItemsPath says where the items are, ItemSelector what an iteration gets."""
    selector = {"i.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value", "all.$": "$.k"}
    result = execute(
        inline({"Type": "Pass"}, ItemsPath="$.items", ItemSelector=selector), {"items": ["a", "b"], "k": 9}
    )
    assert result.output == [{"i": 0, "v": "a", "all": 9}, {"i": 1, "v": "b", "all": 9}]
    assert result.details("MapStateStarted") == [{"length": 2}]
    assert sorted(details["index"] for details in result.details("MapIterationSucceeded")) == [0, 1]


@pytest.mark.parametrize(("limit", "most"), [(1, 1), (2, 2)])
def test_max_concurrency_is_kept(limit: int, most: int) -> None:
    """Never more iterations at once than it says."""
    at_once, peak, lock, meet = 0, 0, threading.Lock(), threading.Event()

    def call(parameters: Any) -> Any:
        nonlocal at_once, peak
        with lock:
            at_once += 1
            peak = max(peak, at_once)
        meet.wait(0.02)
        with lock:
            at_once -= 1
        return parameters

    machine = inline({"Type": "Task", "Resource": FUNCTION}, MaxConcurrency=limit)
    assert execute(machine, [1, 2, 3, 4], function=call).output == [1, 2, 3, 4]
    assert peak <= most


def test_a_retried_map_starts_again_and_fails_once() -> None:
    """MapStateStarted again with no MapStateFailed between, as recorded."""

    def fail(_parameters: Any) -> Any:
        raise StateError("Bad", "why")

    machine = inline({"Type": "Task", "Resource": FUNCTION}, Retry=[{"ErrorEquals": ["Bad"], "MaxAttempts": 2}])
    result = execute(machine, [1], function=fail)
    assert result.types.count("MapStateStarted") == 3
    assert result.types.count("MapIterationFailed") == 3
    assert result.types.count("MapStateFailed") == 1
    assert result.ended.error == "Bad"


def test_items_must_be_an_array() -> None:
    """Anything else is States.Runtime."""
    result = execute(inline({"Type": "Pass"}, ItemsPath="$.items"), {"items": "no"})
    assert result.ended.error == "States.Runtime"
    assert 'Reference path "$.items" must point to array.' in (result.ended.cause or "")


def test_an_empty_array_gives_an_empty_array() -> None:
    """No iteration at all."""
    assert execute(inline({"Type": "Pass"}), []).output == []


def test_faults_inside_branches_are_found_with_their_path() -> None:
    """All at once."""
    branches = [branch({"Type": "Pass", "Colour": 1}, "A"), {"StartAt": "X", "States": {"B": {"Type": "Succeed"}}}]
    assert faults(one({"Type": "Parallel", "Branches": branches})) == [
        "States.State.Branches[0].States.A.Colour is not a field of a Pass state",
        "States.State.Branches[1].StartAt names the state 'X', which does not exist",
    ]


def test_a_failure_does_not_wait_for_another_branchs_task_and_drops_what_it_still_does() -> None:
    """The Task goes on, as on AWS; the Parallel has failed, and the history says nothing of it any more."""
    release, ended = threading.Event(), threading.Event()

    def call(parameters: Any) -> Any:
        release.wait(10)
        ended.set()
        return parameters

    branches = [
        branch({"Type": "Task", "Resource": FUNCTION}, "Slow"),
        {
            "StartAt": "W",
            "States": {"W": {"Type": "Wait", "Seconds": 0, "Next": "B"}, "B": {"Type": "Fail", "Error": "E"}},
        },
    ]
    result = execute(one({"Type": "Parallel", "Branches": branches}), function=call, clock=RealClock())
    assert not ended.is_set()
    assert result.types[-2:] == ["ParallelStateFailed", "ExecutionFailed"]
    release.set()
    assert ended.wait(10)
    assert "LambdaFunctionSucceeded" not in result.types


def test_no_iteration_begins_after_a_failure() -> None:
    """Of twenty, only those that had begun are in the history."""

    def fail(_parameters: Any) -> Any:
        raise StateError("Bad")

    result = execute(inline({"Type": "Task", "Resource": FUNCTION}, MaxConcurrency=2), list(range(20)), function=fail)
    assert result.types.count("MapIterationStarted") <= 2
    assert "MapIterationAborted" not in result.types


def test_waits_side_by_side_take_the_time_of_one_on_the_skipping_clock() -> None:
    """Two waits of a minute fit into a machine of a hundred seconds."""
    branches = [branch({"Type": "Wait", "Seconds": 60}, name) for name in "AB"]
    result = execute({**one({"Type": "Parallel", "Branches": branches}), "TimeoutSeconds": 100}, {"in": 1})
    assert result.ended.status == "SUCCEEDED"
    assert result.clock.skipped_seconds == 120


@pytest.mark.parametrize("kind", ["INLINE", "DISTRIBUTED"])
def test_a_negative_concurrency_is_refused(kind: str) -> None:
    """States.Runtime, before any item."""
    config = {"Mode": kind, **({"ExecutionType": "STANDARD"} if kind == "DISTRIBUTED" else {})}
    processor = {"ProcessorConfig": config, **branch({"Type": "Pass"})}
    machine = one({"Type": "Map", "ItemProcessor": processor, "ItemsPath": "$.a", "MaxConcurrencyPath": "$.m"})
    result = execute(machine, {"a": [1], "m": -1})
    assert result.ended.error == "States.Runtime"
    assert "MaxConcurrency cannot be negative." in (result.ended.cause or "")


def test_inputs_made_inside_a_state_have_the_limit_too() -> None:
    """Parameters and ItemSelector can make more than 256 KiB of less."""
    text = "x" * 200_000
    both = {"a.$": "$.t", "b.$": "$.t"}
    assert (
        execute(one({"Type": "Task", "Resource": FUNCTION, "Parameters": both}), {"t": text}).ended.error
        == "States.DataLimitExceeded"
    )
    machine = inline({"Type": "Pass"}, ItemsPath="$.items", ItemSelector=both)
    assert execute(machine, {"t": text, "items": [1]}).ended.error == "States.DataLimitExceeded"

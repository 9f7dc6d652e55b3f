"""A child that is redriven: STANDARD ones go on where they failed, EXPRESS ones run again (recorded on AWS)."""

from __future__ import annotations

import json
import threading
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from simulator.aws.asl.errors import StateError
from simulator.aws.map_run.earlier import EarlierChild, EarlierMapRun
from tests.unit.map_run.harness import MapResult, earlier_of, run_map
from tests.unit.map_run.test_map_run import failing
from tests.unit.states.harness import FUNCTION


def processor(kind: str, **states: Any) -> dict[str, Any]:
    """Return an ItemProcessor of these states, the first of which is StartAt."""
    return {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": kind},
        "StartAt": next(iter(states)),
        "States": states,
    }


def task(step: str, **more: Any) -> dict[str, Any]:
    """Return a Task that tells its function the step and the child's item."""
    return {"Type": "Task", "Resource": FUNCTION, "Parameters": {"step": step, "item.$": "$"}, **more}


TWO_TASKS = {"A": task("A", ResultPath=None, Next="B"), "B": task("B", End=True)}


class Steps:
    """The function of the Tasks: counts its calls by step, and fails so many times at some step and item."""

    def __init__(self, **failures: int) -> None:
        self.calls: Counter[str] = Counter()
        self._left = Counter(failures)

    def __call__(self, parameters: Any) -> Any:
        """Fail, or give the parameters back."""
        key = f"{parameters['step']}{parameters['item']}"
        self.calls[key] += 1
        if self._left[key] > 0:
            self._left[key] -= 1
            raise StateError("Down", f"not now: {key}")
        return parameters


def redriven(fields: dict[str, Any], data: list[Any], function: Any, times: int = 1) -> tuple[MapResult, MapResult]:
    """Run a Map and redrive it; `told` of both has all attempts."""
    first = again = run_map(fields, data, function=function)
    for count in range(1, times + 1):
        earlier = earlier_of(again, count)
        again = run_map(fields, data, function=function, told=first.told, earlier=earlier)
    return first, again


def types_of(result: MapResult, index: int) -> list[str]:
    """Return the types of a STANDARD child's events."""
    (arn,) = {child.arn for child in result.told.children if child.index == index}
    return [event["type"] for event in result.told.histories[arn]]


def test_a_standard_child_goes_on_in_the_state_that_failed() -> None:
    """The states before it do not run again; its one history goes on, its ARN and its start date stay."""
    steps = Steps(B0=1)
    _, again = redriven({"ItemProcessor": processor("STANDARD", **TWO_TASKS), "MaxConcurrency": 1}, [0, 1], steps)
    assert again.ended.status == "SUCCEEDED"
    assert steps.calls == {"A0": 1, "B0": 2, "A1": 1, "B1": 1}
    failed, succeeded, _ = again.told.children
    assert (succeeded.arn, succeeded.started, succeeded.name) == (failed.arn, failed.started, failed.name)
    assert (failed.redrive_count, succeeded.redrive_count) == (0, 1)
    events = again.told.histories[failed.arn]
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    types = [event["type"] for event in events]
    cut = types.index("ExecutionRedriven")
    assert types[cut - 1 : cut + 3] == [
        "ExecutionFailed",
        "ExecutionRedriven",
        "LambdaFunctionScheduled",
        "LambdaFunctionStarted",
    ]
    assert events[cut]["executionRedrivenEventDetails"] == {"redriveCount": 1}
    entered = [event["id"] for event in events if event["type"] == "TaskStateEntered"]
    assert len(entered) == 2
    assert events[cut + 1]["previousEventId"] == entered[1]


def test_a_wait_begins_anew_without_being_entered_again() -> None:
    """A child that was aborted while it waited has its whole wait before it."""
    waiting = {"W": {"Type": "Wait", "Seconds": 600, "Next": "B"}, "B": task("B", End=True)}
    fields = {"ItemProcessor": processor("STANDARD", **waiting)}
    entered = {"timestamp": "2026-01-01T00:00:01Z", "stateEnteredEventDetails": {"name": "W", "input": "7"}}
    events = [
        {"id": 1, "type": "ExecutionStarted", "executionStartedEventDetails": {"input": "7"}},
        {"id": 2, "type": "WaitStateEntered", **entered},
        {"id": 3, "type": "ExecutionAborted"},
    ]
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    earlier = EarlierMapRun(
        arn="arn:aws:states:r:a:mapRun:m/rows:id",
        started=moment,
        redrive_count=1,
        succeeded=set(),
        children={0: EarlierChild.standard("child", moment, events)},
    )
    again = run_map(fields, ["not this one"], function=Steps(), earlier=earlier)
    assert types_of(again, 0)[:2] == ["ExecutionRedriven", "WaitStateExited"]
    (child,) = again.told.children
    assert child.input == 7, "a redriven child keeps its input"
    assert child.started == moment
    redrive, exit_ = again.told.histories[child.arn][:2]
    assert exit_["previousEventId"] == 2
    times = [datetime.fromisoformat(event["timestamp"]) for event in (redrive, exit_)]
    assert (times[1] - times[0]).total_seconds() >= 600


def test_variables_of_states_that_do_not_run_again_are_kept() -> None:
    """What A assigned is there when B runs at last."""
    states = {
        "A": {"Type": "Pass", "Assign": {"kept": "from A"}, "Next": "B"},
        "B": {
            "Type": "Task",
            "Resource": FUNCTION,
            "Parameters": {"step": "B", "item.$": "$", "v.$": "$kept"},
            "End": True,
        },
    }
    _, again = redriven({"ItemProcessor": processor("STANDARD", **states)}, [5], Steps(B5=1))
    assert again.ended.output == [{"step": "B", "item": 5, "v": "from A"}]


CONTEXT = {
    "A": task("A", ResultPath=None, Next="Show"),
    "Show": {"Type": "Pass", "Parameters": {"execution.$": "$$.Execution"}, "OutputPath": "$.execution", "End": True},
}


def test_the_context_of_a_redriven_standard_child_has_its_redrive_time() -> None:
    """And the StartTime that it had; one that begins in the redrive has neither count nor time."""
    fields = {"ItemProcessor": processor("STANDARD", **CONTEXT), "MaxConcurrency": 1}
    first, again = redriven(fields, [0, 1], Steps(A0=1))
    redriven_one, new_one = again.ended.output
    assert (redriven_one["RedriveCount"], new_one["RedriveCount"]) == (1, 0)
    assert redriven_one["RedriveTime"] >= redriven_one["StartTime"]
    started = datetime.fromisoformat(redriven_one["StartTime"])
    assert abs((started - first.told.children[0].started).total_seconds()) < 0.001
    assert "RedriveTime" not in new_one


def test_an_express_child_runs_again_from_its_start() -> None:
    """With a new start date, its ARN, RedriveCount 1 and no RedriveTime."""
    steps = Steps(A0=1)
    fields = {"ItemProcessor": processor("EXPRESS", **CONTEXT), "MaxConcurrency": 1}
    _, again = redriven(fields, [0, 1], steps)
    redriven_one, new_one = again.ended.output
    assert (redriven_one["RedriveCount"], new_one["RedriveCount"]) == (1, 0)
    assert "RedriveTime" not in redriven_one
    before, after = [child for child in again.told.children if child.index == 0]
    assert after.arn == before.arn
    assert after.started > before.started
    assert after.redrive_count == 1
    assert again.told.histories == {}


def test_an_express_child_repeats_the_states_before_the_one_that_failed() -> None:
    """It has no history to go on from."""
    steps = Steps(B0=1)
    redriven({"ItemProcessor": processor("EXPRESS", **TWO_TASKS)}, [0], steps)
    assert steps.calls == {"A0": 2, "B0": 2}


@pytest.mark.parametrize("kind", ["STANDARD", "EXPRESS"])
def test_a_child_counts_its_own_redrives(kind: str) -> None:
    """Not those of the Map Run: a child that starts in the second redrive has had none."""
    fields = {"ItemProcessor": processor(kind, **TWO_TASKS), "MaxConcurrency": 1}
    _, again = redriven(fields, [0, 1, 2], Steps(B0=1, B1=1), times=2)
    assert again.ended.status == "SUCCEEDED"
    counts = [(child.index, child.status, child.redrive_count) for child in again.told.children]
    assert counts == [
        (0, "FAILED", 0),
        (0, "SUCCEEDED", 1),
        (1, "FAILED", 0),
        (1, "SUCCEEDED", 1),
        (2, "SUCCEEDED", 0),
    ]


def test_a_child_may_be_redriven_again_and_again() -> None:
    """Its history goes on, and its count is 1, 2 and 3."""
    steps = Steps(B0=3)
    _, again = redriven({"ItemProcessor": processor("STANDARD", **TWO_TASKS)}, [0], steps, times=3)
    assert again.ended.status == "SUCCEEDED"
    assert steps.calls == {"A0": 1, "B0": 4}
    assert [child.redrive_count for child in again.told.children] == [0, 1, 2, 3]
    (events,) = again.told.histories.values()
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    counts = [event["executionRedrivenEventDetails"]["redriveCount"] for event in events if "Redriven" in event["type"]]
    assert counts == [1, 2, 3]


@pytest.mark.parametrize(
    ("events", "calls"),
    [
        ([], {"A": 1, "B": 1}),
        ([{"id": 1, "type": "ExecutionStarted", "executionStartedEventDetails": {"input": "0"}}], {"A": 1, "B": 1}),
        ([{"id": 9, "type": "TaskStateEntered"}], {"A": 1, "B": 1}),
        (
            [
                {"id": 1, "type": "ExecutionStarted", "executionStartedEventDetails": {"input": "0"}},
                {"id": 2, "type": "TaskStateEntered", "stateEnteredEventDetails": {"name": "A", "input": "0"}},
                {"id": 5, "type": "TaskStateExited", "stateExitedEventDetails": {"name": "A", "output": "0"}},
                {"id": 6, "type": "TaskStateEntered", "stateEnteredEventDetails": {"name": "B", "input": "0"}},
            ],
            {"B": 1},
        ),
        (
            [
                {"id": 1, "type": "ExecutionStarted", "executionStartedEventDetails": {"input": "0"}},
                {"id": 2, "type": "TaskStateEntered", "stateEnteredEventDetails": {"name": "A", "input": "0"}},
                {"id": 5, "type": "TaskStateExited", "stateExitedEventDetails": {"name": "A", "output": "0"}},
            ],
            {"A": 1, "B": 1},
        ),
    ],
    ids=["no event", "before the first state", "damaged", "in a state", "between two states"],
)
def test_a_child_that_was_killed_goes_on_from_what_its_history_has(
    events: list[dict[str, Any]], calls: dict[str, int]
) -> None:
    """One between two states repeats the first of them; one without a whole history runs from its start."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    earlier = EarlierMapRun(
        arn="arn:aws:states:r:a:mapRun:m/rows:id",
        started=moment,
        redrive_count=1,
        succeeded=set(),
        children={0: EarlierChild.standard("child", moment, events)},
    )
    steps = Steps()
    fields = {"ItemProcessor": processor("STANDARD", **TWO_TASKS)}
    again = run_map(fields, [0], function=steps, earlier=earlier)
    assert again.ended.status == "SUCCEEDED"
    assert steps.calls == {f"{step}0": number for step, number in calls.items()}
    (told,) = again.told.histories.values()
    whole = len(events) > 0 and events[0]["id"] == 1
    beginning = ["ExecutionAborted", "ExecutionRedriven"] if whole else ["ExecutionStarted"]
    assert [event["type"] for event in told][: len(beginning)] == beginning
    assert told[0]["id"] == (events[-1]["id"] + 1 if whole else 1)


def test_a_stopped_standard_child_leaves_no_event_but_its_end() -> None:
    """The answer of the call that it was waiting for comes too late: on redrive that state runs again."""
    running = threading.Event()
    failed = threading.Event()

    def function(parameters: Any) -> Any:
        if parameters["item"] == 0 and not failed.is_set():
            assert running.wait(20)
            failed.set()
            raise StateError("Bad", "while the other runs")
        if parameters["item"] == 1 and not running.is_set():
            running.set()
            assert failed.wait(20)
            threading.Event().wait(0.3)
        return parameters

    fields = {"ItemProcessor": processor("STANDARD", **TWO_TASKS), "MaxConcurrency": 2}
    first = run_map(fields, [0, 1], function=function)
    assert {child.index: child.status for child in first.told.children} == {0: "FAILED", 1: "ABORTED"}
    assert types_of(first, 1) == [
        "ExecutionStarted",
        "TaskStateEntered",
        "LambdaFunctionScheduled",
        "LambdaFunctionStarted",
        "ExecutionAborted",
    ]
    again = run_map(fields, [0, 1], function=function, earlier=earlier_of(first), told=first.told)
    assert again.ended.status == "SUCCEEDED"
    assert types_of(again, 1)[4:7] == ["ExecutionAborted", "ExecutionRedriven", "LambdaFunctionScheduled"]


def test_a_child_of_which_only_the_name_is_known_runs_from_its_start() -> None:
    """As one whose history has been lost."""
    earlier = EarlierMapRun(
        arn="arn:aws:states:r:a:mapRun:m/rows:id",
        started=datetime(2026, 1, 1, tzinfo=UTC),
        redrive_count=1,
        succeeded={0},
        names={1: "known"},
    )
    again = run_map({"MaxConcurrency": 1}, [0, 1, 2], earlier=earlier)
    assert [(child.index, child.redrive_count) for child in again.told.children] == [(1, 1), (2, 0)]
    assert again.told.children[0].name == "known"


def test_a_redriven_map_run_counts_what_waits_for_its_redrive() -> None:
    """By items and by children; at its end nothing waits, and all results are written."""
    fields = {"MaxConcurrency": 1, "ItemBatcher": {"MaxItemsPerBatch": 2}}
    first = run_map(fields, [0, 1, 2, 3, 4], function=failing({2}))
    assert (first.counts["pendingRedrive"], first.counts["failuresNotRedrivable"]) == (0, 0)
    assert (first.counts["failed"], first.counts["pending"]) == (2, 1)
    again = run_map(fields, [0, 1, 2, 3, 4], earlier=earlier_of(first))
    counted = next(info for info in again.told.map_runs if info.item_counts["total"])
    assert (counted.item_counts["pendingRedrive"], counted.execution_counts["pendingRedrive"]) == (2, 1)
    assert (counted.item_counts["pending"], counted.item_counts["resultsWritten"]) == (1, 0)
    assert {info.item_counts["resultsWritten"] for info in again.told.map_runs if info.status == "RUNNING"} == {0}
    assert again.counts["pendingRedrive"] == again.counts["pending"] == 0
    assert again.counts["resultsWritten"] == again.counts["succeeded"] == again.counts["total"] == 5


def test_the_history_is_whole_json() -> None:
    """Inputs and outputs of children are JSON texts, as in GetExecutionHistory."""
    _, again = redriven({"ItemProcessor": processor("STANDARD", **TWO_TASKS)}, ["日本"], Steps(B日本=1))
    (events,) = again.told.histories.values()
    assert json.loads(events[0]["executionStartedEventDetails"]["input"]) == "日本"

"""Map Runs and their children through the API: described and listed while they run and later, changed, redriven."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.stepfunctions.cloud import FUNCTION, PREFIX, Cloud
from tests.unit.stepfunctions.kept_archive import KeptArchive

if TYPE_CHECKING:
    from simulator.aws.asl.runtime.listener import ChildRecord


def mapped(kind: str = "STANDARD", **fields: Any) -> dict[str, Any]:
    """A Distributed Map over the input, whose children call the function."""
    state = {
        "Type": "Map",
        "Label": "rows",
        "MaxConcurrency": 1,
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": kind},
            "StartAt": "T",
            "States": {"T": {"Type": "Task", "Resource": FUNCTION, "End": True}},
        },
        "End": True,
        **fields,
    }
    return {"StartAt": "M", "States": {"M": state}}


def map_run_of(cloud: Cloud, execution: str) -> str:
    """Return the ARN of an execution's first Map Run."""
    listed = cloud.until(lambda: cloud.call("ListMapRuns", executionArn=execution)["mapRuns"], bool)
    arn: str = listed[-1]["mapRunArn"]
    return arn


def children(cloud: Cloud, map_run: str, **members: str) -> list[dict[str, Any]]:
    """Return the listed children of a Map Run."""
    found: list[dict[str, Any]] = cloud.call("ListExecutions", mapRunArn=map_run, **members)["executions"]
    return found


@pytest.mark.parametrize("kind", ["STANDARD", "EXPRESS"])
def test_a_map_run_and_its_children_are_shown_while_they_run_and_afterwards(kind: str) -> None:
    """Children have the Map Run's ARN and their items; EXPRESS ones the recorded form of name."""
    cloud = Cloud()
    cloud.function.open.clear()
    execution = cloud.start(cloud.create(definition=mapped(kind, MaxConcurrency=2)), [7, 8, 9])
    arn = map_run_of(cloud, execution)
    assert arn.startswith(f"{PREFIX}:mapRun:m/rows:")
    two = cloud.until(lambda: children(cloud, arn, statusFilter="RUNNING"), lambda found: len(found) == 2)
    told = cloud.call("DescribeMapRun", mapRunArn=arn)
    assert (told["status"], told["maxConcurrency"], told["executionArn"]) == ("RUNNING", 2, execution)
    assert (told["itemCounts"]["running"], told["itemCounts"]["pending"], told["itemCounts"]["total"]) == (2, 1, 3)
    assert {child["stateMachineArn"] for child in two} == {f"{PREFIX}:stateMachine:m/rows"}
    child = cloud.call("DescribeExecution", executionArn=two[0]["executionArn"])
    assert (child["status"], child["mapRunArn"], child["input"] in "789") == ("RUNNING", arn, True)
    cloud.function.open.set()
    cloud.ended(execution)
    told = cloud.call("DescribeMapRun", mapRunArn=arn)
    assert (told["status"], told["itemCounts"]["succeeded"], "stopDate" in told) == ("SUCCEEDED", 3, True)
    ended = children(cloud, arn)
    assert [(one["status"], one["itemCount"], one["mapRunArn"]) for one in ended] == [("SUCCEEDED", 1, arn)] * 3
    pages = cloud.all_pages("ListExecutions", "executions", mapRunArn=arn, maxResults=2)
    assert [len(page) for page in pages] == [2, 1]
    assert [one["executionArn"] for page in pages for one in page] == [one["executionArn"] for one in ended]
    for one in ended:
        child = cloud.call("DescribeExecution", executionArn=one["executionArn"])
        assert child["output"] == child["input"]
        assert child["executionArn"].endswith(child["name"])
        assert (child["name"].count(":") == 1) == (kind == "EXPRESS")
    if kind == "STANDARD":
        events = cloud.call("GetExecutionHistory", executionArn=ended[0]["executionArn"])["events"]
        assert (events[0]["type"], events[-1]["type"]) == ("ExecutionStarted", "ExecutionSucceeded")
        described = cloud.call("DescribeStateMachineForExecution", executionArn=ended[0]["executionArn"])
        assert (described["mapRunArn"], described["label"]) == (arn, "rows")
    assert children(cloud, arn, statusFilter="FAILED") == []
    machine = cloud.call("ListExecutions", stateMachineArn=f"{PREFIX}:stateMachine:m")["executions"]
    assert [one["executionArn"] for one in machine] == [execution]


class WithoutData(KeptArchive):
    """An archive that keeps neither the input nor the output of children."""

    def child(self, arn: str) -> ChildRecord | None:
        """Return a child without its data."""
        found = super().child(arn)
        return None if found is None else replace(found, input=None, output=None, data_kept=False)


def test_a_child_whose_data_was_not_kept_says_that_it_is_left_out() -> None:
    """`null` would be made up."""
    cloud = Cloud(WithoutData())
    execution = cloud.run(cloud.create(definition=mapped("EXPRESS")), [7])
    (listed,) = children(cloud, map_run_of(cloud, execution))
    child = cloud.call("DescribeExecution", executionArn=listed["executionArn"])
    assert (child["inputDetails"], child["outputDetails"]) == ({"included": False}, {"included": False})
    assert not {"input", "output"} & child.keys()


def test_a_running_map_run_takes_another_concurrency() -> None:
    """At once, and it is shown."""
    cloud = Cloud()
    cloud.function.open.clear()
    execution = cloud.start(cloud.create(definition=mapped()), list(range(12)))
    arn = map_run_of(cloud, execution)
    cloud.until(lambda: children(cloud, arn, statusFilter="RUNNING"), lambda found: len(found) == 1)
    assert cloud.call("UpdateMapRun", mapRunArn=arn, maxConcurrency=5) == {}
    cloud.until(lambda: children(cloud, arn, statusFilter="RUNNING"), lambda found: len(found) == 5)
    assert cloud.call("DescribeMapRun", mapRunArn=arn)["maxConcurrency"] == 5
    cloud.function.open.set()
    assert cloud.ended(execution)["status"] == "SUCCEEDED"
    assert sorted(cloud.function.calls) == list(range(12))
    refusal = cloud.refused("UpdateMapRun", mapRunArn=arn, maxConcurrency=1)
    assert refusal == ("ValidationException", f"The Map Run '{arn}' is SUCCEEDED; only a running one can be updated")
    assert cloud.refused("UpdateMapRun", mapRunArn=f"{arn}0", maxConcurrency=1)[0] == "ResourceNotFound"


@pytest.mark.parametrize(
    ("before", "update", "status"),
    [
        ({}, {"toleratedFailureCount": 2}, "SUCCEEDED"),
        ({}, {"toleratedFailurePercentage": 50.0}, "SUCCEEDED"),
        ({}, {"toleratedFailureCount": 1}, "FAILED"),
        ({"ToleratedFailureCount": 5}, {"toleratedFailureCount": 0}, "FAILED"),
        ({"ToleratedFailurePercentage": 100}, {"toleratedFailurePercentage": 25.0}, "FAILED"),
    ],
)
def test_a_running_map_run_takes_other_tolerances(before: dict[str, Any], update: dict[str, Any], status: str) -> None:
    """Two of four items fail after the update."""
    cloud = Cloud()
    cloud.function.open.clear()
    cloud.function.bad = {1, 2}
    execution = cloud.start(cloud.create(definition=mapped(**before)), [0, 1, 2, 3])
    arn = map_run_of(cloud, execution)
    cloud.until(lambda: children(cloud, arn), bool)
    cloud.call("UpdateMapRun", mapRunArn=arn, **update)
    told = cloud.call("DescribeMapRun", mapRunArn=arn)
    assert {name: told[name] for name in update} == update
    cloud.function.open.set()
    assert cloud.ended(execution)["status"] == status


def test_a_tolerance_that_is_exceeded_already_ends_the_map_run_at_once() -> None:
    """No further child is begun."""
    cloud = Cloud()
    cloud.function.bad, cloud.function.held = {0}, {1}
    cloud.function.open.clear()
    execution = cloud.start(cloud.create(definition=mapped(ToleratedFailureCount=1)), [0, 1, 2, 3])
    arn = map_run_of(cloud, execution)
    cloud.until(lambda: cloud.function.calls, lambda calls: calls == [0, 1])
    cloud.call("UpdateMapRun", mapRunArn=arn, toleratedFailureCount=0)
    cloud.function.open.set()
    ended = cloud.ended(execution)
    assert (ended["status"], ended["error"]) == ("FAILED", "States.ExceedToleratedFailureThreshold")
    assert cloud.function.calls == [0, 1]


@pytest.mark.parametrize("kind", ["STANDARD", "EXPRESS"])
def test_a_redrive_continues_the_map_run_in_a_later_process(kind: str) -> None:
    """Only what had not succeeded runs again, under the same ARNs; what waits is PENDING_REDRIVE."""
    first = Cloud()
    first.function.bad = {1, 2}
    machine = first.create(definition=mapped(kind, ToleratedFailureCount=1))
    execution = first.run(machine, [0, 1, 2, 3])
    arn = map_run_of(first, execution)
    assert first.call("DescribeMapRun", mapRunArn=arn)["status"] == "FAILED"
    failed = {one["executionArn"] for one in children(first, arn, statusFilter="FAILED")}
    assert len(failed) == 2
    for one in failed:
        assert first.call("DescribeExecution", executionArn=one)["redriveStatus"] == "REDRIVABLE_BY_MAP_RUN"
    later = Cloud(first.archive)
    later.function.open.clear()
    later.call("RedriveExecution", executionArn=execution)
    later.until(lambda: children(later, arn, statusFilter="RUNNING"), bool)
    pending = children(later, arn, statusFilter="PENDING_REDRIVE")
    assert len(pending) == 1
    assert later.call("DescribeExecution", executionArn=pending[0]["executionArn"])["status"] == "PENDING_REDRIVE"
    counts = later.call("DescribeMapRun", mapRunArn=arn)["executionCounts"]
    assert (counts["pendingRedrive"], counts["pending"], counts["succeeded"]) == (1, 1, 1)
    later.function.open.set()
    later.until(
        lambda: later.call("DescribeExecution", executionArn=execution)["status"], lambda one: one == "SUCCEEDED"
    )
    assert sorted(later.function.calls) == [1, 2, 3]
    told = later.call("DescribeMapRun", mapRunArn=arn)
    assert (told["status"], told["redriveCount"], told["itemCounts"]["succeeded"]) == ("SUCCEEDED", 1, 4)
    assert told["redriveDate"] > told["startDate"]
    listed = children(later, arn)
    assert len(listed) == 4
    assert failed <= {one["executionArn"] for one in listed}
    again = children(later, arn, redriveFilter="REDRIVEN")
    assert {one["executionArn"] for one in again} == failed
    assert all(("redriveDate" in one) == (kind == "STANDARD") for one in again)
    types = [event["type"] for event in later.call("GetExecutionHistory", executionArn=execution)["events"]]
    assert types.count("MapRunStarted") == types.count("MapRunRedriven") == 1


def test_a_child_is_stopped_and_redriven_only_with_its_parent() -> None:
    """Both are refused by name; StopExecution of the parent stops the children."""
    cloud = Cloud()
    definition = mapped()
    wait = {"Type": "Wait", "Seconds": 3600, "End": True}
    definition["States"]["M"]["ItemProcessor"]["States"]["T"] = wait
    execution = cloud.start(cloud.create(definition=definition), [0, 1])
    arn = map_run_of(cloud, execution)
    (child,) = cloud.until(lambda: children(cloud, arn), bool)
    for operation in ("StopExecution", "RedriveExecution"):
        assert cloud.refused(operation, executionArn=child["executionArn"])[0] == "ValidationException"
    cloud.call("StopExecution", executionArn=execution)
    assert cloud.ended(execution)["status"] == "ABORTED"
    assert cloud.call("DescribeMapRun", mapRunArn=arn)["status"] == "ABORTED"
    aborted = cloud.call("DescribeExecution", executionArn=child["executionArn"])
    assert (aborted["status"], arn in aborted["cause"]) == ("ABORTED", True)


def test_what_does_not_exist_is_named() -> None:
    """In the API's codes."""
    cloud = Cloud()
    gone = f"{PREFIX}:mapRun:m/rows:gone"
    assert cloud.refused("DescribeMapRun", mapRunArn=gone)[0] == "ResourceNotFound"
    assert cloud.refused("ListExecutions", mapRunArn=gone)[0] == "ResourceNotFound"
    assert cloud.refused("DescribeMapRun", mapRunArn="x")[0] == "InvalidArn"
    assert cloud.refused("ListMapRuns", executionArn=f"{PREFIX}:execution:m:gone")[0] == "ExecutionDoesNotExist"
    child = f"{PREFIX}:execution:m/rows:gone"
    assert cloud.refused("DescribeExecution", executionArn=child)[0] == "ExecutionDoesNotExist"

"""A Distributed Map within the children of another: its Map Runs, their results, redrives, tolerances and stops."""

from __future__ import annotations

import json
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any, cast

import pytest

from simulator.runs.archive.execution_log import ExecutionLog
from simulator.runs.archive.home_archive import HomeArchive
from simulator.runs.store import RunStore
from tests.unit.stepfunctions.cloud import FUNCTION, PREFIX, Cloud
from tests.unit.stepfunctions.test_api_map_runs import children, map_run_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.unit.stepfunctions.kept_archive import KeptArchive


class Home(ExecutionLog, HomeArchive):
    """What `up` keeps of executions, and reads again."""

    def __init__(self, folder: Path) -> None:
        store, executions = RunStore(folder / "runs"), folder / "executions"
        ExecutionLog.__init__(self, executions, store, "workflow")
        HomeArchive.__init__(self, executions, store, f"{PREFIX}:stateMachine:workflow")


@pytest.fixture(params=["memory", "home"])
def cloud(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cloud]:
    """Return a cloud whose executions are kept in memory, or in files."""
    if request.param == "memory":
        yield Cloud()
        return
    with closing(Home(tmp_path)) as home:
        yield Cloud(cast("KeptArchive", home))


def distributed(states: dict[str, Any], kind: str = "STANDARD") -> dict[str, Any]:
    """Return an ItemProcessor; its first state is the one to start at."""
    return {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": kind},
        "StartAt": next(iter(states)),
        "States": states,
    }


def nested(kind: str = "STANDARD", outer: dict[str, Any] | None = None, **inner: Any) -> dict[str, Any]:
    """Return a machine whose Map runs a Map over each item's `rows` and calls the function for each row."""
    task = {"Type": "Task", "Resource": FUNCTION, "End": True}
    rows = {
        "Type": "Map",
        "Label": "rows",
        "ItemsPath": "$.rows",
        "MaxConcurrency": 1,
        "ItemProcessor": distributed({"Row": task}, kind),
        "End": True,
        **inner,
    }
    files = {
        "Type": "Map",
        "Label": "files",
        "MaxConcurrency": 1,
        "ItemProcessor": distributed({"Rows": rows}),
        "End": True,
        **(outer or {}),
    }
    return {"StartAt": "Files", "States": {"Files": files}}


def files(*rows: list[Any]) -> list[dict[str, Any]]:
    """Return items that have rows."""
    return [{"rows": one} for one in rows]


@pytest.mark.parametrize("kind", ["STANDARD", "EXPRESS"])
def test_each_child_has_a_map_run_of_its_own(cloud: Cloud, kind: str) -> None:
    """It is listed and described by the child's ARN, and its children by its own."""
    execution = cloud.run(cloud.create(definition=nested(kind)), files([1, 2], [3]))
    assert json.loads(cloud.ended(execution)["output"]) == [[1, 2], [3]]
    assert len(cloud.call("ListMapRuns", executionArn=execution)["mapRuns"]) == 1
    totals = []
    for child in children(cloud, map_run_of(cloud, execution)):
        assert child["stateMachineArn"] == f"{PREFIX}:stateMachine:m/files"
        [map_run] = cloud.call("ListMapRuns", executionArn=child["executionArn"])["mapRuns"]
        assert map_run["mapRunArn"].startswith(f"{PREFIX}:mapRun:m/rows:")
        assert map_run["stateMachineArn"] == f"{PREFIX}:stateMachine:m/rows"
        told = cloud.call("DescribeMapRun", mapRunArn=map_run["mapRunArn"])
        assert (told["executionArn"], told["status"]) == (child["executionArn"], "SUCCEEDED")
        totals.append(told["itemCounts"]["succeeded"])
        events = cloud.call("GetExecutionHistory", executionArn=child["executionArn"])["events"]
        assert [event["type"] for event in events if "MapRun" in event["type"]] == ["MapRunStarted", "MapRunSucceeded"]
        rows = children(cloud, map_run["mapRunArn"])
        assert len(rows) == totals[-1]
        if kind == "STANDARD":
            described = cloud.call("DescribeStateMachineForExecution", executionArn=rows[0]["executionArn"])
            assert (described["label"], described["name"]) == ("rows", "m")
    assert sorted(totals) == [1, 2]


def test_a_nested_map_reads_batches_and_writes() -> None:
    """ItemReader, ItemBatcher and ResultWriter work as in the outer one."""
    cloud = Cloud()
    cloud.objects.objects["in/a.json"] = b"[1,2,3]"
    definition = nested(
        ItemsPath="$",
        ItemReader={
            "Resource": "arn:aws:states:::s3:getObject",
            "ReaderConfig": {"InputType": "JSON"},
            "Parameters": {"Bucket": "b", "Key.$": "$.key"},
        },
        ItemBatcher={"MaxItemsPerBatch": 2},
        ResultWriter={"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "b", "Prefix": "out"}},
    )
    execution = cloud.run(cloud.create(definition=definition), [{"key": "in/a.json"}])
    [result] = json.loads(cloud.ended(execution)["output"])
    assert ":mapRun:m/rows:" in result["MapRunArn"]
    manifest = json.loads(cloud.objects.objects[result["ResultWriterDetails"]["Key"]])
    assert manifest["MapRunArn"] == result["MapRunArn"]
    written = cloud.objects.json("SUCCEEDED_0.json")
    assert sorted(record["Input"] for record in written) == ['{"Items":[1,2]}', '{"Items":[3]}']


def test_a_failure_within_fails_its_child_alone() -> None:
    """Each Map Run has a tolerance of its own."""
    cloud = Cloud()
    cloud.function.bad = {2}
    execution = cloud.run(cloud.create(definition=nested(outer={"ToleratedFailureCount": 1})), files([1], [2, 3], [4]))
    assert cloud.ended(execution)["status"] == "SUCCEEDED"
    [failed] = children(cloud, map_run_of(cloud, execution), statusFilter="FAILED")
    told = cloud.call("DescribeExecution", executionArn=failed["executionArn"])
    assert told["error"] == "States.ExceedToleratedFailureThreshold"
    assert 3 not in cloud.function.calls
    tolerant = cloud.create("t", nested(ToleratedFailurePercentage=50))
    assert cloud.ended(cloud.run(tolerant, files([1, 2])))["status"] == "SUCCEEDED"


def test_to_stop_the_execution_stops_what_is_within() -> None:
    """All Map Runs are aborted, and their children too."""
    cloud = Cloud()
    cloud.function.open.clear()
    execution = cloud.start(cloud.create(definition=nested(outer={"MaxConcurrency": 2})), files([1, 2], [3]))
    outer = map_run_of(cloud, execution)
    two = cloud.until(lambda: children(cloud, outer), lambda found: len(found) == 2)
    inner = [map_run_of(cloud, child["executionArn"]) for child in two]
    cloud.until(lambda: len(cloud.function.calls), lambda calls: calls == 2)
    cloud.call("StopExecution", executionArn=execution)
    time.sleep(1)  # each level looks ten times a second
    cloud.function.open.set()
    assert cloud.ended(execution)["status"] == "ABORTED"
    for arn in (outer, *inner):
        assert cloud.call("DescribeMapRun", mapRunArn=arn)["status"] == "ABORTED"
    assert 2 not in cloud.function.calls
    assert {child["status"] for child in children(cloud, outer)} == {"ABORTED"}


def test_a_redrive_goes_on_within(cloud: Cloud) -> None:
    """The same Map Runs, and only the rows that did not succeed; the manifest lists all."""
    cloud.function.bad = {2}
    writer = {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "b", "Prefix": "out"}}
    definition = nested(outer={"ToleratedFailureCount": 0}, ResultWriter=writer)
    execution = cloud.run(cloud.create(definition=definition), files([0], [1, 2, 3], [4]))
    assert cloud.ended(execution)["status"] == "FAILED"
    assert cloud.function.calls == [0, 1, 2]
    outer = map_run_of(cloud, execution)
    [failed] = children(cloud, outer, statusFilter="FAILED")
    inner = map_run_of(cloud, failed["executionArn"])
    cloud.function.bad.clear()
    cloud.call("RedriveExecution", executionArn=execution)
    described = cloud.until(
        lambda: cloud.call("DescribeExecution", executionArn=execution), lambda one: one["status"] != "RUNNING"
    )
    assert described["status"] == "SUCCEEDED"
    assert cloud.function.calls[3:] == [2, 3, 4]
    assert len(cloud.call("ListMapRuns", executionArn=failed["executionArn"])["mapRuns"]) == 1
    told = cloud.call("DescribeMapRun", mapRunArn=inner)
    assert (told["status"], told["redriveCount"], told["itemCounts"]["succeeded"]) == ("SUCCEEDED", 1, 3)
    events = cloud.call("GetExecutionHistory", executionArn=failed["executionArn"])["events"]
    assert "MapRunRedriven" in [event["type"] for event in events]
    key = f"out/{inner.rpartition(':')[2]}/Redrive-1/manifest.json"
    listed = json.loads(cloud.objects.objects[key])["ResultFiles"]["SUCCEEDED"]
    assert [entry["Key"].rpartition(inner.rpartition(":")[2])[2] for entry in listed] == [
        "/SUCCEEDED_0.json",
        "/Redrive-1/SUCCEEDED_0.json",
    ]


def test_a_redriven_map_run_gives_the_outputs_of_all_attempts(cloud: Cloud) -> None:
    """Within and around, if no ResultWriter takes them; in the items' order."""
    cloud.function.bad = {2}
    execution = cloud.run(cloud.create(definition=nested()), files([0], [1, 2, 3], [4]))
    cloud.function.bad.clear()
    cloud.call("RedriveExecution", executionArn=execution)
    described = cloud.until(
        lambda: cloud.call("DescribeExecution", executionArn=execution), lambda one: one["status"] != "RUNNING"
    )
    assert json.loads(described["output"]) == [[0], [1, 2, 3], [4]]


def test_a_map_within_may_be_in_jsonata_and_three_deep() -> None:
    """Every level has its Map Run."""
    cloud = Cloud()
    deepest = {
        "Type": "Map",
        "Items": "{% $states.input.cells %}",
        "ItemProcessor": distributed({"Cell": {"Type": "Pass", "Output": "{% $states.input * 10 %}", "End": True}}),
        "End": True,
    }
    middle = {
        "Type": "Map",
        "Items": "{% $states.input.rows %}",
        "ItemProcessor": distributed({"Cells": deepest}),
        "End": True,
    }
    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "Files",
        "States": {"Files": {"Type": "Map", "ItemProcessor": distributed({"Rows": middle}), "End": True}},
    }
    data = [{"rows": [{"cells": [1, 2]}, {"cells": []}]}, {"rows": [{"cells": [3]}]}]
    execution = cloud.run(cloud.create(definition=definition), data)
    assert json.loads(cloud.ended(execution)["output"]) == [[[10, 20], []], [[30]]]

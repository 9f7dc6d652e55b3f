"""`batches.json`: what a stage with several rows per child changes in the workflow."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lambdas.shared.batch_limits import BATCH_BYTES, MAX_ROWS_PER_CHILD, waves
from simulator.aws.asl.errors import StateError
from simulator.pipeline.provisioning import Resources, StageOptions, read_definition
from tests.unit.states.harness import FakeMaps, Result, execute

EVENT = {"time": "t", "detail": {"bucket": {"name": "in"}, "object": {"key": "k", "versionId": "v"}}}
ITEMS = [
    {
        "userId": f"U{index}",
        "rowIndex": index,
        "mapEnteredAt": "t",
        "executionName": "n",
        "executionArn": "a",
        "ttlTimestamp": "1",
    }
    for index in range(3)
]


def workflow(rows_per_child: int) -> dict[str, Any]:
    """Return the workflow of a stage."""
    resources = Resources(
        rule_dead_letter_queue_url="http://d",
        dispatcher_failures_queue_url="http://f",
        report_failures_queue_url="http://r",
        file_gate_failures_queue_url="http://g",
        stage=StageOptions(map_concurrency=5, max_files=1, rows_per_child=rows_per_child),
    )
    found: dict[str, Any] = json.loads(read_definition("workflow.asl.json", resources.placeholders))
    return found


ONE, TEN = workflow(1), workflow(10)
MAP = "UserLogDistributedMap"


def child(*answers: Any, refused: bool = False) -> Result:
    """Run the machine of a batch with a processor that answers or fails in turn."""
    left = list(answers)

    def call(parameters: Any) -> Any:
        if "TableName" in parameters:
            if refused and "userId" in parameters["Item"]:
                raise StateError("DynamoDB.AmazonDynamoDBException", "empty key")
            return {}
        answer = left.pop(0)
        if isinstance(answer, StateError):
            raise answer
        return answer

    processor = dict(TEN["States"][MAP]["ItemProcessor"])
    del processor["ProcessorConfig"]
    return execute(processor, {"Items": ITEMS}, function=call)


def test_one_row_per_child_is_the_designs_workflow() -> None:
    """To the letter: nothing of a batch is in it."""
    assert "ItemBatcher" not in ONE["States"][MAP]
    assert "CountFailedRows" not in ONE["States"]
    assert ONE["States"][MAP]["ItemProcessor"]["States"]["ProcessUserLog"]["End"] is True


def test_the_tolerance_behind_the_map_is_the_maps() -> None:
    """The same two numbers, by rows; the Map Run stops when it is certain that too many have failed."""
    before, rows = ONE["States"][MAP], TEN["States"][MAP]
    counted = TEN["States"]["CountFailedRows"]["Parameters"]["countFailedRows"]
    for name in ("Percentage", "Count"):
        assert counted[f"toleratedFailure{name}"] == before[f"ToleratedFailure{name}"]
    assert rows["ToleratedFailureCount"] == 10 * before["ToleratedFailureCount"]
    assert "ToleratedFailurePercentage" not in rows
    assert rows["ItemBatcher"] == {"MaxItemsPerBatch": 10, "MaxInputBytesPerBatch": BATCH_BYTES}


def test_the_function_is_told_how_often_it_is_called_again() -> None:
    """So that it answers for its rows in the last attempt."""
    task = TEN["States"][MAP]["ItemProcessor"]["States"]["ProcessUserLog"]
    (retrier,) = task["Retry"]
    assert task["Parameters"]["mostRetries"] == retrier["MaxAttempts"]
    result = child(*[StateError("DatabaseError", "gone")] * 3, {"rows": [], "failed": 0})
    assert result.ended.status == "SUCCEEDED"
    assert [request.parameters["retryCount"] for request in result.tasks.requests] == [0, 1, 2, 3]


def test_a_batch_with_failed_rows_fails_with_what_the_function_says() -> None:
    """Which rows, and why; the function has noted them itself."""
    result = child({"failed": 1, "Error": "RowsFailed", "Cause": '{"rows":[]}'})
    assert (result.ended.status, result.ended.error, result.ended.cause) == ("FAILED", "RowsFailed", '{"rows":[]}')
    assert len(result.tasks.requests) == 1


@pytest.mark.parametrize("refused", [False, True])
def test_a_call_that_tells_nothing_leaves_an_item_for_each_row(refused: bool) -> None:
    """As LogError does for a single row: with its error and cause, and without a user ID that cannot be a key."""
    result = child(*[StateError("Sandbox.Timedout", "out of time")] * 9, refused=refused)
    assert (result.ended.status, result.ended.error, result.ended.cause) == (
        "FAILED",
        "Sandbox.Timedout",
        "out of time",
    )
    items = [one.parameters["Item"] for one in result.tasks.requests if "TableName" in one.parameters]
    kept = [item for item in items if not refused or "userId" not in item]
    assert sorted(item["timestamp"]["S"] for item in kept) == [f"t#{index}#user_update" for index in range(3)]
    assert {item["errorMessage"]["S"] for item in kept} == {"Sandbox.Timedout"}


def test_the_items_are_made_as_for_single_rows() -> None:
    """The same fields of the same inputs, by other paths."""
    alone = ONE["States"][MAP]["ItemProcessor"]["States"]
    batched = TEN["States"][MAP]["ItemProcessor"]["States"]["LogErrors"]["ItemProcessor"]["States"]
    for state in ("LogError", "LogErrorWithoutUserId"):
        text = json.dumps(alone[state]["Parameters"]).replace("$$.Execution.Input.", "$.row.")
        text = text.replace('"$.Error"', '"$.error.Error"').replace('"$.Cause"', '"$.error.Cause"')
        assert json.loads(text) == batched[state]["Parameters"]


def longest(state: dict[str, Any]) -> float:
    """Return the seconds that a state takes if all its attempts run into their limit."""
    waits = 0.0
    attempts = 1
    for retrier in state["Retry"]:
        most = retrier.get("MaxAttempts", 3)
        found, wait = 0.0, float(retrier.get("IntervalSeconds", 1))
        for _ in range(most):
            found += min(wait, retrier.get("MaxDelaySeconds", wait))
            wait *= retrier.get("BackoffRate", 2.0)
        if most >= attempts:
            waits, attempts = found, most + 1
    return float(attempts * state["TimeoutSeconds"] + waits)


def test_the_largest_batch_ends_within_the_five_minutes_of_an_express_execution() -> None:
    """All attempts run into their limits, and then the items of its rows do, too: as many at a time as may be."""
    states = workflow(MAX_ROWS_PER_CHILD)["States"][MAP]["ItemProcessor"]["States"]
    logged = states["LogErrors"]["ItemProcessor"]["States"]
    items = waves(MAX_ROWS_PER_CHILD) * sum(longest(logged[name]) for name in ("LogError", "LogErrorWithoutUserId"))
    assert longest(states["ProcessUserLog"]) == 9 * 15 + 75
    assert longest(states["ProcessUserLog"]) + items < 300


@pytest.mark.parametrize(("exceeded", "status"), [(False, "SUCCEEDED"), (True, "FAILED")])
def test_too_many_failed_rows_fail_the_run_behind_its_map(exceeded: bool, status: str) -> None:
    """By the reporter's count; the sentence is the cause."""

    def call(parameters: Any) -> Any:
        if "countFailedRows" in parameters:
            question = parameters["countFailedRows"]
            assert (question["bucket"], question["manifest"], question["rowCount"]) == ("out", "m", 30)
            return {"failed": 9, "exceeded": exceeded, "cause": "9 of 30 rows failed."}
        return {"isValid": True, "rowCount": 30, "errors": [], "ttlTimestamp": "1"}

    maps = FakeMaps(lambda _: {"MapRunArn": "arn", "ResultWriterDetails": {"Bucket": "out", "Key": "m"}})
    result = execute(TEN, EVENT, function=call, maps=maps)
    assert result.ended.status == status
    if exceeded:
        assert (result.ended.error, result.ended.cause) == ("TooManyRowsFailed", "9 of 30 rows failed.")

"""A Map Run as a whole: nothing lost, nothing twice, the tolerance kept to the item."""

from __future__ import annotations

import threading
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.aws.asl.errors import StateError
from simulator.aws.map_run.threshold import Threshold
from tests.unit.map_run.harness import MapResult, MemoryStore, run_map

WRITER = {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "out", "Prefix": "results"}}


def failing(bad: set[int]) -> Any:
    """Return a function that fails for the children that hold one of these numbers."""

    def call(parameters: Any) -> Any:
        numbers = parameters["Items"] if isinstance(parameters, dict) else [parameters]
        if bad & set(numbers):
            raise StateError("Bad", f"one of {numbers}")
        return numbers

    return call


def items_of(result: MapResult) -> list[int]:
    """Return all items that children were run for."""
    return [
        number
        for child in result.told.children
        for number in (child.input["Items"] if isinstance(child.input, dict) else [child.input])
    ]


@settings(max_examples=40, deadline=None)
@given(
    total=st.integers(0, 40),
    bad=st.sets(st.integers(0, 39)),
    batch=st.none() | st.integers(1, 7),
    concurrency=st.integers(0, 6),
)
def test_every_item_is_run_exactly_once(total: int, bad: set[int], batch: int | None, concurrency: int) -> None:
    """For any mix of failures, batch sizes and concurrency, with every failure tolerated."""
    batcher = {"ItemBatcher": {"MaxItemsPerBatch": batch}} if batch else {}
    result = run_map(
        {"MaxConcurrency": concurrency, "ToleratedFailurePercentage": 100, **batcher},
        list(range(total)),
        function=failing(bad),
    )
    assert result.ended.status == "SUCCEEDED"
    assert sorted(items_of(result)) == list(range(total))
    assert set(result.calls.values()) <= {1}
    assert result.counts["succeeded"] + result.counts["failed"] == result.counts["total"] == total
    assert concurrency == 0 or result.most_at_once <= concurrency


@settings(max_examples=40, deadline=None)
@given(total=st.integers(1, 60), bad=st.sets(st.integers(0, 59)), tolerated=st.integers(0, 10), lanes=st.integers(1, 5))
def test_after_a_breach_all_items_are_still_accounted_for(
    total: int, bad: set[int], tolerated: int, lanes: int
) -> None:
    """Succeeded, failed and pending add up, in the counts and in the result files; each item stands in one of them."""
    result = run_map(
        {"MaxConcurrency": lanes, "ToleratedFailureCount": tolerated, "ResultWriter": WRITER},
        list(range(total)),
        function=failing(bad),
    )
    failures = len(bad & set(range(total)))
    assert (result.ended.status == "FAILED") is (failures > tolerated)
    counts = result.counts
    assert counts["succeeded"] + counts["failed"] + counts["pending"] == counts["total"] == total
    written = [
        int(record["Input"])
        for status in ("SUCCEEDED", "FAILED", "PENDING")
        for record in result.store.json(f"{status}_0.json") or []
    ]
    assert sorted(written) == list(range(total))
    if result.ended.status == "FAILED":
        assert result.ended.error == "States.ExceedToleratedFailureThreshold"
        assert result.ended.cause == "The specified tolerated failure threshold was exceeded"


@given(
    failed=st.integers(0, 2000),
    total=st.integers(1, 2000),
    percentage=st.floats(0, 100),
    count=st.none() | st.integers(0, 60),
)
def test_a_tolerance_is_exceeded_strictly(failed: int, total: int, percentage: float, count: int | None) -> None:
    """Exactly at the boundary nothing is exceeded, with exact arithmetic."""
    expected = Fraction(failed * 100, total) > Fraction(str(percentage)) or (count is not None and failed > count)
    assert Threshold(count, percentage).exceeded(failed, total) is expected


def test_five_percent_of_a_thousand_are_fifty_rows() -> None:
    """The workflow's own tolerances: 50 rows may fail, 51 not; of ten rows one is too many."""
    threshold = Threshold(50, 5)
    assert [threshold.exceeded(failed, 1000) for failed in (50, 51)] == [False, True]
    assert [threshold.exceeded(failed, 10) for failed in (0, 1)] == [False, True]
    assert [threshold.exceeded(failed, 100_000) for failed in (50, 51)] == [False, True]


def test_a_percentage_is_the_decimal_that_was_written_not_the_nearest_float() -> None:
    """3 of 1,000 are exactly 0.3 %, though the float 0.3 is a little less."""
    assert Threshold(None, 0.3).exceeded(3, 1000) is False
    assert Threshold(None, 0.3).exceeded(4, 1000) is True


def test_an_unset_tolerance_is_no_zero_beside_one_that_is_set() -> None:
    """As recorded: a count of 1 tolerates one failure though no percentage is given."""
    assert Threshold(1, None).exceeded(1, 4) is False
    assert Threshold(None, 25).exceeded(1, 4) is False
    assert Threshold(None, None).exceeded(1, 4) is True


def test_standard_children_that_run_are_stopped_by_a_breach() -> None:
    """They end ABORTED, at their next state."""
    endless = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "Turn",
        "States": {
            "Turn": {
                "Type": "Task",
                "Resource": "arn:aws:lambda:ap-northeast-1:1:function:f",
                "Next": "Turn",
                "Catch": [{"ErrorEquals": ["Enough"], "Next": "Stop"}],
            },
            "Stop": {"Type": "Succeed"},
        },
    }
    turning = threading.Event()

    def turn(parameters: Any) -> Any:
        if parameters == 0:
            assert turning.wait(20)
            raise StateError("Bad", "while the other turns")
        turning.set()
        threading.Event().wait(0.01)
        return parameters

    result = run_map({"MaxConcurrency": 2, "ItemProcessor": endless}, [0, 1, 2, 3], function=turn)
    assert {child.input: child.status for child in result.told.children} == {0: "FAILED", 1: "ABORTED"}
    assert result.counts["pending"] == 2
    assert result.ended.error == "States.ExceedToleratedFailureThreshold"


def test_express_children_that_run_go_on_to_their_end_after_a_breach() -> None:
    """No more are begun."""
    begun = threading.Event()

    def function(parameters: Any) -> Any:
        if parameters == 0:
            assert begun.wait(20)
            raise StateError("Bad", "while the other runs")
        begun.set()
        threading.Event().wait(0.2)
        return parameters

    result = run_map({"MaxConcurrency": 2}, [0, 1, 2, 3], function=function)
    assert {child.input: child.status for child in result.told.children} == {0: "FAILED", 1: "SUCCEEDED"}
    assert result.counts["pending"] == 2


def test_without_a_writer_the_output_is_the_outputs_in_item_order() -> None:
    """COMPACT is the default."""
    assert run_map({}, [3, 1, 2]).ended.output == [3, 1, 2]


def test_outputs_larger_than_a_payload_fail_the_map() -> None:
    """States.DataLimitExceeded: a ResultWriter is what such a map needs."""
    result = run_map({}, ["x" * 200_000, "y" * 200_000])
    assert result.ended.error == "States.DataLimitExceeded"


def test_a_reader_that_fails_fails_the_map_run() -> None:
    """States.ItemReaderFailed, after MapRunStarted."""
    reader = {
        "Resource": "arn:aws:states:::s3:getObject",
        "Parameters": {"Bucket": "in", "Key": "no.csv"},
        "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"},
    }
    result = run_map({"ItemReader": reader})
    assert result.ended.error == "States.ItemReaderFailed"
    assert [event["type"] for event in result.events][-4:] == [
        "MapRunStarted",
        "MapRunFailed",
        "MapStateFailed",
        "ExecutionFailed",
    ]


def test_a_result_that_cannot_be_written_fails_the_map_run() -> None:
    """States.ResultWriterFailed."""
    result = run_map({"ResultWriter": WRITER}, [1], store=MemoryStore(broken=True))
    assert result.ended.error == "States.ResultWriterFailed"
    assert "AccessDenied" in (result.ended.cause or "")


def test_child_context_and_arns_are_the_recorded_ones() -> None:
    """The child sees itself, and the parent machine's name; an EXPRESS ARN has nine parts."""
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
        "StartAt": "Look",
        "States": {"Look": {"Type": "Pass", "InputPath": "$$", "End": True}},
    }
    result = run_map({"ItemProcessor": processor}, ["item"])
    (child,) = result.told.children
    assert list(child.output) == ["Execution", "StateMachine", "State"]
    assert child.output["Execution"]["Input"] == "item"
    assert child.output["Execution"]["Name"] == child.name
    assert child.output["StateMachine"] == {
        "Id": "arn:aws:states:ap-northeast-1:123456789012:stateMachine:machine/rows",
        "Name": "machine",
    }
    assert len(child.arn.split(":")) == 9
    assert child.arn.startswith("arn:aws:states:ap-northeast-1:123456789012:express:machine/rows:")
    assert child.map_run_arn.startswith("arn:aws:states:ap-northeast-1:123456789012:mapRun:machine/rows:")

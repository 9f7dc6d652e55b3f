"""Numbers behind `...Path` fields: a text that reads as one counts as one, as recorded on AWS."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.states.harness import FUNCTION, FakeMaps, Result, execute, faults, one
from tests.unit.states.test_distributed_map import mapped


def inline(**fields: Any) -> dict[str, Any]:
    """Return a machine with an inline Map over `$.rows`."""
    processor = {"StartAt": "K", "States": {"K": {"Type": "Pass", "End": True}}}
    return one({"Type": "Map", "ItemsPath": "$.rows", "ItemProcessor": processor, **fields})


def distributed(data: dict[str, Any], **fields: Any) -> tuple[Result, FakeMaps]:
    """Run a Distributed Map over `$.rows` and return what it asked for."""
    maps = FakeMaps()
    return execute(mapped(ItemsPath="$.rows", **fields), {"rows": [1], **data}, maps=maps), maps


@pytest.mark.parametrize("width", ["2", 2, "0", "+3"])
def test_a_text_is_a_concurrency(width: Any) -> None:
    """Of an inline Map."""
    assert execute(inline(MaxConcurrencyPath="$.w"), {"rows": ["a", "b"], "w": width}).output == ["a", "b"]


@pytest.mark.parametrize("width", ["x", "1.5", 1.5, 2.0, "", " 2", "１", True, None, [1], 2**63, "9223372036854775808"])
def test_what_is_not_a_64_bit_integer_fails_the_state(width: Any) -> None:
    """With States.Runtime and the value, and never with an error of the simulator."""
    ended = execute(inline(MaxConcurrencyPath="$.w"), {"rows": [1], "w": width}).ended
    assert ended.error == "States.Runtime"
    assert "The MaxConcurrencyPath field refers to value" in (ended.cause or "")
    assert (ended.cause or "").endswith("which is not a valid integer: $.w")


def test_texts_are_the_thresholds_and_limits_of_a_distributed_map() -> None:
    """Count, percentage, batch sizes and MaxItems."""
    reader = {
        "Resource": "arn:aws:states:::s3:getObject",
        "Parameters": {"Bucket": "b", "Key": "k"},
        "ReaderConfig": {"InputType": "JSON", "MaxItemsPath": "$.items"},
    }
    batcher = {"MaxItemsPerBatchPath": "$.batch", "MaxInputBytesPerBatchPath": "$.bytes"}
    data = {"count": "3", "percent": "2.5", "items": "7", "batch": "4", "bytes": "1000"}
    _, maps = distributed(
        data,
        ItemReader=reader,
        ItemBatcher=batcher,
        ToleratedFailureCountPath="$.count",
        ToleratedFailurePercentagePath="$.percent",
    )
    request = maps.requests[0]
    assert (request.tolerated_count, request.tolerated_percentage) == (3, 2.5)
    assert request.reader is not None
    assert request.batcher is not None
    assert (request.reader.max_items, request.batcher.max_items, request.batcher.max_bytes) == (7, 4, 1000)


@pytest.mark.parametrize(("limit", "most"), [(0, None), ("0", None), (1, 1), (-1, -1)])
def test_max_items_path_0_means_all(limit: Any, most: int | None) -> None:
    """As the literal 0 does; a negative one is refused by the Map Run."""
    reader = {
        "Resource": "arn:aws:states:::s3:getObject",
        "Parameters": {"Bucket": "b", "Key": "k"},
        "ReaderConfig": {"InputType": "JSON", "MaxItemsPath": "$.n"},
    }
    _, maps = distributed({"n": limit}, ItemReader=reader)
    assert maps.requests[0].reader is not None
    assert maps.requests[0].reader.max_items == most


@pytest.mark.parametrize("percentage", ["101", "-1", 100.5])
def test_a_percentage_out_of_bounds_fails_the_state(percentage: Any) -> None:
    """Whether it is a number or a text."""
    result, _ = distributed({"p": percentage}, ToleratedFailurePercentagePath="$.p")
    assert (result.ended.cause or "").endswith("ToleratedFailurePercentage must be between 0 and 100.")


@pytest.mark.parametrize(("seconds", "waited"), [("0", 0), ("90", 90), (5, 5)])
def test_a_text_is_the_seconds_of_a_wait(seconds: Any, waited: float) -> None:
    """The input is handed on as it was."""
    result = execute(one({"Type": "Wait", "SecondsPath": "$.s"}), {"s": seconds})
    assert result.output == {"s": seconds}
    assert result.clock.skipped_seconds == waited


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        ("soon", "cannot be parsed as a long value: $.s == soon"),
        ("1.5", "cannot be parsed as a long value: $.s == 1.5"),
        ("-1", "references a negative value: $.s == -1"),
        (None, "cannot be parsed as a long value: $.s == null"),
    ],
)
def test_other_texts_are_not_the_seconds_of_a_wait(seconds: Any, words: str) -> None:
    """In AWS's words."""
    ended = execute(one({"Type": "Wait", "SecondsPath": "$.s"}), {"s": seconds}).ended
    assert (ended.error, words in (ended.cause or "")) == ("States.Runtime", True)


@pytest.mark.parametrize("field", ["SecondsPath", "TimestampPath"])
def test_a_wait_for_nothing_says_so_in_recorded_words(field: str) -> None:
    """Without Jayway's words on the path."""
    ended = execute(one({"Type": "Wait", field: "$.gone.s"}), {}).ended
    assert (ended.cause or "").endswith(
        f"(entered at the event id #2). The {field} parameter does not reference an input value: $.gone.s"
    )


def test_a_text_is_a_timeout() -> None:
    """A guess from SecondsPath: nothing is recorded."""
    state = {"Type": "Task", "Resource": FUNCTION, "TimeoutSecondsPath": "$.t"}
    result = execute(one(state), {"t": "5"})
    assert result.details("LambdaFunctionScheduled")[0]["timeoutInSeconds"] == 5
    assert execute(one(state), {"t": "0"}).ended.error == "States.Runtime"


@pytest.mark.parametrize("path", ["$.a[*]", "$..a", "$.a[0:1]", "$.a[?(@.b)]", "$$.Execution.Input.a", "$.a[0,1]"])
@pytest.mark.parametrize("field", ["MaxConcurrencyPath", "SecondsPath", "TimestampPath", "TimeoutSecondsPath"])
def test_these_fields_take_reference_paths_only(field: str, path: str) -> None:
    """One place of the input or of a variable; refused at creation."""
    states = {
        "MaxConcurrencyPath": inline(MaxConcurrencyPath=path),
        "TimeoutSecondsPath": one({"Type": "Task", "Resource": FUNCTION, "TimeoutSecondsPath": path}),
    }
    found = faults(states.get(field) or one({"Type": "Wait", field: path}))
    assert len(found) == 1
    assert found[0].startswith(f"States.State.{field} must be a Reference Path")


def test_items_path_alone_takes_the_context_object() -> None:
    """And no wildcard either."""
    assert execute(inline(ItemsPath="$$.Execution.Input.rows"), {"rows": [1, 2]}).output == [1, 2]
    assert "must be a Reference Path" in faults(inline(ItemsPath="$.rows[*]"))[0]
    assert faults(inline(MaxConcurrencyPath="$limit.width")) == []

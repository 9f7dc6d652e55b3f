"""A batch of rows: each is processed, fails and is told by itself."""

from __future__ import annotations

import io
import json
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.shared.batch import MAX_CAUSE, cause_text, row_ends
from lambdas.shared.batch_limits import (
    BATCH_BYTES,
    MAX_ROWS_PER_CHILD,
    MOST_ROWS,
    merge_patch,
    most_row_bytes,
    most_rows,
    tolerated_items,
)
from lambdas.shared.errors import DatabaseError, InvalidRecordError
from lambdas.user_log_processor.batch import NO_TIME, process_batch
from lambdas.user_log_reporter.failed_batches import count_failed_rows

RETRIES = 8


class Rows:
    """A processor: `failures` are raised by rows, each so many times; every row takes a time."""

    def __init__(self, failures: dict[int, list[Exception]] | None = None, *, seconds: float = 0.0) -> None:
        self.failures = failures or {}
        self.seconds = seconds
        self.left = 10.0
        self.done: list[int] = []
        self.noted: list[tuple[int, str, str]] = []

    def get_remaining_time_in_millis(self) -> int:
        """Lambda's context says how much time is left."""
        return int(self.left * 1000)

    def process(self, row: Any, _context: Any) -> dict[str, Any]:
        """Process a row."""
        self.left -= self.seconds
        failures = self.failures.get(row["rowIndex"])
        if failures:
            raise failures.pop(0)
        self.done.append(row["rowIndex"])
        return {"userId": row["userId"], "status": "success"}

    def note(self, row: Any, error: str, cause: str) -> str | None:
        """Note a failure; that of row 5 cannot be kept."""
        self.noted.append((row["rowIndex"], error, cause))
        return "EndpointConnectionError" if row["rowIndex"] == 5 else None

    def call(self, count: int = 3, retry: int = 0) -> dict[str, Any]:
        """Call it with a batch of so many rows."""
        event = {"Items": [row(index) for index in range(count)], "retryCount": retry, "mostRetries": RETRIES}
        context: Any = self
        return process_batch(event, context, self.process, self.note)


def row(index: int) -> dict[str, Any]:
    """Return a row of a batch."""
    return {"rowIndex": index, "userId": f"U{index}", "executionName": "run"}


def test_a_batch_of_good_rows_answers_for_each() -> None:
    """Nothing failed, nothing is noted."""
    rows = Rows()
    answer = rows.call()
    assert answer == {
        "rows": [{"rowIndex": index, "userId": f"U{index}", "status": "success"} for index in range(3)],
        "failed": 0,
    }
    assert rows.noted == []


def test_a_bad_row_does_not_stop_its_neighbours() -> None:
    """Its child fails at once, by an error that is not tried again, and says which row it was."""
    rows = Rows({1: [InvalidRecordError("投稿回数 is blank")]})
    answer = rows.call()
    assert (rows.done, rows.noted) == ([0, 2], [(1, "InvalidRecordError", "投稿回数 is blank")])
    assert (answer["failed"], answer["Error"]) == (1, "RowsFailed")
    ends = row_ends({"Items": [row(0), row(1), row(2)]}, status="FAILED", error=answer["Error"], cause=answer["Cause"])
    assert [(end.index, end.status, end.error) for end in ends] == [
        (0, "SUCCEEDED", None),
        (1, "FAILED", "InvalidRecordError"),
        (2, "SUCCEEDED", None),
    ]
    assert (ends[1].cause, ends[0].output) == ("投稿回数 is blank", {"userId": "U0", "status": "success"})


def test_an_outage_of_one_row_repeats_the_call_after_all_rows_have_had_their_turn() -> None:
    """And nothing is noted of rows that may still succeed."""
    rows = Rows({0: [DatabaseError("gone")], 1: [InvalidRecordError("bad")] * 2})
    with pytest.raises(DatabaseError, match=r"1 of 3 rows: gone"):
        rows.call()
    assert (rows.done, rows.noted) == ([2], [])
    answer = rows.call(retry=1)
    assert (answer["failed"], answer["Error"], rows.done) == (1, "RowsFailed", [2, 0, 2])


def test_the_last_attempt_answers_whatever_came_of_it() -> None:
    """A child with a row that an outage failed has the error by which outages are counted."""
    rows = Rows({0: [DatabaseError("gone")], 1: [InvalidRecordError("bad")]})
    answer = rows.call(retry=RETRIES)
    assert (answer["failed"], answer["Error"]) == (2, "DatabaseError")
    assert rows.noted == [(0, "DatabaseError", "gone"), (1, "InvalidRecordError", "bad")]


def test_no_row_is_begun_without_time_to_end_it() -> None:
    """The function is not killed in the middle of one: the rest is for the next attempt."""
    rows = Rows(seconds=3.0)
    with pytest.raises(DatabaseError, match="no time left"):
        rows.call(count=5)
    assert rows.done == [0, 1, 2]
    rows.left = 10.0
    ends = json.loads(rows.call(count=5, retry=RETRIES)["Cause"])["rows"]
    assert [end.get("cause") for end in ends] == [None, None, None, NO_TIME, NO_TIME]


def test_an_item_that_could_not_be_kept_is_told() -> None:
    """So that `verify` does not miss it."""
    rows = Rows({5: [InvalidRecordError("bad")]})
    answer = rows.call(count=6)
    items = [row(index) for index in range(6)]
    ends = row_ends({"Items": items}, status="FAILED", error="RowsFailed", cause=answer["Cause"])
    assert [end.unlogged for end in ends] == [None] * 5 + ["EndpointConnectionError"]


@given(st.lists(st.text(max_size=3_000), max_size=MAX_ROWS_PER_CHILD))
def test_a_cause_is_never_too_long_and_names_every_row(causes: list[str]) -> None:
    """Whatever the rows' own causes are; what is cut is their end."""
    rows = [{"rowIndex": index, "error": "InvalidRecordError", "cause": cause} for index, cause in enumerate(causes)]
    text = cause_text(rows)
    assert len(text) <= MAX_CAUSE
    items = {"Items": [{"rowIndex": index} for index in range(len(causes))]}
    ends = row_ends(items, status="FAILED", error="RowsFailed", cause=text)
    assert all(cause.startswith(end.cause or "") for cause, end in zip(causes, ends, strict=True))


def test_a_hundred_bad_rows_keep_their_causes_whole() -> None:
    """The longest that the processor says of a value, in Japanese."""
    cause = f"ログイン回数 must be a whole number in the digits 0-9: '{'あ' * 50}'"
    rows = [{"rowIndex": 999_900 + index, "error": "InvalidRecordError", "cause": cause} for index in range(100)]
    assert json.loads(cause_text(rows))["rows"] == rows


@pytest.mark.parametrize("cause", [None, "", "Rate exceeded", "{", '{"errorMessage": "x"}', '{"rows": 1}', "[]"])
def test_a_child_that_tells_nothing_of_its_rows_failed_with_all_of_them(cause: str | None) -> None:
    """Lambda was away, or the time was over."""
    ends = row_ends({"Items": [row(0), row(1)]}, status="FAILED", error="States.Timeout", cause=cause)
    assert [(end.index, end.status, end.error, end.cause) for end in ends] == [
        (0, "FAILED", "States.Timeout", cause),
        (1, "FAILED", "States.Timeout", cause),
    ]


def test_a_single_row_ends_as_its_child() -> None:
    """An input without Items is that of a row."""
    (end,) = row_ends(row(7), status="FAILED", error="E", cause='{"rows": []}')
    assert (end.index, end.error, end.cause) == (7, "E", '{"rows": []}')


def test_limits_follow_from_children_and_rows() -> None:
    """The design's at 5 x 1; the average time of a child is the same at every other choice, up to what memory holds."""
    assert most_rows(5, 1) == 100_000
    assert (most_rows(1, 1), most_rows(4, 1), most_rows(49, 1)) == (20_000, 80_000, 980_000)
    assert (most_rows(50, 1), most_rows(5, 10), most_rows(1000, 100)) == (MOST_ROWS,) * 3
    assert most_rows(1, 7) == 140_000
    assert (most_row_bytes(1), most_row_bytes(2), most_row_bytes(100)) == (262_144, BATCH_BYTES - 12, BATCH_BYTES - 12)
    assert (tolerated_items(50, 1), tolerated_items(50, 100)) == (50, 5_000)


@given(st.integers(1, MAX_ROWS_PER_CHILD), st.integers(0, 120), st.integers(0, 120))
def test_the_map_run_never_stops_within_the_tolerance(rows_per_child: int, failed_batches: int, short: int) -> None:
    """If more items of failed batches are counted than it tolerates, more than 50 rows have failed, one in each."""
    items = failed_batches * rows_per_child - min(short, failed_batches * (rows_per_child - 1))
    if items > tolerated_items(50, rows_per_child):
        assert failed_batches > 50


def test_a_merge_patch_changes_and_takes_away() -> None:
    """RFC 7396, the examples of its appendix that JSON objects need."""
    assert merge_patch({"a": "b"}, {"a": "c"}) == {"a": "c"}
    assert merge_patch({"a": "b", "b": "c"}, {"a": None}) == {"b": "c"}
    assert merge_patch({"a": ["b"]}, {"a": "c"}) == {"a": "c"}
    assert merge_patch({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}) == {"a": {"b": "d"}}
    assert merge_patch({}, {"a": {"bb": {"ccc": None}}}) == {"a": {"bb": {}}}
    assert merge_patch(["a", "b"], {"a": "b"}) == {"a": "b"}


@pytest.mark.parametrize(
    ("failed", "rows", "exceeded"),
    [
        (0, 1, False),
        (1, 20, False),
        (1, 19, True),
        (50, 1_000, False),
        (50, 999, True),
        (50, 2_000, False),
        (51, 2_000, True),
    ],
)
def test_the_tolerance_is_by_rows(failed: int, rows: int, exceeded: bool) -> None:
    """Strictly more than 5 % or 50 rows, however many of their neighbours are in the failed batches."""
    files = {"manifest": {"ResultFiles": {"FAILED": [{"Key": "failed"}] if failed else [], "PENDING": []}}}
    files["failed"] = [  # type: ignore[assignment]
        {
            "Input": json.dumps({"Items": [row(2 * index), row(2 * index + 1)]}),
            "Status": "FAILED",
            "Error": "RowsFailed",
            "Cause": cause_text(
                [
                    {"rowIndex": 2 * index, "error": "InvalidRecordError", "cause": "bad"},
                    {"rowIndex": 2 * index + 1, "status": "success"},
                ]
            ),
        }
        for index in range(failed)
    ]

    def get_object(*, Bucket: str, Key: str) -> Any:  # noqa: N803 - S3's names
        assert Bucket == "out"
        body = io.BytesIO(json.dumps(files[Key]).encode())
        return {"Body": SimpleNamespace(read=body.read, close=body.close, iter_chunks=lambda _size: [body.read()])}

    client: Any = SimpleNamespace(get_object=get_object)
    question = {"bucket": "out", "manifest": "manifest", "rowCount": rows}
    answer = count_failed_rows(client, {**question, "toleratedFailureCount": 50, "toleratedFailurePercentage": 5})
    assert (answer["failed"], answer["exceeded"]) == (failed, exceeded)
    assert answer["cause"] == f"{failed:,} of {rows:,} rows failed; 5 % and 50 rows are tolerated."

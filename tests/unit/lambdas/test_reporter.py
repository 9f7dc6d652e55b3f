"""The reporter's parts: result files, outcomes, the summary, the message."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.user_log_reporter.failed_rows import NEVER_DONE, Failure, failed_rows
from lambdas.user_log_reporter.result_files import json_array, manifest_key
from lambdas.user_log_reporter.row_outcomes import RowOutcomes
from lambdas.user_log_reporter.summary import Tally, message, next_step
from lambdas.user_log_reporter.text_stream import TextStream
from tests.rows import upload

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.lists(values, max_size=5), st.integers(1, 9), st.booleans())
def test_an_array_is_read_wherever_it_is_cut(elements: list[Any], size: int, spaced: bool) -> None:
    """Within characters, numbers and words, too; with and without spaces."""
    data = json.dumps(elements, indent=1 if spaced else None, ensure_ascii=False).encode("utf-8", "surrogatepass")
    try:
        data.decode()
    except UnicodeDecodeError:
        return
    assert list(json_array(data[at : at + size] for at in range(0, len(data), size))) == elements


@pytest.mark.parametrize("data", [b"", b"{}", b"[", b"[1", b'[{"a": ', b"[1,"])
def test_what_is_not_a_whole_array_is_refused(data: bytes) -> None:
    """A file that was cut off is not taken for one with fewer rows."""
    with pytest.raises(ValueError, match="a result file"):
        list(json_array([data]))


def test_the_manifest_of_a_redriven_run_lies_below_its_redrive() -> None:
    """The latest lists what has not succeeded yet."""
    arn = "arn:aws:states:r:a:mapRun:m/UserLogs:uuid"
    assert manifest_key("results/", arn, 0) == "results/uuid/manifest.json"
    assert manifest_key("results/", arn, 2) == "results/uuid/Redrive-2/manifest.json"


@pytest.mark.parametrize(("others_are_done", "others"), [(True, None), (False, NEVER_DONE)])
def test_outcomes_are_kept_by_row(others_are_done: bool, others: Failure | None) -> None:
    """What is told last counts; of the rest, what the source means by silence."""
    outcomes = RowOutcomes(io.BytesIO(), others_are_done=others_are_done)
    outcomes.failed(3, "E", "c" * 5_000)
    outcomes.failed(1, "F", "ん")
    outcomes.never_done(2)
    outcomes.failed(4, "G", "")
    outcomes.done(4)
    assert outcomes.failure(0, 0) is others
    assert outcomes.failure(1, 0) == Failure("F", "ん")
    assert outcomes.failure(2, 0) is NEVER_DONE
    assert outcomes.failure(3, 0) == Failure("E", "c" * 2_000)
    assert outcomes.failure(4, 0) is None
    assert outcomes.failure(5, 0) is others


def test_the_summary_counts_what_is_written() -> None:
    """Grouped by what the causes have in common; the most frequent first."""
    outcomes = RowOutcomes(io.BytesIO(), others_are_done=True)
    outcomes.failed(0, "DatabaseError", "gone")
    outcomes.failed(1, "UserNotFoundError", "There is no user 'U1'.")
    outcomes.failed(3, "UserNotFoundError", "There is no user 'U3'.")
    outcomes.never_done(4)
    tally = Tally(outcomes)
    text = "".join(failed_rows([upload("A,1,1", "B,1,1", "C,1,1", "D,1,1", "E,1,1").encode()], tally, "run"))
    assert text.count("\r\n") == 5
    assert tally.counts == {"total": 5, "succeeded": 1, "failed": 3, "notStarted": 1, "lostToOutage": 1}
    assert tally.reasons == [
        {"error": "UserNotFoundError", "count": 2, "example": {"line": 3, "cause": "There is no user 'U1'."}},
        {"error": "DatabaseError", "count": 1, "example": {"line": 2, "cause": "gone"}},
    ]


COUNTS = {"total": 9, "succeeded": 9, "failed": 0, "notStarted": 0, "lostToOutage": 0}


@pytest.mark.parametrize(
    ("status", "has_map_run", "changes", "words"),
    [
        ("SUCCEEDED", True, {}, "Nothing"),
        ("SUCCEEDED", True, {"failed": 1}, "Correct the rows"),
        ("SUCCEEDED", True, {"failed": 1, "lostToOutage": 1}, "as it is"),
        ("SUCCEEDED", True, {"failed": 2, "lostToOutage": 1}, "Correct the rows"),
        ("FAILED", True, {"failed": 5, "notStarted": 4}, "redrive"),
        ("FAILED", False, {}, "rejected/"),
        ("ABORTED", True, {"notStarted": 4}, "redrive"),
    ],
)
def test_the_next_step_fits_the_end(status: str, has_map_run: bool, changes: dict[str, int], words: str) -> None:
    """A text that has a file sent again says what that means."""
    text = next_step(status, has_map_run=has_map_run, counts=COUNTS | changes)
    assert words in text
    assert ("new time" in text) == (has_map_run and bool(changes))


def test_the_message_has_no_data_of_a_row() -> None:
    """A cause quotes values; SNS wants a subject in ASCII, on one line, of at most 100 characters."""
    document = {
        "status": "SUCCEEDED",
        "execution": "run",
        "bucket": "in",
        "key": f"a/売上\n{'x' * 200}.csv",
        "rows": COUNTS | {"failed": 1, "succeeded": 8},
        "reasons": [{"error": "E", "count": 1, "example": {"line": 3, "cause": "secret@example.com"}}],
        "next": "Do it.",
        "files": ["s3://out/reports/run/summary.json"],
    }
    subject, text = message(document)
    assert subject.isascii()
    assert subject.isprintable()
    assert len(subject) == 100
    assert "secret" not in text
    assert "1 x E" in text
    assert "8 of 9 succeeded, 1 failed" in text


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",)))), st.integers(1, 7))
def test_a_text_is_read_as_a_file(pieces: list[str], size: int) -> None:
    """Each read but the last gives as much as was asked for: S3 refuses a part that is too small."""
    stream, parts = TextStream(iter(pieces)), []
    while part := stream.read(size):
        parts.append(part)
    assert b"".join(parts) == "".join(pieces).encode()
    assert all(len(part) == size for part in parts[:-1])
    assert TextStream(iter(pieces)).read() == "".join(pieces).encode()

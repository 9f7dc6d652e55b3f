"""Questions about a run, answered from its folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from lambdas.user_log_reporter.reasons import group_text, person_text, split_cause
from simulator.runs.failure_reasons import MAX_REASONS, OTHER, ReasonTally
from simulator.runs.folder.history_reader import states_passed
from simulator.runs.folder.run_folder import RunFolder
from simulator.runs.folder.run_record import RunRecord
from simulator.runs.outcome import findings
from simulator.runs.recovery import recovered
from simulator.runs.row_story import row_story
from tests.rows import totals
from tests.unit.runs.made_runs import NAME, THREE_ROWS, child, execution, failed_child, finished_run, map_run, recorder

if TYPE_CHECKING:
    from pathlib import Path


def entered(name: str, kind: str = "Pass") -> dict[str, object]:
    """A state is entered."""
    return {"type": f"{kind}StateEntered", "timestamp": "t1", "stateEnteredEventDetails": {"name": name}}


def exited(name: str, kind: str = "Pass") -> dict[str, object]:
    """A state is left."""
    return {"type": f"{kind}StateExited", "timestamp": "t2", "stateExitedEventDetails": {"name": name}}


def test_states_show_where_a_run_failed() -> None:
    """The last state that was entered and not left is the one that failed."""
    visits = states_passed(
        [entered("A"), exited("A"), entered("B", "Map"), {"type": "ExecutionFailed", "timestamp": "t3"}]
    )
    assert [(visit.name, visit.kind, visit.status) for visit in visits] == [
        ("A", "Pass", "SUCCEEDED"),
        ("B", "Map", "FAILED"),
    ]


def test_a_redriven_state_runs_again() -> None:
    """It has no second entry in the history."""
    events = [entered("B"), {"type": "ExecutionFailed", "timestamp": "t"}, {"type": "ExecutionRedriven"}]
    assert states_passed(events)[0].status == "RUNNING"
    assert states_passed([*events, exited("B")])[0].status == "SUCCEEDED"


def test_findings_of_a_rejected_file_have_their_lines() -> None:
    """As the validator gave them."""
    cause = json.dumps([{"line": 3, "message": "two columns"}, {"line": None, "message": "no header"}])
    record = RunRecord(name="x", status="FAILED", error="ValidationFailed", cause=cause)
    assert [(one.line, one.message) for one in findings(record)] == [(3, "two columns"), (None, "no header")]


def test_a_cause_that_was_cut_off_is_shown_as_it_is() -> None:
    """States keep 32,768 characters of a cause."""
    record = RunRecord(name="x", status="FAILED", error="ValidationFailed", cause='[{"line": 3, "mess')
    assert findings(record)[0].message == '[{"line": 3, "mess'


def test_a_lambda_payload_reads_as_its_message() -> None:
    """On one line, without control characters."""
    assert person_text('{"errorMessage": "a\\nb\\u001b[31m", "errorType": "X"}') == "a b [31m"
    assert person_text(None) == ""
    assert person_text("{no json") == "{no json"


def test_causes_that_differ_in_values_only_are_one_group() -> None:
    """Quoted values and words with digits differ from row to row."""
    assert group_text("User 'U1' at 10:30 is unknown") == group_text("User 'ab c' at 11:45 is unknown")
    assert group_text("no user") != group_text("no table")
    assert group_text("The user 'a' is on line 17 already") == group_text("The user 'b' is on line 180 already")
    assert group_text("Task timed out after 3.01 seconds") == group_text("Task timed out after 12.50 seconds")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The row has 3 columns, not 2: 'a,b'.", "The row has 3 columns, not 4: 'a,b,c,d'."),
        ('relation "users" does not exist', 'relation "statistics" does not exist'),
        ("status 404: no", "status 503: no"),
    ],
)
def test_causes_that_ask_for_different_repairs_are_not_one_group(one: str, other: str) -> None:
    """Numbers and names that do not come from the row stay."""
    assert group_text(one) != group_text(other)


def test_a_pattern_shows_the_values_that_all_its_causes_share() -> None:
    """`larger than 2147483647`, not `larger than #`."""
    first, second = split_cause("x is larger than 2147483647: '5'"), split_cause("x is larger than 2147483647: '6'")
    assert first.text == "x is larger than 2147483647: '5'"
    assert first.shared_with(second).text == "x is larger than 2147483647: '…'"
    assert first.shared_with(second).shared_with(first).text == "x is larger than 2147483647: '…'"
    assert first.shared_with(second).group == first.group
    assert split_cause("").text == ""


def test_the_number_of_reasons_is_limited() -> None:
    """Memory stays flat when each cause is of its own kind."""
    tally = ReasonTally({"error": "E", "cause": "x" * number} for number in range(MAX_REASONS + 50))
    reasons = tally.reasons()
    assert len(reasons) == MAX_REASONS + 1
    assert reasons[0].error == OTHER
    assert sum(reason.count for reason in reasons) == MAX_REASONS + 50


def test_a_row_has_its_text_attempts_audit_items_and_logs(tmp_path: Path) -> None:
    """Only its own: row 1 is not row 11."""
    finished_run(tmp_path, THREE_ROWS, child(0, 2), failed_child(1, 3))
    folder = RunFolder(tmp_path, NAME)
    audit = [{"timestamp": f"2025-08-02T09:30:00Z#{index}#login_update"} for index in (0, 1, 11)]
    folder.audit_file.write_text("".join(json.dumps(item) + "\n" for item in audit))
    logs = [
        {"requestId": "r1", "message": "START"},
        {"requestId": "r1", "message": {"rowIndex": 1}},
        {"requestId": "r11", "message": {"rowIndex": 11}},
        {"message": "r1"},
    ]
    folder.logs_file.write_text("".join(json.dumps(item, separators=(",", ":")) + "\n" for item in logs))
    story = row_story(folder, line=3)
    assert story is not None
    assert (story.index, story.fields, len(story.items)) == (1, ["U2", *totals("x", "2", "0")], 1)
    assert story.audit == [audit[1]]
    assert story.logs == logs[:2]


def test_a_row_that_never_started_still_has_its_text(tmp_path: Path) -> None:
    """By line or by index."""
    finished_run(tmp_path, THREE_ROWS, child(0, 2))
    folder = RunFolder(tmp_path, NAME)
    by_line, by_index = row_story(folder, line=4), row_story(folder, index=2)
    assert by_line is not None
    assert by_index is not None
    assert (by_line.index, by_index.line, by_line.fields) == (2, 4, ["U3", *totals("3", "4", "0")])
    assert row_story(folder, line=99) is None
    assert row_story(folder, line=1) is None


def test_an_interrupted_run_gets_its_counts_and_failed_rows(tmp_path: Path) -> None:
    """Its process died; the next command that looks puts the folder in order."""
    writer = recorder(tmp_path)
    writer.execution_started(execution())
    writer.map_run_changed(map_run(total=3))
    writer.child_ended(child(0, 2))
    writer.child_ended(failed_child(1, 3))
    writer.close()
    folder = RunFolder(tmp_path, NAME)
    record = recovered(folder)
    assert (record.status, record.rows.succeeded, record.rows.failed, record.rows.pending) == ("INTERRUPTED", 1, 1, 1)
    assert folder.failed_rows_file.read_text(encoding="utf-8-sig").count("\n") == 3
    assert folder.record_as_written().status == "INTERRUPTED"


@pytest.mark.parametrize(
    ("kind", "details", "end"),
    [
        ("ExecutionSucceeded", {"output": "{}"}, ("SUCCEEDED", None, None)),
        ("ExecutionFailed", {"error": "E", "cause": "why"}, ("FAILED", "E", "why")),
        ("ExecutionAborted", {}, ("ABORTED", None, None)),
        ("ExecutionTimedOut", {}, ("TIMED_OUT", None, None)),
    ],
)
def test_a_run_killed_between_its_end_and_its_last_line_has_ended(
    tmp_path: Path, kind: str, details: dict[str, str], end: tuple[str, str | None, str | None]
) -> None:
    """The history has the end; nothing of it is to be run again."""
    writer = recorder(tmp_path)
    writer.execution_started(execution())
    writer.map_run_changed(map_run(total=1))
    writer.child_ended(child(0, 2))
    writer.history_event(execution().arn, {"id": 1, "type": "MapRunSucceeded", "timestamp": "2025-08-02T09:31:00Z"})
    event = {"id": 2, "type": kind, "timestamp": "2025-08-02T09:31:01Z", f"e{kind[1:]}EventDetails": details}
    writer.history_event(execution().arn, event)
    writer.close()
    record = recovered(RunFolder(tmp_path, NAME))
    assert (record.status, record.error, record.cause) == end
    assert record.stopped == "2025-08-02T09:31:01Z"
    assert record.map_run is not None
    assert record.map_run.status == "SUCCEEDED"
    assert RunFolder(tmp_path, NAME).record().status == end[0]


def test_a_run_that_goes_on_is_not_touched(tmp_path: Path) -> None:
    """Looking at it must not end it."""
    writer = recorder(tmp_path)
    writer.execution_started(execution())
    assert recovered(RunFolder(tmp_path, NAME)).status == "RUNNING"
    assert not RunFolder(tmp_path, NAME).failed_rows_file.exists()
    writer.close()

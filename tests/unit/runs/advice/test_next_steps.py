"""The first step is the one that helps: by what went wrong, not by the run's status."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from simulator.runs.advice.next_steps import next_steps
from simulator.runs.advice.step import Action
from simulator.runs.folder.run_record import (
    BREACHED_ERROR,
    INTERRUPTED,
    FailureReason,
    MapRunNote,
    Origin,
    RowCounts,
    RunRecord,
)
from simulator.runs.folder.times import moment_text
from simulator.runs.store import RunStore

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.runs.folder.run_folder import RunFolder

SOME_FAILED = RowCounts(total=10, succeeded=6, failed=3, pending=1)
NONE_STARTED = RowCounts(total=10, pending=10)
ALL_DONE = RowCounts(total=10, succeeded=7, failed=3)


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    """A run's folder with the file and its failed rows."""
    made = RunStore(tmp_path).folder("r")
    made.path.mkdir()
    made.input_file.write_text("x")
    made.failed_rows_file.write_text("x")
    return made


def _record(status: str, rows: RowCounts = SOME_FAILED, **changed: Any) -> RunRecord:
    stopped = moment_text(datetime.now(UTC))
    record = RunRecord(name="r", status=status, rows=rows, map_run=MapRunNote(), stopped=stopped, **changed)
    record.source.key = "kyoto.csv"
    return record


@pytest.mark.parametrize(
    ("record", "actions", "words"),
    [
        (_record("FAILED", error=BREACHED_ERROR, outage_rows=3), [Action.REDRIVE], "Once the outage is over"),
        (
            _record("FAILED", error=BREACHED_ERROR, outage_rows=2),
            [Action.REDRIVE, Action.CORRECT],
            "Once the outage is over",
        ),
        (_record("FAILED", error=BREACHED_ERROR), [Action.CORRECT, Action.REDRIVE], "Correct the rows"),
        (_record(INTERRUPTED, NONE_STARTED), [Action.REDRIVE], "ended from outside"),
        (_record("ABORTED", NONE_STARTED), [Action.REDRIVE], "was stopped"),
        (_record("TIMED_OUT", NONE_STARTED), [Action.REDRIVE], "longer than its limit"),
        (_record("FAILED", NONE_STARTED, error="S3.NoSuchBucket"), [Action.REDRIVE], "Repair what the error names"),
        (_record("SUCCEEDED", ALL_DONE), [Action.CORRECT], "Correct the rows"),
        (_record("SUCCEEDED", ALL_DONE, outage_rows=3), [Action.SEND_FAILED_ROWS], "again as it is"),
        (_record("SUCCEEDED", ALL_DONE, outage_rows=1), [Action.CORRECT], "The other 2 rows in it are wrong"),
        (_record("SUCCEEDED", RowCounts(total=10, succeeded=10)), [], ""),
        (_record("RUNNING"), [], ""),
    ],
)
def test_an_outage_or_a_kill_is_redriven_and_wrong_rows_are_corrected(
    folder: RunFolder, record: RunRecord, actions: list[Action], words: str
) -> None:
    """The most useful first."""
    steps = next_steps(folder, record)
    assert [step.action for step in steps] == actions
    assert all(words in step.text for step in steps[:1])


def test_a_run_too_old_for_a_redrive_sends_what_was_not_done_again(folder: RunFolder) -> None:
    """AWS redrives for 14 days; failed-rows.csv has no such limit."""
    old = _record(INTERRUPTED, RowCounts(total=10, pending=10))
    old.stopped = moment_text(datetime.now(UTC) - timedelta(days=15))
    (step,) = next_steps(folder, old)
    assert (step.action, step.words) == (Action.SEND_FAILED_ROWS, ("run", folder.failed_rows_file))


def test_a_run_that_never_came_to_its_rows_is_run_again(folder: RunFolder) -> None:
    """There is no Map Run to redrive; without the file, a person uploads it."""
    record = _record("FAILED", RowCounts(), error="Lambda.Unknown")
    record.map_run = None
    folder.failed_rows_file.unlink()
    (step,) = next_steps(folder, record)
    assert (step.action, step.words) == (Action.RUN_AGAIN, ("run", folder.input_file, "--key=kyoto.csv"))
    folder.input_file.unlink()
    assert [(one.action, one.words) for one in next_steps(folder, record)] == [(Action.UPLOAD, ())]


@pytest.mark.parametrize(
    ("record", "commands"),
    [
        (_record("FAILED", error=BREACHED_ERROR, outage_rows=3), ["aws stepfunctions redrive-execution"]),
        (_record("FAILED", error=BREACHED_ERROR), ["aws s3 cp", "aws stepfunctions redrive-execution"]),
        (_record("SUCCEEDED", ALL_DONE, outage_rows=3), ["aws s3 cp"]),
        (_record("FAILED", RowCounts(), error="S3.NoSuchBucket").model_copy(update={"map_run": None}), [""]),
    ],
)
def test_a_run_on_aws_is_never_run_again_here(folder: RunFolder, record: RunRecord, commands: list[str]) -> None:
    """Its steps have the AWS CLI's commands, with the region of the run, and none of the simulator."""
    there = record.model_copy(update={"origin": Origin(region="eu-west-1"), "arn": "arn:x"})
    steps = next_steps(folder, there)
    assert [step.words for step in steps] == [()] * len(commands)
    for step, command in zip(steps, commands, strict=True):
        assert step.on_aws.startswith(command)
        assert step.on_aws.endswith("--region eu-west-1") == bool(command)


def test_unknown_users_of_a_run_on_aws_are_loaded_there(folder: RunFolder) -> None:
    """The simulator's database has nothing to do with it."""
    reason = FailureReason(error="UserNotFoundError", cause="no such user", count=10)
    record = _record("FAILED", RowCounts(total=10, failed=10), error=BREACHED_ERROR, reasons=[reason])
    first = next_steps(folder, record.model_copy(update={"origin": Origin()}))[0]
    assert (first.action, first.words, first.on_aws) == (Action.CREATE_USERS, (), "")
    assert "docs/deploy.md" in first.text

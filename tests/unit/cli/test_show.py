"""`runs` and `show`: a person finds out what happened, from the folders alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from simulator.runs.folder.run_folder import RunFolder
from tests.rows import totals
from tests.unit.runs.made_runs import NAME, THREE_ROWS, child, failed_child, finished_run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Outcome


@pytest.fixture
def failed_run(home: Path) -> RunFolder:
    """A run that breached its tolerance: one row failed, one was never started."""
    finished_run(
        home / "runs",
        THREE_ROWS,
        child(0, 2),
        failed_child(1, 3),
        status="FAILED",
        error="States.ExceedToleratedFailureThreshold",
        cause="The specified tolerated failure threshold was exceeded",
    )
    return RunFolder(home / "runs", NAME)


def test_without_runs_the_first_command_is_told(simulator: Callable[..., Outcome]) -> None:
    """A newcomer's first look is not an error."""
    outcome = simulator("runs", "--json")
    assert (outcome.code, outcome.document) == (0, {"runs": [], "total": 0})
    assert "run sample.csv" in outcome.err


def test_runs_are_listed_with_their_file_and_status(simulator: Callable[..., Outcome], failed_run: RunFolder) -> None:
    """One line a run, for people and for programs."""
    outcome = simulator("runs", "--json")
    (run,) = outcome.document["runs"]
    assert (run["executionName"], run["status"], run["key"], run["rows"]["failed"]) == (NAME, "FAILED", "a.csv", 1)
    assert NAME in outcome.err


def test_rows_lost_to_an_outage_are_told_in_a_run_that_succeeded(simulator: Callable[..., Outcome], home: Path) -> None:
    """By `runs` and by `show`, with the command that brings them back; a program finds their number."""
    lost = failed_child(1, 3, "PostgreSQL is away", error="DatabaseError")
    finished_run(home / "runs", THREE_ROWS, child(0, 2), lost, child(2, 4))
    shown = simulator("show", "latest", "--json")
    assert "OUTAGE" in shown.err
    assert "1 row is missing from the database because of an outage" in shown.err
    assert "send failed-rows.csv again as it is" in shown.err
    assert (shown.document["status"], shown.document["outageRows"]) == ("SUCCEEDED", 1)
    listed = simulator("runs", "--json")
    assert "OUTAGE" in listed.err
    assert listed.document["runs"][0]["outageRows"] == 1


def test_rows_that_are_wrong_are_no_outage(simulator: Callable[..., Outcome], home: Path) -> None:
    """A success within the tolerance is called one."""
    finished_run(home / "runs", THREE_ROWS, child(0, 2), failed_child(1, 3), child(2, 4))
    shown = simulator("show", "latest", "--json")
    assert "SUCCEEDED" in shown.err
    assert "outage" not in shown.err
    assert shown.document["outageRows"] == 0


def test_show_explains_a_breached_tolerance_and_what_to_do(
    simulator: Callable[..., Outcome], failed_run: RunFolder
) -> None:
    """In words, with the row, its cause, the file to correct and the command to type."""
    outcome = simulator("show", "latest")
    assert outcome.code == 0
    assert outcome.out == ""
    assert "a run fails when more than 5 %" in outcome.err
    assert "bad value 'x'" in outcome.err
    assert "line 3" in outcome.err
    assert f"run {failed_run.failed_rows_file}" in outcome.err


def test_show_prints_one_document(simulator: Callable[..., Outcome], failed_run: RunFolder) -> None:
    """With what `run --json` has, the states and the failed rows."""
    document = simulator("show", NAME, "--json").document
    assert document["executionName"] == NAME
    assert document["rows"] == {"total": 3, "succeeded": 1, "failed": 1, "pending": 1, "superseded": 0}
    assert document["durationMs"] == 2000
    assert [item["line"] for item in document["failed"]] == [3]
    assert document["failedRows"] == str(failed_run.failed_rows_file)


@pytest.mark.parametrize("option", [("--row", "3"), ("--index", "1")])
def test_one_row_is_shown_with_all_there_is(
    simulator: Callable[..., Outcome], failed_run: RunFolder, option: tuple[str, str]
) -> None:
    """Its fields by name, each attempt, the error."""
    outcome = simulator("show", "latest", *option, "--json")
    assert outcome.document["fields"] == ["U2", *totals("x", "2", "0")]
    assert "ログイン回数: 'x'" in outcome.err
    assert "LogError" in outcome.err
    assert "bad value 'x'" in outcome.err


@pytest.mark.parametrize(
    "arguments", [("show", "nowhere"), ("show", "latest", "--row", "99"), ("show", "--row", "1", "--index", "1")]
)
def test_what_is_not_there_is_said_in_a_sentence(
    simulator: Callable[..., Outcome], failed_run: RunFolder, arguments: tuple[str, ...]
) -> None:
    """Exit code 2, no traceback, and a document all the same."""
    outcome = simulator(*arguments, "--json")
    assert outcome.code == 2
    assert outcome.document["error"] == "Usage"
    assert "Traceback" not in outcome.err


def test_a_rejected_file_shows_its_findings_by_line(simulator: Callable[..., Outcome], home: Path) -> None:
    """It is called rejected, and no row of it is called failed."""
    cause = json.dumps([{"line": 3, "message": "The row has 2 columns"}])
    finished_run(home / "runs", THREE_ROWS, status="FAILED", error="ValidationFailed", cause=cause)
    outcome = simulator("show", "--json")
    assert "REJECTED" in outcome.err
    assert "line 3: The row has 2 columns" in outcome.err
    assert outcome.document["findings"] == [{"line": 3, "message": "The row has 2 columns"}]


def test_when_most_users_are_unknown_both_ways_out_are_named(simulator: Callable[..., Outcome], home: Path) -> None:
    """The commonest mishap with a file of one's own."""
    unknown = [failed_child(index, index + 2, "no user", error="UserNotFoundError") for index in range(2)]
    finished_run(home / "runs", THREE_ROWS, *unknown, child(2, 4), status="FAILED", error="e")
    err = simulator("show").err
    assert "users load" in err
    assert "--create-users" in err


def test_nothing_from_a_file_steers_the_terminal(simulator: Callable[..., Outcome], home: Path) -> None:
    """Escape sequences, markup and right-to-left overrides in a row are shown, not obeyed."""
    nasty = "\x1b]0;owned\x07[bold red]x[/] \u202e \x9b31m"
    finished_run(
        home / "runs",
        f"ユーザーID,ログイン回数,投稿回数\n{nasty},1,2\n",
        failed_child(0, 2, nasty, input={"userId": nasty}),
    )
    for arguments in (("show",), ("show", "--row", "2"), ("runs",)):
        err = simulator(*arguments).err
        assert "\x1b" not in err
        assert "\x9b" not in err
        assert "\u202e" not in err
    assert "[bold red]x[/]" in simulator("show").err


def test_an_interrupted_run_is_put_in_order_when_looked_at(simulator: Callable[..., Outcome], home: Path) -> None:
    """Its process is gone; its failed and missing rows are not."""
    finished_run(home / "runs", THREE_ROWS, failed_child(1, 3))
    folder = RunFolder(home / "runs", NAME)
    folder.failed_rows_file.unlink()
    record = folder.record()
    record.status, record.stopped = "RUNNING", None
    folder.write_record(record)
    document = simulator("show", "--json").document
    assert (document["status"], document["rows"]["pending"]) == ("INTERRUPTED", 2)
    assert folder.failed_rows_file.exists()


def test_a_stdout_that_cannot_be_written_is_said(simulator: Callable[..., Outcome], home: Path) -> None:
    """A full disk, for one, or a reader that has gone away."""
    code = "import sys; from simulator.cli.app import main; main()"
    for device, expected in (("/dev/full", 2), (None, 2)):
        read_end, write_end = os.pipe()
        os.close(read_end)
        with open(device or write_end, "wb") as stdout:  # noqa: PTH123 - opens a file descriptor too
            arguments = [sys.executable, "-c", code, "runs", "--json"]
            done = subprocess.run(arguments, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False)
        assert done.returncode == expected, done.stderr
        assert "Traceback" not in done.stderr


def test_a_name_is_listed_as_far_as_show_needs_it(simulator: Callable[..., Outcome], home: Path) -> None:
    """A real name has 65 characters, too many for a line of a terminal."""
    name = f"user-log-20250802-093000-{'ab' * 20}"
    finished_run(home / "runs", THREE_ROWS, child(0, 2, name=name), name=name)
    err = simulator("runs").err
    assert name[:32] in err
    assert name[:33] not in err
    assert simulator("show", name[:32]).code == 0

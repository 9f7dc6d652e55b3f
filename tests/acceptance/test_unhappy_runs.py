"""Runs that do not succeed, and what the command makes of them."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.rows import upload

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from tests.acceptance.conftest import Shell


@pytest.fixture(scope="module")
def shell(make_shell: Callable[[str], Shell]) -> Shell:
    """One home for all tests of this file."""
    return make_shell("unhappy")


def rows_begun(shell: Shell, process: subprocess.Popen[str], known: set[Path]) -> Path:
    """Wait until a new run has some rows done, and return its folder."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        for folder in set(shell.home.glob("runs/*")) - known:
            items = folder / "items.jsonl"
            if items.exists() and items.stat().st_size > 2000:
                return folder
        time.sleep(0.02)
    raise AssertionError(process.communicate())


def test_a_file_that_the_validator_refuses_exits_with_1_and_shows_its_lines(shell: Shell) -> None:
    """Shift_JIS put into S3 as it is."""
    outcome = shell("run", "invalid/shift_jis.csv", "--no-convert", "--json")
    assert outcome.code == 1, outcome.err
    assert outcome.document["rejected"] is True
    assert "Shift_JIS" in str(outcome.document["findings"])
    assert not (Path(outcome.document["runDirectory"]) / "audit.jsonl").exists()


def test_a_breached_tolerance_exits_with_1_and_is_explained(shell: Shell) -> None:
    """The rows that were never started are in failed-rows.csv too."""
    outcome = shell("run", "too_many_failures.csv", "--json")
    assert outcome.code == 1, outcome.err
    document = outcome.document
    assert document["error"] == "States.ExceedToleratedFailureThreshold"
    assert "a run fails when more than 5 %" in outcome.err
    left = Path(document["failedRows"]).read_text(encoding="utf-8-sig").count("\n") - 1
    assert left == document["rows"]["failed"] + document["rows"]["pending"]


@pytest.mark.slow
def test_a_txt_upload_starts_nothing_and_exits_with_2(shell: Shell) -> None:
    """The rule's pattern decides."""
    before = list(shell.home.glob("runs/*"))
    outcome = shell("run", "sample.csv", "--key", "sample.txt", "--json")
    assert outcome.code == 2
    assert "sample.txt" in outcome.document["message"]
    assert list(shell.home.glob("runs/*")) == before


def test_ctrl_c_leaves_an_aborted_run_with_all_rows_so_far(shell: Shell) -> None:
    """Exit code 130, one document, and failed-rows.csv holds what is left to do."""
    known = set(shell.home.glob("runs/*"))
    with shell.start("run", "sample.csv", "--json") as process:
        folder = rows_begun(shell, process, known)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    shown = shell("show", folder.name, "--json").document
    rows = shown["rows"]
    assert shown["status"] == "ABORTED"
    assert rows["total"] == rows["succeeded"] + rows["failed"] + rows["pending"] == 1000
    left = (folder / "failed-rows.csv").read_text(encoding="utf-8-sig").count("\n") - 1
    assert left == rows["failed"] + rows["pending"] > 0


@pytest.mark.slow
def test_a_killed_simulator_leaves_an_interrupted_run_and_the_next_one_works(shell: Shell) -> None:
    """After kill -9 the run is not shown as running, and nothing is in the next one's way."""
    known = set(shell.home.glob("runs/*"))
    with shell.start("run", "sample.csv") as process:
        folder = rows_begun(shell, process, known)
        process.kill()
        process.communicate(timeout=60)
    shown = shell("show", folder.name, "--json").document
    assert shown["status"] == "INTERRUPTED"
    assert shown["rows"]["pending"] > 0
    assert (folder / "failed-rows.csv").exists()
    small = shell.folder / "small.csv"
    small.write_text(upload("U00001,1,2"), encoding="utf-8")
    assert shell("run", "small.csv", "--json").code == 0

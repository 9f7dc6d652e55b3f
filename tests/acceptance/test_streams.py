"""Streams that are closed, full, or pipes without a reader, by the real command in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.acceptance.conftest import ROOT
from tests.rows import upload

if TYPE_CHECKING:
    from pathlib import Path

COMMANDS = ["runs", "faults", "check", "show latest", "verify latest", "convert none.csv", "redrive latest", "reset"]
CLOSED, FULL, GONE = ">&-", ">/dev/full", "pipe"


def shell(home: Path, words: str, *, out: str = "", err: str = "") -> tuple[int, str, str]:
    """Run a command in a folder of its own, its stdout or stderr redirected; return exit code, stdout and stderr."""
    line = f"exec {sys.executable} {ROOT / 'simulator'} {words}"
    for number, kind in ((1, out), (2, err)):
        line += "" if not kind else f" {number}>&9" if kind == GONE else f" {number}{kind}"
    reader, writer = os.pipe()
    os.close(reader)
    setup = f"exec 9>&{writer}; " if GONE in (out, err) else ""
    done = subprocess.run(
        ["/bin/bash", "-c", setup + line],
        cwd=home.parent,
        env={**os.environ, "SIMULATOR_HOME": str(home)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        pass_fds=(writer,),
    )
    os.close(writer)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("words", COMMANDS)
def test_a_stderr_that_cannot_be_written_to_silences_and_changes_nothing_else(words: str, tmp_path: Path) -> None:
    """Same exit code, same document."""
    code, out, _ = shell(tmp_path / "home", f"{words} --json")
    for err in (CLOSED, FULL, GONE):
        assert shell(tmp_path / "home", f"{words} --json", err=err) == (code, out, "")


@pytest.mark.slow
@pytest.mark.parametrize("words", COMMANDS)
def test_a_stdout_that_cannot_be_written_to_is_one_error(words: str, tmp_path: Path) -> None:
    """Never a traceback, never a silent success."""
    for out in (CLOSED, FULL, GONE):
        code, _, err = shell(tmp_path / "home", f"{words} --json", out=out)
        assert (code, err.count("Error:")) == (2, 1), err
        assert "Traceback" not in err
    assert shell(tmp_path / "home", words, out=CLOSED)[0] == shell(tmp_path / "home", words)[0]


@pytest.mark.slow
@pytest.mark.parametrize("out", [FULL, GONE, CLOSED])
def test_help_for_nobody_is_one_error(out: str, tmp_path: Path) -> None:
    """Help is what goes to stdout without --json."""
    code, _, err = shell(tmp_path / "home", "run --help", out=out)
    assert (code, err.count("\n"), "Traceback" in err) == (2, 1, False), err


@pytest.mark.slow
def test_all_streams_closed_are_survived(tmp_path: Path) -> None:
    """Stdin too: nothing that is opened later may take a stream's number."""
    assert shell(tmp_path / "home", "faults", out=CLOSED, err=f"{CLOSED} <&-")[0] == 0
    assert shell(tmp_path / "home", "reset", err=f"{CLOSED} <&-")[0] == 0


@pytest.mark.slow
def test_a_run_goes_to_its_end_with_either_stream_closed(tmp_path: Path) -> None:
    """Its exit code holds without stderr; without stdout the error comes after the run, and names its folder."""
    (tmp_path / "s.csv").write_text(upload("U00001,1,2"), encoding="utf-8")
    code, out, _ = shell(tmp_path / "home", "run s.csv --json", err=CLOSED)
    document = json.loads(out)
    assert (code, document["status"]) == (0, "SUCCEEDED")
    code, _, err = shell(tmp_path / "home", "run s.csv --json", out=CLOSED)
    assert (code, "Traceback" in err) == (2, False)
    error = err[err.index("Error:") :]
    runs = sorted((tmp_path / "home" / "runs").iterdir())
    (later,) = [run for run in runs if run.name != document["executionName"]]
    assert f"it is closed. The run itself is recorded in {later}" in error
    assert "SUCCEEDED" in err[: err.index("Error:")]

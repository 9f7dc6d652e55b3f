"""Jobs started from a page, with a stand-in for the command (tests/integration/dashboard starts the real one)."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dashboard import jobs as act
from dashboard.jobs import (
    CannotStart,
    Job,
    JobState,
    find_job,
    job_state,
    jobs,
    safe_name,
    start_redrive,
    start_run,
)
from simulator.runs.store import RunStore

CONTENT = "ユーザーID,ログイン回数,投稿回数\n".encode("cp932")


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Put a program in the place of `python -m simulator`; it sees the command's arguments as sys.argv[1:]."""

    def replace(program: str) -> None:
        script = tmp_path / "stand-in"
        script.write_text(f"#!{sys.executable}\nimport sys\nsys.argv[1:] = sys.argv[3:]\n{program}\n")
        script.chmod(0o755)
        monkeypatch.setattr(act.sys, "executable", str(script))

    return replace


def ended(store: RunStore, job: Job) -> JobState:
    """Wait for a job's end."""
    deadline = time.monotonic() + 30
    while (state := job_state(store, job)).running:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return state


def store_in(tmp_path: Path) -> RunStore:
    """Runs of a home that is not there yet."""
    return RunStore(tmp_path / "home" / "runs")


def test_an_upload_runs_the_command_with_the_very_bytes_and_name(command: Any, tmp_path: Path) -> None:
    """What it is told, where, and what it says."""
    command(
        "import os, json; body = open(sys.argv[2], 'rb').read().hex()\n"
        "print('words', file=sys.stderr)\n"
        "told = {'argv': sys.argv[1:], 'body': body, 'home': os.environ['SIMULATOR_HOME']}\n"
        "print(json.dumps({'executionName': 'r1'} | told))"
    )
    store = store_in(tmp_path)
    job = start_run(store, "C:\\temp\\-日本 語.csv", CONTENT, create_users=True)
    assert ended(store, job) == JobState(running=False, run="r1", messages="words", failed=False)
    told = json.loads((job.path / "stdout").read_text())
    assert told["argv"] == ["run", "upload/-日本 語.csv", "--create-users", "--json"]
    assert bytes.fromhex(told["body"]) == CONTENT
    assert told["home"] == str(tmp_path / "home")


def test_a_job_is_found_again_by_its_name_alone(command: Any, tmp_path: Path) -> None:
    """After a reload of the page, or a restart of the dashboard."""
    command("import time; time.sleep(0.5)")
    store = store_in(tmp_path)
    job = start_run(store, "a.csv", b"")
    assert find_job(store, job.name) == job
    assert job_state(store, job).running
    assert not ended(store, job).running
    assert jobs(store) == [job]


def test_the_run_of_a_job_is_known_while_it_goes_on(command: Any, tmp_path: Path) -> None:
    """By the process that writes its record."""
    command("sys.stdin.read(); import time; time.sleep(20)")
    store = store_in(tmp_path)
    job = start_run(store, "a.csv", b"")
    assert job_state(store, job).run is None
    for name, pid in (("mine", job.pid), ("other", 1)):
        (store.path / name).mkdir(parents=True)
        (store.path / name / "run.json").write_text(json.dumps({"pid": pid}))
    assert job_state(store, job) == JobState(running=True, run="mine", messages="", failed=False)
    os.kill(job.pid, 9)
    assert ended(store, job) == JobState(running=False, run="mine", messages="", failed=False)


def test_a_command_that_makes_no_run_has_failed_and_says_why(command: Any, tmp_path: Path) -> None:
    """Its words are what the page shows."""
    command("print('Error: the cloud did not start', file=sys.stderr); print('{\"error\": 1}'); sys.exit(3)")
    store = store_in(tmp_path)
    state = ended(store, start_run(store, "a.csv", b""))
    assert state == JobState(running=False, run=None, messages="Error: the cloud did not start", failed=True)


def test_a_redrive_names_its_run_and_fails_where_the_command_tells_nothing(command: Any, tmp_path: Path) -> None:
    """It never asks: there is nobody to answer."""
    command("print(sys.argv[1:], file=sys.stderr); sys.exit(2)")
    store = store_in(tmp_path)
    state = ended(store, start_redrive(store, "r7"))
    assert (state.run, state.failed, state.messages) == ("r7", True, "['redrive', 'r7', '--yes', '--json']")


def test_only_the_newest_jobs_are_kept(command: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What older ones did is in the runs' folders."""
    monkeypatch.setattr(act, "KEPT_JOBS", 2)
    command("pass")
    store = store_in(tmp_path)
    started = []
    for _ in range(4):
        started.append(start_run(store, "a.csv", b""))
        ended(store, started[-1])
    assert jobs(store) == [started[3], started[2]]


def test_a_home_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    """And leaves nothing behind."""
    (tmp_path / "home").write_text("a file")
    with pytest.raises(CannotStart, match=r"Run a\.csv could not be started"):
        start_run(store_in(tmp_path), "a.csv", b"")


@pytest.mark.parametrize("name", ["", "..", "../x", "0" * 31, "0" * 32])
def test_a_name_that_is_no_jobs_finds_none(tmp_path: Path, name: str) -> None:
    """It may come from the page's address."""
    assert find_job(store_in(tmp_path), name) is None


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("a.csv", "a.csv"),
        ("../../etc/x", "x"),
        ("a\\b.csv", "b.csv"),
        ("", "upload.csv"),
        ("..", "upload.csv"),
        ("x/", "upload.csv"),
        ("a\nb\x00.csv", "ab.csv"),
        ("日" * 100 + ".csv", "日" * 65 + ".csv"),
    ],
)
def test_a_files_name_leads_nowhere_else(given: str, name: str) -> None:
    """No folder, no control character, not too long, never empty."""
    assert safe_name(given) == name

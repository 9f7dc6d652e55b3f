"""A run in one terminal, steered from another: stop, pause, resume, update."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

    from tests.acceptance.conftest import Shell

ROWS = 1_200
PATIENCE = 60.0

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def shell(make_shell: Callable[[str], Shell]) -> Shell:
    """A home for all tests of this file, and a file that takes a while."""
    shell = make_shell("steering")
    rows = [f"U{number + 1:05},{number},{number * 2}" for number in range(ROWS)]
    (shell.folder / "long.csv").write_text(
        "\n".join(["ユーザーID,ログイン回数,投稿回数", *rows]) + "\n", encoding="utf-8"
    )
    return shell


@pytest.fixture
def process(shell: Shell) -> Iterator[subprocess.Popen[str]]:
    """The file's run, with rows that have ended."""
    before = len(runs(shell))
    with shell.start("run", "long.csv", "--create-users", "--json") as started:
        until(lambda: len(runs(shell)) > before and newest(shell)["rows"]["succeeded"], started)
        yield started
        if started.poll() is None:
            started.terminate()
            started.communicate(timeout=PATIENCE)


def runs(shell: Shell) -> list[Any]:
    """The records of all runs, oldest first."""
    found = [json.loads(file.read_bytes()) for file in shell.home.glob("runs/*/run.json")]
    return sorted(found, key=lambda record: str(record["started"]))


def newest(shell: Shell) -> Any:
    """The record of the newest run."""
    return runs(shell)[-1]


def until(condition: Callable[[], Any], process: subprocess.Popen[str]) -> None:
    """Wait until something is so; a command that ends before is a failure."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)


def test_a_run_is_stopped_as_stop_execution_does(shell: Shell, process: subprocess.Popen[str]) -> None:
    """Execution, Map Run and history say so; the terminal that ran it reports; the rest can be redriven, once."""
    stopped = shell("stop", "latest", "--error", "Operator", "--cause", "間違ったファイル", "--json")
    assert stopped.code == 0, stopped.err
    assert stopped.document["status"] == "ABORTED"
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1, err
    document = json.loads(out)
    assert (document["status"], document["error"], document["cause"]) == ("ABORTED", "Operator", "間違ったファイル")
    assert document["rows"]["pending"] > 0
    record = newest(shell)
    assert record["mapRun"]["status"] == "ABORTED"
    history = (shell.home / "runs" / record["name"] / "events.jsonl").read_text(encoding="utf-8").splitlines()
    types = [json.loads(line)["type"] for line in history]
    assert types[-1] == "ExecutionAborted"
    assert "MapRunAborted" in types
    again = shell("stop", "latest")
    assert (again.code, again.err.count("\n")) == (2, 1)
    assert "has ended already (ABORTED)" in again.err
    redriven = shell("redrive", "latest", "--yes", "--json")
    assert redriven.code == 0, redriven.err
    assert redriven.document["rows"]["succeeded"] == ROWS
    assert shell("verify", "latest").code == 0


@pytest.mark.slow
def test_a_paused_run_begins_nothing_until_it_is_resumed(shell: Shell, process: subprocess.Popen[str]) -> None:
    """Its record says so; it is changed meanwhile, and then it goes on to its end."""
    paused = shell("pause", "latest", "--json")
    assert paused.code == 0, paused.err
    assert paused.document["paused"] is True
    until(lambda: newest(shell)["mapRun"]["paused"], process)
    time.sleep(1)
    before = newest(shell)["rows"]["pending"]
    time.sleep(1.5)
    assert newest(shell)["rows"]["pending"] == before > 0
    changed = shell("update", "latest", "--max-concurrency", "2", "--tolerated-failure-percentage", "7.5", "--json")
    assert changed.code == 0, changed.err
    assert changed.document["maxConcurrency"] == 2
    until(lambda: newest(shell)["mapRun"]["maxConcurrency"] == 2, process)
    assert newest(shell)["mapRun"]["toleratedFailurePercentage"] == 7.5
    assert shell("resume", "latest").code == 0
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, err
    assert json.loads(out)["rows"]["succeeded"] == ROWS
    assert newest(shell)["mapRun"]["paused"] is False


@pytest.mark.slow
def test_a_paused_run_can_be_stopped_and_its_redrive_goes_on(shell: Shell, process: subprocess.Popen[str]) -> None:
    """Its workers are woken."""
    assert shell("pause", "latest").code == 0
    stopped = shell("stop", "latest", "--json")
    assert stopped.code == 0, stopped.err
    assert stopped.document["rows"]["pending"] > 0
    process.communicate(timeout=PATIENCE)
    assert shell("redrive", "latest", "--yes").code == 0


def test_a_run_whose_process_was_killed_says_what_to_do(shell: Shell, process: subprocess.Popen[str]) -> None:
    """It does not run any more."""
    process.kill()
    process.communicate(timeout=PATIENCE)
    for words in (["stop"], ["pause"], ["resume"], ["update", "--max-concurrency", "1"]):
        outcome = shell(words[0], "latest", *words[1:])
        assert outcome.code == 2, outcome
        assert "its process has died" in outcome.err
        assert "redrive " in outcome.err


@pytest.mark.parametrize(
    "words",
    [
        ("stop", "no-such-run"),
        ("update", "latest"),
        ("update", "latest", "--max-concurrency", "-1"),
        ("update", "latest", "--tolerated-failure-percentage", "nan"),
        ("update", "latest", "--tolerated-failure-percentage", "101"),
        ("update", "latest", "--tolerated-failures", "many"),
    ],
)
def test_what_cannot_be_ordered_is_a_sentence(shell: Shell, words: tuple[str, ...]) -> None:
    """Exit code 2, no traceback."""
    outcome = shell(*words)
    assert outcome.code == 2, outcome
    assert "Traceback" not in outcome.err
    assert outcome.out == ""


@pytest.mark.slow
def test_a_run_in_the_cloud_that_is_up_is_stopped_too(shell: Shell) -> None:
    """The terminal that asked for it reports, and the cloud stays up."""
    assert shell("up", "--port", "0", "--detach").code == 0
    try:
        before = len(runs(shell))
        with shell.start("run", "long.csv", "--create-users") as process:
            until(lambda: len(runs(shell)) > before and newest(shell)["rows"]["succeeded"], process)
            stopped = shell("stop", "latest")
            assert stopped.code == 0, stopped.err
            assert "Stopped" in stopped.err
            _, err = process.communicate(timeout=PATIENCE)
            assert process.returncode == 1, err
        assert newest(shell)["cause"].endswith("with the command stop.")
        assert shell("redrive", "latest", "--yes").code == 0
        assert shell("status").code == 0
    finally:
        assert shell("down").code == 0

"""kill -9 of the real command: what it leaves can be shown, redriven and verified, and nothing is in anyone's way."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from tests.rows import upload

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from tests.acceptance.conftest import Shell

ROWS = 200
PATIENCE = 60.0

pytestmark = pytest.mark.timeout(400)


@pytest.fixture
def shell(make_shell: Callable[[str], Shell]) -> Shell:
    """A home and a database of its own for each test, and a file whose rows are all good."""
    shell = make_shell("kill")
    rows = [f"U{number:05},{number},{number * 2}" for number in range(1, ROWS + 1)]
    (shell.folder / "good.csv").write_text(upload(*rows), encoding="utf-8")
    return shell


def wait_for(condition: Callable[[], Any], process: subprocess.Popen[str] | None = None) -> None:
    """Wait until something is so; a command that ends before is a failure."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        assert process is None or process.poll() is None, process.communicate()
        time.sleep(0.005)


def processes_of(home: Path) -> list[list[str]]:
    """The command lines of all processes that work in a home."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        command = process.info["cmdline"] or []
        if process.info["status"] != psutil.STATUS_ZOMBIE and any(str(home) in part for part in command):
            found.append(command)
    return found


def has(shell: Shell, pattern: str, size: int = 0) -> bool:
    """Whether the only run's folder has such a file, larger than that."""
    return any(path.stat().st_size > size for path in shell.home.glob(f"runs/*/{pattern}") if path.exists())


def kill_at(shell: Shell, moment: Callable[[], Any], *options: str) -> None:
    """Run the file and kill the command at a moment; wait until all that it had started is gone."""
    with shell.start("run", "good.csv", *options) as process:
        wait_for(moment, process)
        process.kill()
        process.wait()
        process.communicate()
    wait_for(lambda: processes_of(shell.home) == [])


def recovered(shell: Shell) -> dict[str, Any]:
    """Look at what is left, redrive it, and verify: every row is in, once.

    A run that had entered no state yet is told to be run again, and is; one that had ended is only verified.
    """
    shown = shell("show", "latest", "--json")
    assert shown.code == 0, shown.err
    assert "Traceback" not in shown.err
    left = shown.document
    rows = left["rows"]
    assert rows["succeeded"] + rows["failed"] + rows["pending"] == rows["total"]
    if left["status"] == "SUCCEEDED":
        assert rows["succeeded"] == ROWS
        assert shell("verify", "latest").code == 0
        return dict(left)
    assert left["status"] == "INTERRUPTED"
    again = shell("redrive", "latest", "--yes", "--json")
    if again.code == 2 and not rows["total"]:
        assert "Run the file again." in again.document["message"]
        again = shell("run", "good.csv", "--json")
    assert again.code == 0, again.err
    assert again.document["status"] == "SUCCEEDED"
    assert again.document["rows"]["succeeded"] == ROWS
    verified = shell("verify", "latest", "--json")
    assert verified.code == 0, verified.err
    assert processes_of(shell.home) == []
    return dict(left)


@pytest.mark.slow
def test_killed_among_its_rows_it_goes_on_from_there(shell: Shell) -> None:
    """Rows that were done are kept: only the others are run again."""
    kill_at(shell, lambda: has(shell, "items.jsonl", 10_000))
    left = recovered(shell)
    assert left["status"] == "INTERRUPTED"
    assert 0 < left["rows"]["succeeded"] < ROWS


@pytest.mark.slow
def test_a_database_that_is_killed_in_a_run_comes_back_and_no_row_fails_for_it(shell: Shell) -> None:
    """PostgreSQL itself, not the command: each row that it interrupts is retried."""
    with shell.start("run", "good.csv", "--json") as process:
        wait_for(lambda: has(shell, "items.jsonl", size=2000), process)
        postmaster = (shell.home / "postgres" / "data" / "postmaster.pid").read_text(encoding="utf-8").split()[0]
        psutil.Process(int(postmaster)).kill()
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, err
    assert json.loads(out)["rows"]["succeeded"] == ROWS
    assert "was started again" in err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "size"),
    [
        ("run.json", 0),
        ("input.csv", 0),
        ("events.jsonl", 2_000),
        ("items.jsonl", 0),
        ("audit.jsonl", 20_000),
        ("lambda-logs.jsonl", 200_000),
        ("results/*/*.json", 60_000),
        ("failed-rows.csv", 0),
    ],
)
def test_killed_whenever_a_file_has_grown_so_far_it_can_be_finished(shell: Shell, file: str, size: int) -> None:
    """From the first line of the run folder to the last."""
    kill_at(shell, lambda: has(shell, file, size))
    recovered(shell)


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.3, 0.8, 1.3, 2.0])
def test_killed_while_it_starts_nothing_is_in_the_way_of_the_next(shell: Shell, seconds: float) -> None:
    """Before there is a run: servers half started, a database half made."""
    until = time.monotonic() + seconds
    kill_at(shell, lambda: time.monotonic() > until)
    outcome = shell("run", "good.csv", "--json")
    assert outcome.code == 0, outcome.err
    assert outcome.document["rows"]["succeeded"] == ROWS
    assert processes_of(shell.home) == []


@pytest.mark.slow
def test_killed_while_the_database_is_away_it_comes_back_clean(shell: Shell) -> None:
    """Nobody is left to start it again but the next command."""
    kill_at(
        shell,
        lambda: has(shell, "items.jsonl", 3_000) and not (shell.home / "postgres/data/postmaster.pid").exists(),
        *("--fault", "database=refuse,after=50,for=60"),
    )
    left = recovered(shell)
    assert left["injected"] == ["database=refuse,after=50,for=60"]

"""The proof and the secret, by the real command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lambdas.shared.connection import connect
from simulator.pipeline.settings import HomeFolder
from simulator.postgres.embedded import EmbeddedPostgres
from tests.acceptance.conftest import ROOT, Shell

PASSWORD = "s3cret-pa55word"


@pytest.fixture(scope="module")
def shell(make_shell: Callable[[str], Shell]) -> Shell:
    """A home of its own."""
    return make_shell("verify")


@pytest.mark.slow
def test_a_breached_run_agrees_in_every_place_and_a_changed_one_does_not(shell: Shell) -> None:
    """Against the real database, in a new process."""
    run = shell("run", "too_many_failures.csv", "--skip-waits", "--json").document
    outcome = shell("verify", "--json")
    assert outcome.code == 0, outcome.err
    assert outcome.document["compared"]["input.csv"] == 100
    assert outcome.document["compared"]["database"] >= run["rows"]["succeeded"]
    items = Path(run["runDirectory"]) / "items.jsonl"
    lines = items.read_text(encoding="utf-8").splitlines(keepends=True)
    gone = next(line for line in lines if '"SUCCEEDED"' in line)
    items.write_text("".join(line for line in lines if line != gone), encoding="utf-8")
    outcome = shell("verify", "--json")
    assert outcome.code == 1
    places = {one["place"] for one in outcome.document["disagreements"] if one["line"] == json.loads(gone)["line"]}
    assert {"results", "audit", "failed-rows.csv", "database"} <= places


@pytest.mark.slow
def test_a_password_is_in_no_output_log_or_run_folder_and_another_database_is_not_asked(
    shell: Shell, tmp_path: Path, no_libpq_variables: None
) -> None:
    """With a server of one's own whose URL has a password; verify against another one says so, and exits with 3."""
    with EmbeddedPostgres(HomeFolder(tmp_path / "server").create().postgres) as server:
        with connect(server.url, autocommit=True) as connection:
            connection.execute(f"CREATE ROLE me LOGIN SUPERUSER PASSWORD '{PASSWORD}'")
            connection.execute("CREATE DATABASE mine OWNER me")
        address = server.url.partition("@/postgres?")[2]
        secret = f"postgresql://me:{PASSWORD}@/mine?{address}"
        told = [external(shell, secret, *words) for words in (("run", "sample.csv"), ("verify",), ("show",))]
        assert [process.returncode for process in told] == [0, 0, 0], told[0].stderr
        broken = external(shell, secret.replace("/mine?", "/nowhere?"), "run", "sample.csv")
        assert broken.returncode == 3
    for process in (*told, broken):
        assert PASSWORD not in process.stdout + process.stderr
    assert "postgresql://me:***@" in told[0].stderr
    with_it = [path for path in shell.home.rglob("*") if path.is_file() and PASSWORD.encode() in path.read_bytes()]
    assert with_it == []
    outcome = shell("verify", "--json")
    assert outcome.code == 3
    assert "--no-database" in json.dumps(outcome.document)


def external(shell: Shell, url: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command with a database of one's own."""
    return subprocess.run(
        [sys.executable, str(ROOT / "simulator"), *words, "--json"],
        cwd=shell.folder,
        env={**os.environ, "SIMULATOR_HOME": str(shell.home), "SIMULATOR_DATABASE_URL": url},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=90,
        check=False,
    )

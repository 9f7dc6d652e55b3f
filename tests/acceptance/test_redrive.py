"""redrive, with the real command in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.rows import AUDIT_TYPES, upload

ROOT = Path(__file__).parents[2]


def simulator(home: Path, *arguments: str) -> tuple[int, Any, str]:
    """Run the command; return its exit code, its document and what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "simulator", *arguments, "--json"],
        env={**os.environ, "SIMULATOR_HOME": str(home)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a simulator home for this file."""
    return tmp_path_factory.mktemp("redrive home")


def test_a_failed_run_is_redriven_until_every_row_is_in(home: Path, tmp_path: Path) -> None:
    """Users are missing, the tolerance breaks; once they are there, a redrive runs what is left, and only that."""
    rows = [f"U{index:05},{index},1" for index in range(1, 41)] + [f"V{index:05},{index},2" for index in range(1, 41)]
    file = tmp_path / "rows.csv"
    file.write_text(upload(*rows), encoding="utf-8")
    code, run, _ = simulator(home, "run", str(file))
    assert (code, run["status"], run["error"]) == (1, "FAILED", "States.ExceedToleratedFailureThreshold")
    kept = run["rows"]["succeeded"]

    code, plan, said = simulator(home, "redrive", "latest", "--dry-run")
    assert code == 0
    assert (plan["again"], plan["keep"]) == (80 - kept, kept)
    assert f"will run {80 - kept} of 80 rows again; {kept} keep their result" in said
    assert simulator(home, "redrive", "latest")[0] == 2

    users = tmp_path / "users.csv"
    users.write_text(
        "user_id,username,email\n" + "".join(f"V{i:05},n,v{i}@x\n" for i in range(1, 41)), encoding="utf-8"
    )
    assert simulator(home, "users", "load", str(users))[0] == 0
    code, again, _ = simulator(home, "redrive", "latest", "--yes")
    assert (code, again["status"], again["redriveCount"]) == (0, "SUCCEEDED", 1)
    assert again["executionName"] == run["executionName"]
    assert again["rows"] == {"total": 80, "succeeded": 80, "failed": 0, "pending": 0, "superseded": 0}

    folder = Path(again["runDirectory"])
    items = [json.loads(line) for line in (folder / "items.jsonl").read_text().splitlines()]
    succeeded = [item["index"] for item in items if item["status"] == "SUCCEEDED"]
    assert sorted(succeeded) == list(range(80)), "a row that had succeeded ran again"
    audit = [json.loads(line) for line in (folder / "audit.jsonl").read_text().splitlines()]
    updates = {item["timestamp"] for item in audit if item["processingType"] != "user_update"}
    assert len(updates) == 80 * len(AUDIT_TYPES)
    (manifest,) = folder.glob("results/*/Redrive-1/manifest.json")
    assert len(json.loads(manifest.read_text())["ResultFiles"]["SUCCEEDED"]) == 2
    types = [json.loads(line)["type"] for line in (folder / "events.jsonl").read_text().splitlines()]
    assert types[-4:] == ["MapStateExited", "PassStateEntered", "PassStateExited", "ExecutionSucceeded"]
    assert types.count("MapRunStarted") == types.count("MapRunRedriven") == 1

    code, _, said = simulator(home, "redrive", "latest", "--yes")
    assert code == 2
    assert "Execution is SUCCEEDED and cannot be redriven" in said


@pytest.mark.slow
def test_a_rejected_file_cannot_be_redriven(home: Path) -> None:
    """The refusal says why, and what to do instead."""
    simulator(home, "run", "sample_data/invalid/ragged_row.csv")
    code, _, said = simulator(home, "redrive", "latest", "--yes")
    assert code == 2
    assert "The file was rejected" in said
    assert "Correct the file" in said

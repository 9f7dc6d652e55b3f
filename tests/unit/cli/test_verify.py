"""The command verify: what it prints and how it exits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Outcome
from tests.unit.runs.made_runs import NAME, execution, recorder
from tests.unit.verify.made_folder import breached_run


def test_a_run_that_agrees_exits_with_0_and_says_what_was_compared(
    home: Path, simulator: Callable[..., Outcome]
) -> None:
    """In words and as a document."""
    breached_run(home / "runs")
    outcome = simulator("verify", "--no-database", "--json")
    assert (outcome.code, outcome.document["clean"]) == (0, True)
    assert outcome.document["compared"]["results"] == 4
    assert "Everything agrees." in outcome.err
    assert "items.jsonl      3 compared" in outcome.err


def test_a_disagreement_exits_with_1_and_names_row_and_place(home: Path, simulator: Callable[..., Outcome]) -> None:
    """The line of the file, the user, the place, and what it says."""
    folder = breached_run(home / "runs")
    text = folder.audit_file.read_text(encoding="utf-8").replace('"newValue": 1', '"newValue": 7')
    folder.audit_file.write_text(text, encoding="utf-8")
    outcome = simulator("verify", "latest", "--no-database", "--json")
    assert outcome.code == 1
    found = outcome.document["disagreements"]
    assert [(one["line"], one["user"], one["place"]) for one in found] == [(2, "U1", "audit")]
    assert "line 2, user 'U1': audit: " in outcome.err


def test_no_such_run_and_a_run_that_goes_on_exit_with_2(home: Path, simulator: Callable[..., Outcome]) -> None:
    """A run that is still written cannot agree yet."""
    assert simulator("verify", "--no-database").code == 2
    writer = recorder(home / "runs")
    writer.execution_started(execution())
    outcome = simulator("verify", NAME, "--no-database")
    writer.close()
    assert outcome.code == 2
    assert "is still running" in outcome.err


def test_a_database_that_does_not_answer_exits_with_3_and_keeps_its_password(
    home: Path, simulator: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No traceback, and what to do."""
    breached_run(home / "runs")
    monkeypatch.setenv("SIMULATOR_DATABASE_URL", "postgresql://me:s3cretword@127.0.0.1:1/db")
    outcome = simulator("verify", "--json")
    assert outcome.code == 3
    assert outcome.document["error"] == "CloudError"
    assert "s3cretword" not in outcome.err + outcome.out

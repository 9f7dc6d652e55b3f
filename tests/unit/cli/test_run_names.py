"""Names of runs that would lead somewhere else, given to the commands that take one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Outcome
from tests.unit.verify.made_folder import breached_run

NAMES = ["../outside", "/etc", "..", ".", "", "user/../../x", "\\\\server\\x", "%2e%2e", "x" * 5000, "\x1b[2J", "[red]"]


@pytest.mark.parametrize("command", [["show"], ["verify", "--no-database"], ["redrive", "--dry-run"]])
@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_is_no_runs_is_refused_in_a_sentence(
    home: Path,
    simulator: Callable[..., Outcome],
    command: list[str],
    name: str,
) -> None:
    """Exit code 2, and nothing of it steers the terminal."""
    breached_run(home / "runs")
    (home / "outside").mkdir()
    outcome = simulator(*command, "--", name)
    assert outcome.code == 2, outcome.err
    assert "Traceback" not in outcome.err
    assert "\x1b" not in outcome.err

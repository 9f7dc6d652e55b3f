"""`reset`: asks first, and deletes only what is ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.runs.made_runs import THREE_ROWS, child, execution, finished_run, recorder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Outcome


@pytest.fixture
def filled(home: Path) -> Path:
    """A home with a run, and a file of somebody else's."""
    finished_run(home / "runs", THREE_ROWS, child(0, 2))
    (home / "thesis.txt").write_text("mine")
    return home


def test_without_a_terminal_it_wants_to_be_told_yes(simulator: Callable[..., Outcome], filled: Path) -> None:
    """A script that forgot --yes loses nothing."""
    outcome = simulator("reset")
    assert outcome.code == 2
    assert "--yes" in outcome.err
    assert (filled / "runs").is_dir()


def test_what_is_ours_is_deleted_and_nothing_else(simulator: Callable[..., Outcome], filled: Path) -> None:
    """SIMULATOR_HOME may be a folder that holds other things."""
    outcome = simulator("reset", "--yes", "--json")
    assert outcome.code == 0
    assert outcome.document["deleted"] == [str(filled / "runs")]
    assert [path.name for path in filled.iterdir()] == ["thesis.txt"]


def test_a_link_is_removed_and_not_followed(simulator: Callable[..., Outcome], home: Path, tmp_path: Path) -> None:
    """Somebody moved the runs elsewhere."""
    elsewhere = tmp_path / "elsewhere"
    finished_run(elsewhere, THREE_ROWS, child(0, 2))
    home.mkdir()
    (home / "runs").symlink_to(elsewhere)
    assert simulator("reset", "--yes").code == 0
    assert len(list(elsewhere.iterdir())) == 1
    assert not home.exists()


def test_a_run_that_goes_on_is_not_deleted_under_its_feet(simulator: Callable[..., Outcome], home: Path) -> None:
    """It is named."""
    writer = recorder(home / "runs")
    writer.execution_started(execution())
    outcome = simulator("reset", "--yes")
    writer.close()
    assert outcome.code == 2
    assert "going on" in outcome.err
    assert (home / "runs").is_dir()


def test_a_server_of_ones_own_is_never_touched(
    simulator: Callable[..., Outcome], filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even connected to: this address does not exist."""
    monkeypatch.setenv("SIMULATOR_DATABASE_URL", "postgresql://u:secret@127.0.0.1:1/x")
    outcome = simulator("reset", "--yes", "--json")
    assert outcome.code == 0
    assert outcome.document["externalDatabase"] is True
    assert "secret" not in outcome.err + outcome.out


def test_there_may_be_nothing_to_delete(simulator: Callable[..., Outcome], home: Path) -> None:
    """Twice in a row is fine."""
    assert simulator("reset", "--yes").code == 0

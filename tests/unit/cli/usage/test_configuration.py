"""The configuration file: where it is found, what it may say, and what is said of a mistake in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from simulator.cli.usage.configuration_file import changes_run, configuration_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Outcome


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder."""
    inner = tmp_path / "work" / "inner"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    monkeypatch.delenv("SIMULATOR_CONFIG_FILE", raising=False)
    return inner


def test_the_nearest_file_counts_and_simulator_toml_before_pyproject(folder: Path) -> None:
    """A pyproject.toml without the table is none."""
    assert configuration_file() is None
    above = folder.parent / "pyproject.toml"
    above.write_text("[tool.other]\n[tool.simulator.runs]\nlimit = 3\n")
    assert configuration_file() == str(above)
    (folder / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert configuration_file() == str(above)
    (folder.parent / "simulator.toml").write_text("")
    assert configuration_file() == str(folder.parent / "simulator.toml")


def test_a_file_is_a_default_that_variables_and_the_command_line_override(
    simulator: Callable[..., Outcome], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In this order; --verbose names the file."""
    (folder / "simulator.toml").write_text('[runs]\njson = ["total"]\n')
    told = simulator("runs", "--verbose")
    assert told.document == {"total": 0}
    assert f"--json is from {folder / 'simulator.toml'}" in told.err
    monkeypatch.setenv("SIMULATOR_RUNS_JSON", "runs")
    assert simulator("runs").document == {"runs": []}
    assert simulator("runs", "--no-json").out == ""


def test_the_quick_way_of_run_leaves_files_and_variables_to_typer(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It knows no defaults but its own."""
    assert not changes_run()
    monkeypatch.setenv("SIMULATOR_RUN_KEY", "a.csv")
    assert changes_run()
    monkeypatch.delenv("SIMULATOR_RUN_KEY")
    (folder / "simulator.toml").write_text("")
    assert changes_run()


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (
            "[runs]\nlimit = 3\n\n# a comment\nlimits = 4\n",
            5,
            "runs.limits is not an option of runs; it has",
        ),
        ('[run]\nfault = [\n  "a",\n]\nkey = 1\n', 5, "run.key is 1, and must be a text"),
        ('[run]\nseed = 1\nfault = [\n  "a",\n  1,\n]\n', 3, "run.fault is ['a', 1], and must be a text or a list"),
        ("[run]\nunchecked = 1\n", 2, "run.unchecked is 1, and must be true or false"),
        ("[up]\nport = true\n", 2, "up.port is True, and must be a whole number"),
        ("[up]\nport = 70000\n", 2, "up.port is 70000"),
        ("x = 1\n", 1, "x is not a command"),
        ("[users]\n[users.load]\n[users.drop]\n", 3, "users.drop is not a command"),
        ("run = 3\n", 1, "run is a command; write its options into a table"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(
    simulator: Callable[..., Outcome], folder: Path, text: str, line: int, words: str
) -> None:
    """Whichever command is typed: nothing is done."""
    (folder / "simulator.toml").write_text(text)
    told = simulator("runs")
    assert told.code == 2
    said = " ".join(told.err.replace("│", " ").split())
    assert f"simulator.toml, line {line}: {words}" in said


def test_a_file_that_cannot_be_read_is_an_error(
    simulator: Callable[..., Outcome], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not TOML, not text, not there."""
    (folder / "simulator.toml").write_text("[up")
    assert "is not a TOML file" in simulator("runs").err
    (folder / "simulator.toml").write_bytes(b"\xff")
    assert "is not UTF-8 text" in simulator("runs").err
    monkeypatch.setenv("SIMULATOR_CONFIG_FILE", "nowhere.toml")
    assert "nowhere.toml cannot be read: No such file" in simulator("runs").err


def test_a_folder_in_the_file_is_one_beside_the_file(simulator: Callable[..., Outcome], folder: Path) -> None:
    """Wherever the command is typed."""
    (folder.parent / "simulator.toml").write_text('[up]\ninbox = "incoming"\nport = 0\n')
    (folder.parent / "incoming").write_text("")
    told = simulator("up")
    assert (told.code, f"{folder.parent / 'incoming'} is a file" in told.err) == (2, True)

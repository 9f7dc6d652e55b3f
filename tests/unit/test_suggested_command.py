"""Suggested commands run as pasted: in the project's folder and outside, with odd names and another home."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest

from simulator.runs.store import RunNotFound, RunStore
from simulator.runs.suggested_command import command, file_word, quoted

ROOT = Path(__file__).resolve().parents[2]
BARE = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}


def pasted(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in a bare shell: no virtual environment, nothing of the project on its paths."""
    return subprocess.run(["/bin/bash", "-c", text], cwd=folder, env=BARE, capture_output=True, text=True, check=False)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose name must be quoted, named relative to the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SIMULATOR_HOME", "my $HOME; it's 家")
    return tmp_path / "my $HOME; it's 家"


@pytest.mark.slow
def test_a_command_runs_as_pasted_in_a_bare_shell_in_any_folder(home: Path, tmp_path: Path) -> None:
    """It finds the project, its Python, and the same home."""
    (tmp_path / "elsewhere").mkdir()
    for folder in (tmp_path / "elsewhere", ROOT):
        outcome = pasted(command("runs", "--json", anywhere=True), folder)
        assert (outcome.returncode, outcome.stdout.split()) == (0, ["{", '"runs":', "[],", '"total":', "0", "}"])
    with pytest.raises(RunNotFound) as caught:
        RunStore(home / "runs").find("latest")
    assert shlex.quote(str(home)) in str(caught.value)


def test_inside_the_project_the_command_is_as_short_as_it_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in the README with uv; else with this very Python, which need not be the shell's."""
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("SIMULATOR_HOME", raising=False)
    monkeypatch.setattr("sys.executable", str(ROOT / ".venv/bin/python"))
    monkeypatch.setattr("shutil.which", lambda name: f"/bin/{name}")
    assert command("runs") == "uv run python -m simulator runs"
    monkeypatch.setattr("shutil.which", lambda _name: None)
    assert command("runs") == f"{ROOT / '.venv/bin/python'} -m simulator runs"
    assert command("runs", anywhere=True) == f"{ROOT / '.venv/bin/python'} {ROOT / 'simulator'} runs"


def test_an_installation_is_called_by_its_script(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """By its name if the shell finds it; else by its path, also if only uvx has put it on the PATH, for itself."""
    script = tmp_path / "simulator"
    script.touch(0o755)
    monkeypatch.setattr("simulator.runs.suggested_command.is_checkout", lambda: False)
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    monkeypatch.delenv("SIMULATOR_HOME", raising=False)
    monkeypatch.delenv("UV", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert command("runs") == "simulator runs"
    assert command("runs", anywhere=True) == f"{script} runs"
    monkeypatch.setenv("UV", "/bin/uv")
    assert command("runs") == f"{script} runs"
    monkeypatch.delenv("UV")
    monkeypatch.setenv("PATH", "/nowhere")
    assert command("runs") == f"{script} runs"


def test_a_home_is_named_only_if_it_is_not_the_projects_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """And then by its full path."""
    monkeypatch.delenv("SIMULATOR_HOME", raising=False)
    assert "SIMULATOR_HOME" not in command("runs")
    assert "SIMULATOR_HOME" not in command("runs", home=ROOT / ".simulator")
    assert command("runs", home=Path("/x y")).startswith("SIMULATOR_HOME='/x y' ")


@pytest.mark.parametrize(
    "name",
    ["a b.csv", "it's.csv", "-rf.csv", "$(x).csv", "売上 2025.csv", "tab\there", "line\nend", "\x1b[2J", "b\udcffd"],
)
def test_a_file_with_an_odd_name_is_found_by_the_shell_that_is_given_its_word(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Quoted, escaped where it cannot be printed, and never mistaken for an option."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text("found")
    for anywhere in (False, True):
        word = file_word(tmp_path / name, anywhere=anywhere)
        assert pasted(f"cat {quoted(word)}", tmp_path).stdout == "found"
        assert quoted(word).isprintable()
        assert command("run", tmp_path / name, anywhere=anywhere).endswith(f" run {quoted(word)}")
    assert Path(file_word(tmp_path / name, anywhere=True)).is_absolute()

"""The documents agree with the code: commands, options, files that they name."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
import typer
from typer.testing import CliRunner

from simulator.cli.app import application

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "docs/architecture.md",
    "docs/decisions.md",
    "docs/glossary.md",
    "docs/deploy.md",
    "docs/operations.md",
    "docs/permissions.md",
    "docs/up.md",
    "docs/aws-runs.md",
    "docs/uploading.md",
    "docs/compare.md",
    "docs/forecast.md",
    "docs/terminal.md",
    "docs/failure-inbox.md",
    "docs/replay.md",
)
PLACES = re.compile(r"`((?:simulator|lambdas|cdk|tests|dashboard|docs|sample_data)/[\w/.-]+)`")
COMMAND = re.compile(r"(?:^\$ |`)(uv run [^`\n]+)", re.MULTILINE)
OPTION = re.compile(r"^[│|][\s*]*(--[\w-]+)(?:\s+(--[\w-]+))?", re.MULTILINE)
EVERY_COMMAND = {"--json", "--help", "--quiet", "--verbose"}
"""The README says once that every command takes them."""
CHEAP = ("check", "faults")
NEED_A_RUN = {"--run", "--template"}
ROW = re.compile(r"^\| `(?P<usage>[^`]+)` \| (?P<text>.+) \|$", re.MULTILINE)


def _table() -> dict[str, str]:
    """Return the README's command table: the command's words -> its row."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.split("## Commands")[1].split("\n`RUN` is")[0]
    rows = ROW.finditer(section)
    return {
        " ".join(re.findall(r"\b[a-z]+(?:-[a-z]+)*\b(?![.\w])", row["usage"].split("[")[0])): row["text"]
        for row in rows
    }


def _commands() -> dict[str, click.Command]:
    """Return each command by its words."""
    found: dict[str, click.Command] = {}
    group = typer.main.get_command(application())
    for name, command in group.commands.items():  # type: ignore[attr-defined] # a group, as there are several commands
        inner = getattr(command, "commands", None)
        if not inner or getattr(command, "invoke_without_command", False):
            found[name] = command
        found.update({f"{name} {sub}": one for sub, one in (inner or {}).items()})
    return found


def _documented(text: str) -> list[list[str]]:
    """Return the words of each `uv run` command that can be typed as it is: without FILE, RUN or dots."""
    found = [shlex.split(one, comments=True) for one in COMMAND.findall(text)]
    return [words for words in found if not {"...", "FILE", "FILE.asl.json", "PATH/TO/CHECKOUT"} & set(words)]


def _simulator_commands() -> list[list[str]]:
    texts = [(ROOT / document).read_text(encoding="utf-8") for document in DOCUMENTS]
    words = [one for text in texts for one in _documented(text) if "simulator" in one]
    return [one[one.index("simulator") + 1 :] for one in words]


def test_the_readme_lists_every_command_and_no_other() -> None:
    """The table has a row for each command."""
    assert set(_table()) == set(_commands())


@pytest.mark.parametrize("words", _commands())
def test_the_readme_lists_the_options_that_help_shows(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every option of either is in the other."""
    monkeypatch.setenv("COLUMNS", "200")
    shown = CliRunner().invoke(application(), [*words.split(), "--help"])
    assert shown.exit_code == 0
    options = {one for pair in OPTION.findall(shown.output) for one in pair if one}
    assert options >= EVERY_COMMAND
    assert set(re.findall(r"`(--[\w-]+)", _table()[words])) == options - EVERY_COMMAND


@pytest.mark.parametrize("words", _simulator_commands(), ids=" ".join)
def test_a_simulator_command_of_the_documents_can_be_typed(words: list[str]) -> None:
    """Its options and arguments are understood; nothing is run."""
    known = _commands()
    length = next(number for number in (2, 1) if " ".join(words[:number]) in known)
    with known[" ".join(words[:length])].make_context(words[0], words[length:]):
        pass


@pytest.mark.parametrize(
    "words", [one for one in _simulator_commands() if one[0] in CHEAP and not NEED_A_RUN & set(one)], ids=" ".join
)
def test_a_cheap_command_of_the_recipes_succeeds(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that start no server are run, in a home without runs."""
    monkeypatch.setenv("SIMULATOR_HOME", str(tmp_path / "home"))
    assert CliRunner().invoke(application(), words).exit_code == 0


def test_the_tests_and_scripts_that_the_recipes_run_exist() -> None:
    """Each path after pytest or python."""
    commands = _documented((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    paths = [word for words in commands for word in words if "/" in word]
    assert len(paths) > 5
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_that_a_document_names_exists(document: str) -> None:
    """Paths in backticks are paths of this checkout."""
    text = (ROOT / document).read_text(encoding="utf-8")
    named = [place for place in PLACES.findall(text) if "NNNN" not in place]
    assert [place for place in named if not (ROOT / place).exists()] == []

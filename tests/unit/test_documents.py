"""The documents agree with the code: commands, options, files that they name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from simulator.cli.app import app

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ("CONTRIBUTING.md", "docs/architecture.md", "docs/glossary.md")
PLACES = re.compile(r"`((?:simulator|lambdas|cdk|tests|dashboard|docs|sample_data)/[\w/.-]+)`")
ROW = re.compile(r"^\| `(?P<usage>[^`]+)` \| (?P<text>.+) \|$", re.MULTILINE)


def _table() -> dict[str, str]:
    """Return the README's command table: the command's words -> its row."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.split("## Commands")[1].split("\n`RUN` is")[0]
    rows = ROW.finditer(section)
    return {" ".join(re.findall(r"\b[a-z]+\b(?![.\w])", row["usage"].split("[")[0])): row["text"] for row in rows}


def _commands() -> dict[str, set[str]]:
    """Return each command's words -> its options."""
    found: dict[str, set[str]] = {}
    group = typer.main.get_command(app)
    for name, command in group.commands.items():  # type: ignore[attr-defined] # a group, as there are several commands
        inner = getattr(command, "commands", None)
        for words, one in [(f"{name} {sub}", cmd) for sub, cmd in inner.items()] if inner else [(name, command)]:
            found[words] = {text for option in one.params for text in (*option.opts, *option.secondary_opts)}
    return found


def test_the_readme_lists_every_command_and_no_other() -> None:
    """The table has a row for each command."""
    assert set(_table()) == set(_commands())


def test_the_readme_names_only_options_that_exist() -> None:
    """An option in a command's row is one that the command takes."""
    commands = _commands()
    for words, text in _table().items():
        named = set(re.findall(r"`(--[\w-]+)", text))
        if words != "faults":
            assert named <= commands[words], words


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_that_a_document_names_exists(document: str) -> None:
    """Paths in backticks are paths of this checkout."""
    text = (ROOT / document).read_text(encoding="utf-8")
    named = [place for place in PLACES.findall(text) if "NNNN" not in place]
    assert [place for place in named if not (ROOT / place).exists()] == []

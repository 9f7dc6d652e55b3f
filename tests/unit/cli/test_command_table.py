"""A command is imported when it is used, and the help lists all of them as if they were."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import typer
from typer.testing import CliRunner

from simulator.cli.app import application
from simulator.cli.command_table import COMMANDS
from simulator.pipeline.settings import PROJECT_ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.cli.command_table import Entry

HEAVY = ("botocore", "moto", "psycopg", "pandas", "pydantic_settings", "aiohttp")


def test_the_help_is_that_of_all_commands_imported() -> None:
    """The summaries come from the sources, and are those that typer makes of the docstrings."""
    short, whole = (CliRunner().invoke(application(words), ["--help"]) for words in (["--help"], None))
    assert short.exit_code == 0
    assert short.output == whole.output
    assert all(f" {entry.name} " in short.output for entry in COMMANDS)


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_a_command_is_the_same_when_it_alone_is_imported(entry: Entry) -> None:
    """Its own help, with its examples."""
    words = [entry.name, "--help"]
    alone, among_all = (CliRunner().invoke(application(given), words) for given in (words, None))
    assert alone.exit_code == 0
    assert alone.output == among_all.output


def test_a_word_that_is_no_command_is_told_with_those_that_are_like_it() -> None:
    """As if all were imported."""
    result = CliRunner().invoke(application(["rnus"]), ["rnus"])
    assert result.exit_code == 2
    assert "No such command 'rnus'" in result.output
    assert "runs" in result.output


def test_the_version_is_that_of_the_project() -> None:
    """A line, also before a command."""
    text = (PROJECT_ROOT / "pyproject.toml").read_text()
    for words in (["--version"], ["--version", "runs"]):
        result = CliRunner().invoke(application(words), words)
        assert result.exit_code == 0
        assert f'version = "{result.output.split()[1]}"' in text


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["runs"], ["show", "latest"]])
def test_what_only_reads_imports_no_client_of_a_server(words: list[str], tmp_path: Path) -> None:
    """They take longer to import than the command takes."""
    code = (
        f"import sys; sys.argv[1:] = {words!r}\n"
        "from simulator.cli.app import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"sys.exit(' '.join(name for name in {HEAVY!r} if name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT_ROOT,
        env={"SIMULATOR_HOME": str(tmp_path), "PATH": "/usr/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not set(done.stderr.split()) & set(HEAVY)


def test_the_application_has_each_command_once() -> None:
    """In the order of the table."""
    group = typer.main.get_command(application())
    assert list(group.commands) == [entry.name for entry in COMMANDS]  # type: ignore[attr-defined]

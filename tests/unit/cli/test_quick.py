"""The quick way of `run`: it knows the plain forms of the options, and leaves everything else to typer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from simulator.cli.quick import quick_options, run_quickly


@pytest.mark.parametrize(
    ("words", "files", "options"),
    [
        ("run a.csv", ["a.csv"], {}),
        ("run a.csv b.csv dir/", ["a.csv", "b.csv", "dir/"], {}),
        ("run --json a.csv", ["a.csv"], {"json": "*"}),
        ("run a.csv --key in/a.csv", ["a.csv"], {"key": "in/a.csv"}),
        ("run a.csv --key=x --create-users", ["a.csv"], {"key": "x", "create_users": True}),
        ("run a.csv --no-convert --convert --unchecked", ["a.csv"], {"convert": True, "unchecked": True}),
    ],
)
def test_plain_options_are_read_as_typer_reads_them(words: str, files: list[str], options: dict[str, object]) -> None:
    """The last one of a pair counts."""
    assert quick_options(words.split()) == (files, options)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "run",
        "runs",
        "redrive latest",
        "run --help",
        "run --json status a.csv",
        "run a.csv --json=status",
        "run a.csv --quiet",
        "run -",
        "run a.csv --fault share=0.1",
        "run a.csv --skip-waits",
        "run a.csv --seed 1",
        "run a.csv --jso",
        "run a.csv --key",
        "run -- a.csv",
        "run -x a.csv",
        "--json run a.csv",
    ],
)
def test_anything_else_is_left_to_typer(words: str) -> None:
    """Also what typer will refuse."""
    assert quick_options(words.split()) is None


def test_without_a_cloud_nothing_is_done_quickly(home: Path) -> None:
    """The command goes on as if it had not been asked."""
    assert run_quickly(["run", "sample.csv"]) is None


def test_the_quick_way_imports_nothing_that_is_slow() -> None:
    """A second run begins at once: neither typer nor rich, pydantic, boto3 or our own interpreter."""
    code = "import sys, simulator.cli.quick; print('\\n'.join(sys.modules))"
    root = Path(__file__).resolve().parents[3]
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    loaded = set(found.stdout.split())
    slow = {"typer", "rich", "pydantic", "boto3", "botocore", "orjson", "psutil", "aiohttp", "pathlib", "dataclasses"}
    assert not loaded & slow
    ours = {name for name in loaded if name.startswith(("simulator.aws", "simulator.runs", "lambdas"))}
    assert ours <= {"simulator.runs", "simulator.runs.folder", "simulator.runs.folder.run_lock"}  # the lock is small

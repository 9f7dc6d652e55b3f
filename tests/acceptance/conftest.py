"""The real command in a process of its own, from another folder, with a home of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Outcome:
    """What a command left: its exit code, stdout and stderr."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Shell:
    """Starts commands: `shell("run", "sample.csv")`; `folder` is where, `home` their SIMULATOR_HOME."""

    folder: Path
    home: Path

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command, and do not wait."""
        environment = {
            **{key: value for key, value in os.environ.items() if key != "SIMULATOR_DATABASE_URL"},
            "SIMULATOR_HOME": str(self.home),
        }
        return subprocess.Popen(
            [sys.executable, str(ROOT / "simulator"), *arguments],
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def __call__(self, *arguments: str) -> Outcome:
        """Run a command to its end."""
        with self.start(*arguments) as process:
            out, err = process.communicate(timeout=90)
        return Outcome(process.returncode, out, err)


@pytest.fixture(scope="session")
def make_shell(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Shell]:
    """Make a shell whose paths hold a space, as somebody's will."""

    def make(name: str) -> Shell:
        folder = tmp_path_factory.mktemp(f"{name} folder")
        return Shell(folder=folder, home=folder / "the home")

    return make

"""A home of its own for each test, and the commands called as the shell would call them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from simulator.cli.app import application

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


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


Simulator = "Callable[..., Outcome]"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A SIMULATOR_HOME that does not exist yet."""
    monkeypatch.setenv("SIMULATOR_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SIMULATOR_DATABASE_URL", raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path / "home"


@pytest.fixture
def simulator(home: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Callable[..., Outcome]:
    """Call a command."""

    def call(*arguments: str) -> Outcome:
        with pytest.raises(SystemExit) as exit_:
            application(list(arguments))(list(arguments), prog_name="python -m simulator")
        captured = capfdbinary.readouterr()
        return Outcome(int(exit_.value.code or 0), captured.out.decode(), captured.err.decode())

    return call

"""A cloud that stays up: the memory of its processes over 200 runs of 1,000 rows, and the time of its next start.

All by the real commands: `up --detach`, `run`, `status --json`, `down`. `RUNS=20` in the environment makes fewer runs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from simulator.pipeline.settings import PROJECT_ROOT
from tests.benchmarks.end_to_end import ROWS, body, users_file

RUNS = 200
TELL_EVERY = 10
WARM_AFTER = 10
_MEGABYTE = 1_000_000


class Commands:
    """The commands of one home.

    Args:
        home: the folder.
    """

    def __init__(self, home: Path) -> None:
        self._environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        self._environment["SIMULATOR_HOME"] = str(home)

    def __call__(self, *words: str) -> str:
        """Carry out a command and return what it printed.

        Raises:
            SystemExit: it failed; with what it said.
        """
        done = subprocess.run(
            [sys.executable, "-m", "simulator", *words],
            cwd=PROJECT_ROOT,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(words)}: {done.stderr}")
        return done.stdout

    def memory(self) -> dict[str, float]:
        """Return the memory of each process of the cloud in MB."""
        answer: dict[str, Any] = json.loads(self("status", "--json"))
        return {name: size / _MEGABYTE for name, size in answer["memory"].items()}


def main() -> None:
    """Run so many files, print memory now and then and its growth a run; then start anew."""
    runs = int(os.environ.get("RUNS", RUNS))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command = Commands(folder / "home")
        command("up", "--detach", "--port", "0")
        try:
            command("users", "load", str(users_file(folder)))
            _run(command, folder, runs)
        finally:
            command("down")
        began = time.monotonic()
        command("up", "--detach", "--port", "0")
        try:
            print(f"next start, after {runs} runs: {time.monotonic() - began:.2f} s", flush=True)
            print(f"  {_text(command.memory())}", flush=True)
        finally:
            command("down")


def _run(command: Commands, folder: Path, runs: int) -> None:
    file = folder / "rows.csv"
    seen: dict[int, dict[str, float]] = {}
    began = time.monotonic()
    for number in range(1, runs + 1):
        file.write_bytes(body(number))
        command("run", str(file))
        if number == 1 or number % TELL_EVERY == 0:
            seen[number] = command.memory()
            seconds, began = time.monotonic() - began, time.monotonic()
            print(f"{number:>4} runs: {_text(seen[number])}; {seconds:.1f} s", flush=True)
    if runs > WARM_AFTER:
        first, last = seen[WARM_AFTER], seen[max(seen)]
        for name in first:
            grown = (last[name] - first[name]) / (max(seen) - WARM_AFTER)
            print(f"{name}: {grown * 1000:+,.0f} KB a run of {ROWS:,} rows", flush=True)


def _text(memory: dict[str, float]) -> str:
    return ", ".join(f"{name} {size:.0f} MB" for name, size in memory.items())

"""Where the time goes until a command works: wall and CPU time of short commands, and what imports take, by library.

`run` has one row, so nearly all of it is start-up. CPU time has that of the processes that the command starts; on a
busy machine only it can be compared.
"""

from __future__ import annotations

import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Final

from simulator.pipeline.settings import PROJECT_ROOT
from tests.rows import upload

ROUNDS: Final = 5
SHOWN: Final = 10
_LINE = re.compile(r"import time:\s*(\d+) \|\s*\d+ \|\s*(\S+)")


def main() -> None:
    """Measure each command in turn, and print the medians; then the imports of both processes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        environment["SIMULATOR_HOME"] = str(folder / "home")
        file = folder / "one.csv"
        file.write_text(upload("U00001,1,2"), encoding="utf-8")
        run = ["run", str(file), "--create-users"]
        commands = [["--version"], ["--help"], ["runs"], ["show", "latest"], run]
        _timed(run, environment)  # makes the database, and the byte code
        found: list[list[tuple[float, float]]] = [[] for _ in commands]
        for _ in range(ROUNDS):
            for words, times in zip(commands, found, strict=True):
                times.append(_timed(words, environment))
        print(f"start-up, median of {ROUNDS} alternating rounds")
        for words, times in zip(commands, found, strict=True):
            wall, cpu = (statistics.median(column) for column in zip(*times, strict=True))
            print(f"  {' '.join(words[:1]):<10} {wall:>6.2f} s, of CPU {cpu:>6.2f} s")
        _print_imports("the simulator's process", ["-m", "simulator", *run], environment)
        _print_imports("moto's process", ["-c", "import simulator.aws.engine.process"], environment)


def _timed(words: list[str], environment: dict[str, str]) -> tuple[float, float]:
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "simulator", *words],
        cwd=PROJECT_ROOT,
        env=environment,
        capture_output=True,
        check=False,
    )
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(done.stderr.decode())
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _print_imports(process: str, words: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *words],
        cwd=PROJECT_ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    libraries: Counter[str] = Counter()
    for taken, module in _LINE.findall(done.stderr):
        top = module.partition(".")[0]
        libraries["Python's own" if top in sys.stdlib_module_names else top] += int(taken)
    print(f"imports of {process}: {libraries.total() / 1e6:.2f} s")
    for library, taken in libraries.most_common(SHOWN):
        print(f"  {library:<20} {taken / 1e6:>6.2f} s")

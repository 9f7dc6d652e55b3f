"""Lets the cloud that is up do a command's work: it prints here, and Ctrl-C here stops the run there.

Imports little (see `quick`).
"""

from __future__ import annotations

import os
import signal
import sys
from threading import Thread
from typing import TYPE_CHECKING, Any

from simulator.cli.exits import Terminated, UsageError
from simulator.cli.output.loudness import loudness
from simulator.cli.output.streams import stdout_problem, words_of
from simulator.pipeline.local_cloud.cloud_files import database_mark, home_folder
from simulator.pipeline.local_cloud.running_cloud import CloudLost, RunningCloud

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDE, _HIGH = 200, 25
"""Columns and lines if there is no terminal: in a file nothing has to wrap."""
_OF_TERMINALS = ("TERM", "COLORTERM", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE")


def running_cloud(home: str | os.PathLike[str] | None = None, *, engine: str | None = None) -> RunningCloud | None:
    """Return the cloud of this home; None if it is not up.

    Args:
        home: the home's folder; None for that of the environment.
        engine: the AWS engine that the command wants; None for that of the environment, if it names one.

    Raises:
        CloudLost: it neither starts nor stops in time.
        UsageError: it uses another database, stage, AWS engine or number of rows per child than this shell names.
    """
    folder = home if home is not None else home_folder()
    cloud = RunningCloud.find(folder) if folder is not None else None
    if cloud is not None and cloud.database != database_mark(os.environ.get("SIMULATOR_DATABASE_URL")):
        raise UsageError(
            f"The cloud that is up at {cloud.url} (process {cloud.pid}) uses another database than this shell's "
            "SIMULATOR_DATABASE_URL says. Set the variable as it was for `up`, or end that cloud with `down`."
        )
    stage = os.environ.get("SIMULATOR_STAGE")
    if cloud is not None and stage and cloud.stage != stage:
        raise UsageError(
            f"The cloud that is up at {cloud.url} (process {cloud.pid}) runs the stage {cloud.stage}, and this shell's "
            f"SIMULATOR_STAGE is {stage}. Unset the variable, or end that cloud with `down`."
        )
    rows = os.environ.get("SIMULATOR_ROWS_PER_CHILD")
    if cloud is not None and rows and cloud.rows_per_child != rows:
        raise UsageError(
            f"The cloud that is up at {cloud.url} (process {cloud.pid}) was started with "
            f"SIMULATOR_ROWS_PER_CHILD {cloud.rows_per_child or 'unset'}, and this shell's is {rows}. Unset the "
            "variable, or end that cloud with `down`."
        )
    wanted = engine or os.environ.get("SIMULATOR_AWS_ENGINE")
    if cloud is not None and wanted and cloud.engine != wanted:
        raise UsageError(
            f"The cloud that is up at {cloud.url} (process {cloud.pid}) has the AWS engine {cloud.engine}, and "
            f"{'--engine' if engine else 'SIMULATOR_AWS_ENGINE'} is {wanted}. Leave that out, or end that cloud with "
            "`down`."
        )
    return cloud


def run_there(
    cloud: RunningCloud, files: Sequence[str], options: dict[str, Any], *, json: str | None, events: bool = False
) -> int:
    """Run files in the cloud that is up, and return the exit code.

    Args:
        cloud: it.
        files: as the person has named them.
        options: the fields of `RunOptions`.
        json: what `--json` asks for.
        events: whether events are wanted.

    Raises:
        CloudLost: it ended.
        UsageError: stdout cannot be written to.
    """
    return play(cloud, "run", json=json, events=events, files=list(files), options=options)


def play(cloud: RunningCloud, route: str, *, json: str | None, **question: Any) -> int:
    """Ask for a command, print what it prints, and return its exit code.

    Raises:
        CloudLost: the cloud ended.
        UsageError: stdout cannot be written to.
        KeyboardInterrupt: Ctrl-C was pressed twice.
    """
    ticket = os.urandom(16).hex()
    with (
        _Interrupts(cloud, ticket),
        cloud.stream(route, ticket=ticket, json=json, caller=_caller(), terminal=_terminal(), **question) as lines,
    ):
        code = None
        for line in lines:
            _write(line)
            code = line.get("exit", code)
    if code is None:
        raise _cut_off(cloud)
    return int(code)


class _Interrupts:
    """While it is open, the first Ctrl-C or SIGTERM stops the run there, and the next one ends this process.

    The first one raises nothing here: the line that is just being read would be lost.
    """

    def __init__(self, cloud: RunningCloud, ticket: str) -> None:
        self._cloud = cloud
        self._ticket = ticket
        self._before: dict[int, Any] = {}
        self._asked = False

    def __enter__(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._came)

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _came(self, number: int, _frame: object) -> None:
        if self._asked:
            raise Terminated if number == signal.SIGTERM else KeyboardInterrupt
        self._asked = True
        word = "terminate" if number == signal.SIGTERM else "interrupt"
        Thread(target=self._ask, args=(word,), daemon=True).start()

    def _ask(self, word: str) -> None:
        try:
            self._cloud.ask("interrupt", ticket=self._ticket, word=word)
        except (CloudLost, OSError) as error:
            sys.stderr.write(f"The run could not be stopped: {error}\n")


def _cut_off(cloud: RunningCloud) -> CloudLost:
    return CloudLost(
        f"The cloud at {cloud.url} (process {cloud.pid}) ended before it told how the command ends. The runs that it "
        "had begun are in their folders."
    )


def _write(line: dict[str, Any]) -> None:
    if "err" in line:
        sys.stderr.write(line["err"])
        sys.stderr.flush()
    if "out" in line:
        try:
            sys.stdout.buffer.write(line["out"].encode())
            sys.stdout.buffer.flush()
            problem = stdout_problem()
        except OSError as error:
            problem = words_of(error)
        if problem is not None:
            folder = line.get("folder")
            where = f" The run itself is recorded in {folder}." if folder else ""
            raise UsageError(f"The JSON document could not be written to stdout: {problem}.{where}")


def _caller() -> dict[str, str | None]:
    try:
        folder: str | None = os.getcwd()  # noqa: PTH109 - without pathlib
    except OSError:
        folder = None
    return {"folder": folder, "python": sys.executable or "python3", "home": os.environ.get("SIMULATOR_HOME") or None}


def _terminal() -> dict[str, Any]:
    stderr = sys.stderr
    is_terminal = stderr.isatty()
    columns, lines = _WIDE, _HIGH
    if is_terminal:
        try:
            columns, lines = os.get_terminal_size(stderr.fileno())
        except (OSError, ValueError):
            columns = 80
    asked = os.environ.get("COLUMNS", "")
    return {
        "loudness": loudness(),
        "isTerminal": is_terminal,
        "width": int(asked) if asked.isdecimal() and int(asked) else columns or 80,
        "height": lines or _HIGH,
        "encoding": stderr.encoding or "utf-8",
        "environment": {name: os.environ[name] for name in _OF_TERMINALS if name in os.environ},
    }

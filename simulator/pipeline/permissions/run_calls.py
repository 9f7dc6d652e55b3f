"""Keeps in a run's folder which calls of AWS were made while it went on: `aws-calls.jsonl`."""

from __future__ import annotations

import json
import logging
import threading
import urllib.request
from typing import TYPE_CHECKING, Any, Final

from simulator.aws.asl.runtime.listener import SilentListener
from simulator.aws.engine.calls import CALLS_PATH
from simulator.runs.folder.json_lines import encode, read_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from simulator.aws.asl.runtime.listener import ExecutionInfo
    from simulator.aws.iam.gate import Gate

_TIMEOUT: Final = 10.0
_log = logging.getLogger(__name__)

Counts = dict[str, int]


class RunCalls(SilentListener):
    """A Listener that writes, when a run ends, the calls made since it began, each kind with its number.

    Functions and state machines are shared by the runs of a cloud, so runs that go on at the same time have the same
    calls. The first run of a cloud also has what was asked before it: the migrator's calls for schema and users.

    Args:
        machine: the name of the state machine whose executions are runs.
        gate: has counted the calls of this process.
        endpoint: moto's address: its process has counted the others.
        file_of: the file of a run by the execution's name; None if the run is not recorded.
        settled: waits until the functions that a run's end starts have ended.
    """

    def __init__(
        self,
        machine: str,
        gate: Gate,
        endpoint: str,
        file_of: Callable[[str], Path | None],
        settled: Callable[[], object],
    ) -> None:
        self._machine = machine
        self._gate = gate
        self._endpoint = endpoint
        self._file_of = file_of
        self._settled = settled
        self._before: dict[str, tuple[Path, Counts]] = {}
        self._first = True
        self._lock = threading.Lock()

    def execution_started(self, execution: ExecutionInfo) -> None:
        """Remember what was called before; of a redriven run, what its file has stays in it."""
        file = self._file_of(execution.name) if execution.machine_name == self._machine else None
        if file is None:
            return
        try:
            before = {} if self._first else self._now()
            if execution.redrive_count:
                before = _minus(before, counts_of(read_calls(file)))
        except (OSError, ValueError) as error:
            _log.warning("the AWS calls of the run %s are not kept: %s", execution.name, error)
            return
        with self._lock:
            self._first = False
            self._before[execution.name] = file, before

    def execution_ended(self, execution: ExecutionInfo) -> None:
        """Write the file, and once more when the reporter has ended."""
        if execution.name in self._before:
            self._write(execution.name)
            threading.Thread(target=self._write_later, args=(execution.name,), name="aws-calls", daemon=True).start()

    def close(self) -> None:
        """Write what is still to be written; call it before moto ends."""
        for name in list(self._before):
            self._write(name)
            self._before.pop(name, None)

    def _write_later(self, name: str) -> None:
        self._settled()
        self._write(name)
        self._before.pop(name, None)

    def _write(self, name: str) -> None:
        with self._lock:
            if name not in self._before:
                return
            file, before = self._before[name]
            try:
                made = _minus(self._now(), before)
                lines = (
                    encode({**json.loads(one), "count": number}) + b"\n"
                    for one, number in sorted(made.items())
                    if number > 0
                )
                file.write_bytes(b"".join(lines))
            except (OSError, ValueError) as error:
                _log.warning("the AWS calls of the run %s could not be written to %s: %s", name, file, error)

    def _now(self) -> Counts:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{self._endpoint}{CALLS_PATH}", timeout=_TIMEOUT) as answer:
            of_moto = json.load(answer)
        return counts_of([*self._gate.counted(), *of_moto])


def counts_of(lines: Iterable[dict[str, Any]]) -> Counts:
    """Return number by call, the call as text."""
    found: Counts = {}
    for line in lines:
        call = json.dumps({key: value for key, value in line.items() if key != "count"}, sort_keys=True)
        found[call] = found.get(call, 0) + int(line.get("count", 1))
    return found


def _minus(counts: Counts, others: Counts) -> Counts:
    return {call: counts.get(call, 0) - others.get(call, 0) for call in {**counts, **others}}


def read_calls(file: Path) -> list[dict[str, Any]]:
    """Return the lines of an `aws-calls.jsonl`; none if there is no such file."""
    return list(read_lines(file)) if file.is_file() else []

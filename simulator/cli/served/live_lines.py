"""The runs of a cloud that is up, as lines: each begins, comes further, and ends."""

from __future__ import annotations

import threading
import time
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.runtime.listener import SilentListener
from simulator.cli.output.progress import Pace
from simulator.cli.output.text import status_piece
from simulator.runs.words import count, duration

if TYPE_CHECKING:
    from simulator.aws.asl.runtime.listener import ExecutionInfo, MapRunInfo
    from simulator.cli.output.terminal import Piece, Terminal
    from simulator.runs.folder.run_record import SourceObject
    from simulator.runs.store import RunStore

EVERY_SECONDS = 2.0


class LiveLines(SilentListener):
    """Tells of the executions of one state machine. Executions' threads call it, `tick` is called by the terminal's.

    Args:
        terminal: takes the lines.
        store: where the runs lie; their records are written before this listener is told.
        machine: the state machine's name.
    """

    def __init__(self, terminal: Terminal, store: RunStore, machine: str) -> None:
        self._terminal = terminal
        self._store = store
        self._machine = machine
        self._paces: dict[str, tuple[str, Pace]] = {}
        self._told: dict[str, str] = {}
        self._told_at = time.monotonic()
        self._lock = threading.Lock()
        self.ended: Counter[str] = Counter()
        """How many runs ended with each status."""

    @property
    def running(self) -> int:
        """How many runs are going on."""
        return len(self._paces)

    def execution_started(self, execution: ExecutionInfo) -> None:
        """Tell that a run has begun."""
        if execution.machine_name != self._machine:
            return
        record = self._store.folder(execution.name).record_as_written()
        with self._lock:
            self._paces[execution.arn] = (_key(record.source), Pace(execution.arn))
        what = f"redrive {execution.redrive_count} of " if execution.redrive_count else ""
        self.say(f"{_key(record.source)}: {what}run ", (execution.name, "bold"))

    def execution_ended(self, execution: ExecutionInfo) -> None:
        """Tell how a run has ended."""
        if execution.machine_name != self._machine:
            return
        record = self._store.folder(execution.name).record_as_written()
        with self._lock:
            self._paces.pop(execution.arn, None)
            self._told.pop(execution.arn, None)
            self.ended[record.status] += 1
        rows = record.rows
        told = (
            "the file was rejected"
            if record.rejected
            else f"{rows.succeeded:,} of {count(rows.total, 'row')} succeeded, {rows.failed:,} failed"
        )
        self.say(f"{_key(record.source)}: ", status_piece(record), f"  {told}  ({duration(record.duration_ms)})")

    def history_event(self, execution_arn: str, event: dict[str, Any]) -> None:
        """Follow the states of a run."""
        if (found := self._paces.get(execution_arn)) is not None:
            found[1].history_event(execution_arn, event)

    def map_run_changed(self, map_run: MapRunInfo) -> None:
        """Follow the rows of a run."""
        if (found := self._paces.get(map_run.parent_arn)) is not None:
            found[1].map_run_changed(map_run)

    def tick(self) -> None:
        """Tell how far the runs have come, every few seconds; cheap, to be called often."""
        now = time.monotonic()
        if now - self._told_at < EVERY_SECONDS:
            return
        self._told_at = now
        with self._lock:
            paces = list(self._paces.items())
        for arn, (key, pace) in paces:
            words = pace.words()
            if (pace.done or pace.waits) and words != self._told.get(arn):
                self._told[arn] = words
                self.say(f"{key}: {words}")
        self._told = {arn: words for arn, words in self._told.items() if arn in self._paces}

    def say(self, *pieces: Piece) -> None:
        """Print a line with the time of day before it."""
        self._terminal.say((f"{datetime.now().astimezone():%H:%M:%S}  ", "dim"), *pieces)


def _key(source: SourceObject) -> str:
    return source.key or "(no file)"

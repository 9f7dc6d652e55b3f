"""How far a run has come: a bar on a terminal, a plain line about every second anywhere else."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Any, Self

from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Column

from simulator.aws.asl.runtime.listener import SilentListener
from simulator.cli.output.loudness import QUIET
from simulator.runs.folder.history_reader import HistoryEvent, validated_rows
from simulator.runs.folder.waits import WAITING_STATE
from simulator.runs.words import duration

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.aws.asl.runtime.listener import MapRunInfo
    from simulator.cli.output.terminal import Terminal

LINE_SECONDS = 1.0
WIDE_ENOUGH = 110
"""Columns for the bar and the longest words beside it."""
WINDOW_SECONDS = 5.0
"""The rate is that of the last seconds: it follows when the pace changes."""


class Pace(SilentListener):
    """Counts rows from the listener's calls. The run's threads write it, the terminal's thread reads it.

    Args:
        machine_arn_part: part of the ARN of the executions that count; others are ignored.
        now: seconds on any clock that only goes forward.
    """

    def __init__(self, machine_arn_part: str, now: Callable[[], float] = time.monotonic) -> None:
        self._machine = machine_arn_part
        self._now = now
        self._marks: deque[tuple[float, int]] = deque()
        self.phase = "waiting for the event"
        self.total = 0
        self.done = 0
        self.failed = 0
        self.paused = False

    def follow(self, execution_arn: str) -> None:
        """Count the rows of this execution only, from now on."""
        if execution_arn != self._machine:
            self._machine = execution_arn
            self._marks.clear()
            self.done = self.failed = 0

    def history_event(self, execution_arn: str, event: dict[str, Any]) -> None:
        """Follow the states of the workflow."""
        if self._machine not in execution_arn:
            return
        entered = HistoryEvent(event).state_entered
        if entered is not None:
            self.phase = entered
        else:
            self.total = validated_rows(event) or self.total

    def map_run_changed(self, map_run: MapRunInfo) -> None:
        """Take over the counts."""
        if self._machine not in map_run.parent_arn:
            return
        counts = map_run.item_counts
        self.failed = counts.get("failed", 0) + counts.get("timedOut", 0) + counts.get("aborted", 0)
        self.done = counts.get("succeeded", 0) + self.failed
        self.total = counts.get("total", 0) or self.total
        self.paused = map_run.paused
        now = self._now()
        self._marks.append((now, self.done))
        while len(self._marks) > 1 and now - self._marks[0][0] > WINDOW_SECONDS:
            self._marks.popleft()

    @property
    def waits(self) -> bool:
        """Whether the run waits for its turn."""
        return self.phase == WAITING_STATE

    @property
    def rate(self) -> float:
        """Rows per second over the last seconds; 0 if that cannot be said yet."""
        marks = list(self._marks)
        if len(marks) < 2:  # noqa: PLR2004 - a rate needs two points
            return 0.0
        seconds = marks[-1][0] - marks[0][0]
        return (marks[-1][1] - marks[0][1]) / seconds if seconds > 0 else 0.0

    def words(self) -> str:
        """Return `230 of 1,000 rows, 2 failed, 120 rows/s, 6.4 s left`, or the state before there are rows."""
        if not self.done and not self._marks:
            return "waiting for its turn" if self.waits else self.phase
        of = f" of {self.total:,}" if self.total else ""
        parts = [f"{self.done:,}{of} rows", f"{self.failed:,} failed"]
        if self.paused:
            return ", ".join([*parts, "paused"])
        rate = self.rate
        if rate > 0:
            parts.append(f"{rate:,.0f} rows/s")
            if self.total > self.done:
                parts.append(f"{duration(round((self.total - self.done) / rate * 1000))} left")
        return ", ".join(parts)


class ProgressDisplay:
    """Shows a Pace while it is open: `with ProgressDisplay(terminal, pace) as display: display.tick()`."""

    def __init__(self, terminal: Terminal, pace: Pace) -> None:
        self._terminal = terminal
        self._pace = pace
        self._told_at = time.monotonic()
        self._told = ""
        console = terminal.console
        self._bar: Progress | None = None
        if console.is_terminal and not console.is_dumb_terminal and terminal.loudness > QUIET:
            # On a narrow terminal the words go on below, and have the whole width: no number is cut.
            words = TextColumn("{task.description}", table_column=Column(no_wrap=False, overflow="fold"))
            columns = (BarColumn(), words) if console.width >= WIDE_ENOUGH else (words,)
            self._bar = Progress(*columns, console=console, transient=True)

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
            self._task = self._bar.add_task("", total=None)
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def tick(self) -> None:
        """Bring the display up to date; cheap; call it several times per second."""
        words = self._pace.words()
        if self._bar is not None:
            self._bar.update(self._task, description=words, total=self._pace.total or None, completed=self._pace.done)
            return
        now = time.monotonic()
        if now - self._told_at >= LINE_SECONDS and words != self._told:
            self._told_at, self._told = now, words
            self._terminal.say(words)

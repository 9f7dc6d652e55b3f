"""What happens in a run, as one object per event: for `run --events`, and in words for `run --verbose`."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from lambdas.user_log_reporter.reasons import person_text
from simulator.aws.asl.runtime.listener import SilentListener
from simulator.cli.output.text import shortened
from simulator.runs.folder.history_reader import HistoryEvent
from simulator.runs.folder.items import item_line
from simulator.runs.folder.times import moment_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.aws.asl.runtime.listener import ChildRecord, MapRunInfo
    from simulator.cli.output.terminal import Piece

PROGRESS_SECONDS = 1.0
_MAX_CAUSE = 160


class RunEvents(SilentListener):
    """Tells the events of one run, in their order. They are kept until `follow` says which run it is.

    Args:
        machine_arn_part: part of the ARN of the executions that may be meant.
        tell: takes each event, one at a time; called by the run's threads, and must not raise.
    """

    def __init__(self, machine_arn_part: str, tell: Callable[[dict[str, Any]], None]) -> None:
        self._machine = machine_arn_part
        self._tell = tell
        self._arn: str | None = None
        self._waiting: list[tuple[str, dict[str, Any]]] = []
        self._told_at = 0.0
        self._lock = threading.Lock()

    def follow(self, execution_arn: str) -> None:
        """Tell the events of this execution, those that have come already first."""
        with self._lock:
            self._arn = execution_arn
            for arn, event in self._waiting:
                if arn == execution_arn:
                    self._tell(event)
            self._waiting.clear()

    def history_event(self, execution_arn: str, event: dict[str, Any]) -> None:
        """Tell the states that the workflow enters and leaves."""
        read = HistoryEvent(event)
        for kind, name in (("state-entered", read.state_entered), ("state-exited", read.state_exited)):
            if name is not None:
                self._add(execution_arn, {"event": kind, "time": read.timestamp, "state": name})

    def map_run_changed(self, map_run: MapRunInfo) -> None:
        """Tell how many rows are done, about once per second and at the end."""
        now = time.monotonic()
        if map_run.stopped is None and now - self._told_at < PROGRESS_SECONDS:
            return
        self._told_at = now
        self._add(map_run.parent_arn, {"event": "progress", "status": map_run.status, "rows": map_run.item_counts})

    def child_ended(self, child: ChildRecord) -> None:
        """Tell how a row ended, as `items.jsonl` has it."""
        line = item_line(child, child.redrive_count)
        self._add(child.parent_arn, {"event": "row", "time": moment_text(child.stopped), **line})

    def _add(self, arn: str, event: dict[str, Any]) -> None:
        if self._machine not in arn:
            return
        with self._lock:
            if self._arn is None:
                self._waiting.append((arn, event))
            elif arn == self._arn:
                self._tell(event)


def event_words(event: dict[str, Any]) -> tuple[Piece, ...] | None:
    """Return an event in words for `--verbose`; None for those that say nothing new."""
    if event["event"] in {"state-entered", "state-exited"}:
        return (f"{event['event'].removeprefix('state-')} {event['state']}",)
    if event["event"] == "row" and event["status"] != "SUCCEEDED":
        cause = shortened(person_text(event.get("cause")), _MAX_CAUSE)
        return (f"line {event['line']}  {event['user']}  ", (str(event["error"]), "red"), f"  {cause}")
    return None

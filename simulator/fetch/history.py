"""An execution's history as `events.jsonl` has it. API reference, "GetExecutionHistory"."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from simulator.fetch.operator import told
from simulator.runs.folder.json_lines import LineFile
from simulator.runs.folder.times import milliseconds_between, moment_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.fetch.operator import Operator
    from simulator.runs.folder.run_folder import RunFolder

_REDRIVEN = "ExecutionRedriven"
_ENDS = ("ExecutionSucceeded", "ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut")


def append_history(operator: Operator, arn: str, folder: RunFolder) -> None:
    """Append the events that the folder does not have yet: the newest are read first, until one is known.

    Raises:
        FetchError: the history cannot be read.
        OSError: the folder cannot be written.
    """
    known = max((event["id"] for event in folder.events() if isinstance(event.get("id"), int)), default=0)
    missing: list[dict[str, Any]] = []
    with told():
        pages = operator.stepfunctions.get_paginator("get_execution_history").paginate(
            executionArn=arn, reverseOrder=True, includeExecutionData=True, PaginationConfig={"PageSize": 1000}
        )
        for page in pages:
            missing += [event for event in page["events"] if event["id"] > known]
            if not page["events"] or page["events"][-1]["id"] <= known + 1:
                break
    file = LineFile(folder.events_file)
    try:
        for event in sorted(missing, key=lambda event: int(event["id"])):
            file.write(_plain(event))
    finally:
        file.close()


def idle_ms(events: Iterable[dict[str, Any]]) -> int:
    """Return the milliseconds between the attempts, in which the execution had ended and was not yet redriven."""
    idle = 0
    ended: str | None = None
    for event in events:
        if event.get("type") in _ENDS:
            ended = event.get("timestamp")
        elif event.get("type") == _REDRIVEN:
            idle += max(milliseconds_between(ended, event.get("timestamp")) or 0, 0)
    return idle


def _plain(value: Any) -> Any:
    """Return JSON of an answer: times as texts; details that are empty are left out."""
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items() if one != {}}
    return value

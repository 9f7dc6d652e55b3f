"""`children.jsonl`: what the STANDARD children of a Map Run did, so that a redrive can carry their histories on.

A line is the start of a child or one of its events; both have the index of its (first) row, because a child that was
killed has no line in `items.jsonl`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simulator.runs.folder.times import moment_text

if TYPE_CHECKING:
    from collections.abc import Container

    from simulator.aws.asl.runtime.listener import ChildStart
    from simulator.runs.folder.run_folder import RunFolder


@dataclass(slots=True)
class ChildHistory:
    """A STANDARD child's name, its start date (ISO), and its history events in their order."""

    name: str
    started: str
    events: list[dict[str, Any]] = field(default_factory=list)


def start_line(child: ChildStart) -> dict[str, Any]:
    """Return the line of a child that starts, or goes on."""
    return {**_of(child), "started": moment_text(child.started)}


def event_line(child: ChildStart, event: dict[str, Any]) -> dict[str, Any]:
    """Return the line of an event."""
    return {**_of(child), "event": event}


def _of(child: ChildStart) -> dict[str, Any]:
    return {"mapRun": child.map_run_arn, "index": child.index, "name": child.name}


def child_histories(folder: RunFolder, map_run_arn: str, without: Container[int]) -> dict[int, ChildHistory]:
    """Return the STANDARD children of a Map Run by index, without those of some indexes; {} for EXPRESS ones."""
    children: dict[int, ChildHistory] = {}
    for line in folder.child_lines():
        index, name, event = line.get("index"), line.get("name"), line.get("event")
        if line.get("mapRun") != map_run_arn or not isinstance(index, int) or index in without:
            continue
        child = children.get(index)
        if child is None or child.name != name:
            child = children[index] = ChildHistory(str(name), "")
        child.started = line.get("started") or child.started
        if isinstance(event, dict):
            if event.get("type") == "ExecutionStarted":
                child.events.clear()  # it began anew: its history was not whole
            child.events.append(event)
    return children

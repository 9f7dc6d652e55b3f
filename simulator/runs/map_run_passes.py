"""Which Map Run ran rows in which attempt of an execution: a redrive continues the last one, or begins a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class MapRunPass(NamedTuple):
    """One pass of a Map Run over the rows that it has left.

    Args:
        arn: the Map Run's.
        number: its own redrive count: 0, or the n of `Redrive-<n>`.
        redrive: the redrive of the execution in which it ran; 0 for the first attempt.
        started: when it began, as the history has it.
    """

    arn: str
    number: int
    redrive: int
    started: str


def map_run_passes(events: Iterable[dict[str, Any]]) -> list[MapRunPass]:
    """Return the passes of all Map Runs of an execution in their order, from its history."""
    passes: list[MapRunPass] = []
    redrive = 0
    for event in events:
        kind = event.get("type")
        if kind == "ExecutionRedriven":
            redrive += 1
        elif kind in ("MapRunStarted", "MapRunRedriven"):
            details = event.get(f"m{kind[1:]}EventDetails") or {}
            number = details.get("redriveCount", 0) if kind == "MapRunRedriven" else 0
            passes.append(MapRunPass(details.get("mapRunArn", ""), number, redrive, str(event.get("timestamp", ""))))
    return passes

"""The latencies that a run measured, for the simulation."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, median
from typing import TYPE_CHECKING, Any

from simulator.runs.folder.history_reader import HistoryEvent
from simulator.runs.folder.times import milliseconds_between

if TYPE_CHECKING:
    from simulator.forecast.counts import Counts
    from simulator.runs.folder.run_folder import RunFolder

SAMPLES = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Seconds, as they were measured.

    Args:
        row: of each row in the processor: all its invocations together, without cold starts.
        pause: of each of these rows between its tries, in which the function is not busy.
        call: of an invocation, on average.
        cold: of a place's first cold start of the processor, on average.
        overhead: of a child besides its function and pauses, and until the next child of its place has begun.
        validate: of the validator, its cold start included.
        validate_row: of the validator, per row.
        around: of everything else before and after the rows.
    """

    row: tuple[float, ...]
    pause: tuple[float, ...]
    call: float
    cold: float
    overhead: float
    validate: float
    validate_row: float
    around: float

    @property
    def mean_row(self) -> float:
        """A row's seconds in the processor, on average."""
        return fmean(self.row)

    @property
    def mean_pause(self) -> float:
        """A row's seconds between its tries, on average."""
        return fmean(self.pause)


def measured(folder: RunFolder, counts: Counts, at_least: float = 0.0) -> Timing:
    """Return the latencies of a run.

    Args:
        folder: the run's.
        counts: what was counted in it.
        at_least: so many seconds each invocation of the processor takes at least, as `run --fault latency=` makes it.
    """
    lived, gaps, places, first, last = _children(folder)
    processor, validator = counts.processor, counts.validator
    rows = max(counts.rows, 1)
    seconds = processor.seconds or [lived / max(counts.children, 1)]
    calls = [max(one, at_least) for one in seconds]
    row, pause, paused = _rows(folder, calls, processor.requests)
    # Later cold starts are those of environments that ended with a failure: they belong to the rows, as overhead.
    inits = processor.init_seconds[:places]
    cold = fmean(inits) if inits else 0.0
    spent = sum(processor.seconds) + sum(inits) + paused
    overhead = max(lived - spent, 0.0) / max(counts.children, 1) + gaps
    init = fmean(validator.init_seconds) if validator.init_seconds else 0.0
    run = fmean(validator.seconds) if validator.seconds else 0.0
    whole, entered = _history(folder)
    map_seconds = (milliseconds_between(first, last) or 0) / 1000
    around = max(whole - map_seconds - init - run, 0.0) if entered else 0.0
    return Timing(
        row=row,
        pause=pause,
        call=fmean(calls),
        cold=cold,
        overhead=overhead,
        validate=init + run,
        validate_row=run / rows,
        around=around,
    )


def _rows(folder: RunFolder, calls: list[float], requests: int) -> tuple[tuple[float, ...], tuple[float, ...], float]:
    """Return for the first children the seconds in the processor and between tries, and the pauses of all together.

    A log does not say to which child an invocation belongs, so they are dealt out in their order: to each child as many
    as it made. Tries of other Tasks (of those that log an error) come after the processor's, and are overhead.
    """
    items = [item for item in folder.items() if item.get("start") and item.get("stop")]
    items.sort(key=lambda item: item["start"])
    made = [_tries(item) for item in items]
    total = sum(len(tries) for tries in made) or len(items)
    per_try = min(requests / total, 1.0) if requests and total else 1.0  # a call that was refused left no REPORT
    row, pause, paused, taken = [], [], 0.0, 0.0
    for number, tries in enumerate(made):
        between = sum(
            max((milliseconds_between(one[2], following[1]) or 0) / 1000, 0.0) for one, following in pairwise(tries)
        )
        paused += between
        if number >= SAMPLES:
            continue
        first, taken = round(taken), taken + (len(tries) or 1) * per_try
        row.append(sum(calls[place % len(calls)] for place in range(first, round(taken))))
        pause.append(between)
    return tuple(row) or (fmean(calls),), tuple(pause) or (0.0,), paused


def _tries(item: dict[str, Any]) -> list[list[Any]]:
    """Return the tries of a child's first Task, the processor: (state, start, stop, error)."""
    tries = [one for one in item.get("tries") or () if one[1] and one[2]]
    return [one for one in tries if one[0] == tries[0][0]]


def _children(folder: RunFolder) -> tuple[float, float, int, str | None, str | None]:
    """Return the seconds that all children lived, the gap between two, the workers, first start and last stop."""
    lived = 0.0
    by_worker: defaultdict[tuple[Any, Any], list[tuple[str, str]]] = defaultdict(list)
    for item in folder.items():
        start, stop = item.get("start"), item.get("stop")
        if not start or not stop:
            continue
        lived += (milliseconds_between(start, stop) or 0) / 1000
        by_worker[item.get("redrive"), item.get("worker")].append((start, stop))
    gaps: list[float] = []
    starts, stops = [], []
    for spans in by_worker.values():
        spans.sort()
        starts.append(spans[0][0])
        stops.append(spans[-1][1])
        for one, following in pairwise(spans):
            gaps.append(max((milliseconds_between(one[1], following[0]) or 0) / 1000, 0.0))
    # A long gap is a pause between attempts, not a worker's: the median of many, the mean of few.
    longest = max(10 * median(gaps), 0.1) if gaps else 0.0
    usual = [gap for gap in gaps if gap <= longest]
    places = len({key[1] for key in by_worker})
    return lived, fmean(usual) if usual else 0.0, places, min(starts, default=None), max(stops, default=None)


def _history(folder: RunFolder) -> tuple[float, bool]:
    """Return the seconds of the first attempt, and whether its history has an end."""
    began = ended = None
    for raw in folder.events():
        event = HistoryEvent(raw)
        if event.type == "ExecutionStarted":
            began = event.timestamp
        if event.execution_end is not None:
            ended = event.timestamp
            break
    return (milliseconds_between(began, ended) or 0) / 1000, ended is not None

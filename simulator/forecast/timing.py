"""The latencies that a run measured, for the simulation."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import fmean, median
from typing import TYPE_CHECKING

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
        row: of the processor's invocations, without cold starts.
        cold: of a cold start of the processor, on average.
        overhead: of a child besides its function, and until the next child of its place has begun.
        validate: of the validator, its cold start included.
        validate_row: of the validator, per row.
        around: of everything else before and after the rows.
    """

    row: tuple[float, ...]
    cold: float
    overhead: float
    validate: float
    validate_row: float
    around: float

    @property
    def mean_row(self) -> float:
        """A row's seconds on average."""
        return fmean(self.row)

    def with_latency(self, seconds: float) -> Timing:
        """Return it with that time in the place of each measured one of a row."""
        return replace(self, row=(seconds,))


def measured(folder: RunFolder, counts: Counts) -> Timing:
    """Return the latencies of a run."""
    lived, gaps, first, last = _children(folder)
    processor, validator = counts.processor, counts.validator
    rows = max(counts.rows, 1)
    warm = tuple(processor.seconds[:SAMPLES]) or (lived / max(counts.children, 1),)
    cold = fmean(processor.init_seconds) if processor.init_seconds else 0.0
    spent = sum(processor.seconds) + sum(processor.init_seconds)
    overhead = max(lived - spent, 0.0) / max(counts.children, 1) + gaps
    init = fmean(validator.init_seconds) if validator.init_seconds else 0.0
    run = fmean(validator.seconds) if validator.seconds else 0.0
    whole, entered = _history(folder)
    map_seconds = (milliseconds_between(first, last) or 0) / 1000
    around = max(whole - map_seconds - init - run, 0.0) if entered else 0.0
    return Timing(row=warm, cold=cold, overhead=overhead, validate=init + run, validate_row=run / rows, around=around)


def _children(folder: RunFolder) -> tuple[float, float, str | None, str | None]:
    """Return the seconds that all children lived, the gap between two of a worker, first start and last stop."""
    lived = 0.0
    by_worker: defaultdict[object, list[tuple[str, str]]] = defaultdict(list)
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
    usual = [gap for gap in gaps if gap <= max(10 * median(gaps), 0.1)] if gaps else []
    return lived, fmean(usual) if usual else 0.0, min(starts, default=None), max(stops, default=None)


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

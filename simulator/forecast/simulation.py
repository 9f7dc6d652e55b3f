"""Discrete-event simulation of a Map Run: places for children, token buckets of quotas, and latencies.

The rows beyond the first few thousand children repeat what these did, so they are not simulated one by one: once the
buckets are empty the rate is steady. See docs/forecast.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

import simpy

from lambdas.shared.audit_key import ROWS_OF_THE_FIRST
from simulator.forecast.plan import STANDARD
from simulator.forecast.price_list import quotas

if TYPE_CHECKING:
    from collections.abc import Generator

    from simulator.forecast.plan import Plan
    from simulator.forecast.timing import Timing

SIMULATED = 1000
"""So many children are simulated at least, and three for each place: a ramp, and a steady half."""
PER_PLACE = 3
_EMPTY = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a child takes from quotas: write units of the table for each row, and transitions."""

    writes_per_row: float
    transitions: float


class _Bucket:
    """A token bucket: `take` says how long a process has to wait for its tokens."""

    def __init__(self, name: str) -> None:
        quota = quotas()[name]
        self.rate = quota.limit
        self._capacity = quota.burst
        self.level = quota.burst
        self._seen = 0.0

    def take(self, now: float, tokens: float) -> float:
        self.level = min(self.level + (now - self._seen) * self.rate, self._capacity)
        self._seen = now
        self.level -= tokens
        return max(-self.level, 0.0) / self.rate


@dataclass(slots=True)
class _Flow:
    seconds: float
    tokens: dict[_Bucket, float]
    """What a child that follows takes of each bucket."""


class _Run:
    """One simulation of so many children; the buckets are full when it begins."""

    def __init__(self, plan: Plan, timing: Timing, work: Work, children: int) -> None:
        self._env = simpy.Environment()
        self._plan = plan
        self._timing = timing
        self._work = work
        self._left = children
        self._rows_left = min(plan.rows, children * plan.batch)
        self._sample = 0
        self._end = 0.0
        self._start = [_Bucket("start_standard" if plan.kind == STANDARD else "start_express")]
        self._transitions = [_Bucket("transitions")] if plan.kind == STANDARD else []
        self._requests = [_Bucket("lambda_requests")]
        self._first_rows = [_Bucket("partition_key"), _Bucket("on_demand")]
        self._later_rows = [_Bucket("partition_keys"), self._first_rows[1]]
        self._rows_begun = 0
        self._functions = simpy.Resource(self._env, int(_at_once()))
        self._until = [0.0, *accumulate(timing.row)]
        self._paused_until = [0.0, *accumulate(timing.pause)]

    def flow(self) -> _Flow:
        """Run it."""
        places = min(self._plan.concurrency, self._left)
        for _ in range(places):
            self._env.process(self._place())
        self._env.run()
        tokens = dict.fromkeys([*self._start, *self._requests], 1.0)
        tokens |= dict.fromkeys(self._transitions, self._work.transitions)
        tokens |= dict.fromkeys(self._later_rows, self._plan.batch * self._work.writes_per_row)
        return _Flow(self._end, {bucket: taken for bucket, taken in tokens.items() if taken})

    def _place(self) -> Generator[simpy.Event]:
        """A place: child after child."""
        env, cold = self._env, self._timing.cold
        while self._left:
            self._left -= 1
            rows = min(self._plan.batch, self._rows_left)
            self._rows_left -= rows
            writes = self._first_rows if self._rows_begun < ROWS_OF_THE_FIRST else self._later_rows
            self._rows_begun += rows
            busy, pause = self._seconds(rows)
            yield from self._wait(self._start, 1)
            yield from self._wait(self._transitions, self._work.transitions)
            with self._functions.request() as function:
                yield function
                yield from self._wait(self._requests, 1)
                yield env.timeout(cold + busy)
                yield from self._wait(writes, rows * self._work.writes_per_row)
            cold = 0.0
            yield env.timeout(self._timing.overhead + pause)
            self._end = env.now

    def _wait(self, buckets: list[_Bucket], tokens: float) -> Generator[simpy.Event]:
        pause = max((bucket.take(self._env.now, tokens) for bucket in buckets), default=0.0)
        if pause > 0:
            yield self._env.timeout(pause)

    def _seconds(self, rows: int) -> tuple[float, float]:
        """Return what the next rows take together: in the function, and between tries."""
        first, self._sample = self._sample, self._sample + rows
        return _between(self._until, first, rows), _between(self._paused_until, first, rows)


def _between(until: list[float], first: int, rows: int) -> float:
    """Return the sum of so many samples from one on, which begin again after the last; `until` has the sums so far."""
    many = len(until) - 1
    rounds, rest = divmod(rows, many)
    first %= many
    last = first + rest
    once = until[last] - until[first] if last <= many else until[many] - until[first] + until[last - many]
    return once + rounds * until[many]


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """What a simulation says.

    Args:
        seconds: from the run's start to its end.
        demand: children per second if no quota held them up.
    """

    seconds: float
    demand: float


class Simulation:
    """Simulates the plans of one run's latencies; what a plan of fewer rows shares with another is done once."""

    def __init__(self, timing: Timing, work: Work) -> None:
        self._timing = timing
        self._work = work
        self._done: dict[Plan, Simulated] = {}
        self._flows: dict[tuple[str, int, int], _Flow] = {}

    def run(self, plan: Plan) -> Simulated:
        """Simulate a plan."""
        if plan not in self._done:
            self._done[plan] = self._simulated(plan)
        return self._done[plan]

    def _simulated(self, plan: Plan) -> Simulated:
        timing = self._timing
        many = max(SIMULATED, PER_PLACE * plan.concurrency)
        fixed = timing.validate + timing.validate_row * plan.rows + timing.around
        child = min(plan.batch, plan.rows) * timing.mean_row
        paused = min(plan.batch, plan.rows) * timing.mean_pause
        demand = min(plan.concurrency, plan.children) / (timing.overhead + paused + child)
        if plan.children <= many:
            seconds = _Run(plan, timing, self._work, plan.children).flow().seconds
            return Simulated(seconds=fixed + seconds, demand=demand)
        key = (plan.kind, plan.batch, plan.concurrency)
        if key not in self._flows:
            self._flows[key] = _Run(plan, timing, self._work, many).flow()
        flow = self._flows[key]
        rest = _rest(plan.children - many, flow, min(demand, _at_once() / child))
        return Simulated(seconds=fixed + flow.seconds + rest, demand=demand)


def _at_once() -> float:
    """Return how many functions can run at once."""
    return min(quotas()[name].limit for name in ("lambda_concurrency", "connections"))


def _rest(children: float, flow: _Flow, fastest: float) -> float:
    """Return the seconds of the children that follow the simulated ones.

    They go at the fastest rate until a bucket is empty, then at the rate of that bucket, until the next one is.
    """
    tokens = flow.tokens
    levels = {bucket: max(bucket.level, 0.0) for bucket in tokens}
    seconds = 0.0
    while True:
        rate = min([fastest, *(bucket.rate / tokens[bucket] for bucket, level in levels.items() if level <= _EMPTY)])
        losses = {bucket: tokens[bucket] * rate - bucket.rate for bucket in levels}
        lasts = [levels[one] / loss for one, loss in losses.items() if levels[one] > _EMPTY and loss > _EMPTY]
        span = min([children / rate, *lasts])
        seconds += span
        children -= span * rate
        if children <= _EMPTY:
            return seconds
        for bucket, loss in losses.items():
            levels[bucket] = max(levels[bucket] - max(loss, 0.0) * span, 0.0)

"""Discrete-event simulation of a Map Run: places for children, token buckets of quotas, and latencies.

The rows beyond the first few thousand children repeat what these did, so they are not simulated one by one: once the
buckets are empty the rate is steady. See docs/forecast.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

import simpy

from simulator.forecast.plan import STANDARD
from simulator.forecast.price_list import quotas

if TYPE_CHECKING:
    from collections.abc import Generator

    from simulator.forecast.plan import Plan
    from simulator.forecast.timing import Timing

SIMULATED = 1000
"""So many children are simulated at least, and three for each place: a ramp, and a steady half."""
PER_PLACE = 3
_STEADY = 0.98


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a child takes from quotas: write units of the table for each row, and transitions."""

    writes_per_row: float
    transitions: float


class _Bucket:
    """A token bucket: `take` says how long a process has to wait for its tokens."""

    def __init__(self, name: str, *, full: bool) -> None:
        quota = quotas()[name]
        self.name = name
        self.rate = quota.limit
        self._capacity = quota.burst
        self.level = quota.burst if full else 0.0
        self._seen = 0.0
        self.taken = 0.0

    def take(self, now: float, tokens: float) -> float:
        self.level = min(self.level + (now - self._seen) * self.rate, self._capacity)
        self._seen = now
        self.level -= tokens
        self.taken += tokens
        return max(-self.level, 0.0) / self.rate


@dataclass(slots=True)
class _Flow:
    seconds: float
    rate: float
    buckets: list[_Bucket]

    @property
    def draining(self) -> bool:
        """Whether a bucket gives more than it gets, so that it will be empty some day."""
        return any(bucket.taken / self.seconds > bucket.rate for bucket in self.buckets)


class _Run:
    """One simulation of so many children; `full` is whether the buckets are full when it begins."""

    def __init__(self, plan: Plan, timing: Timing, work: Work, children: int, *, full: bool) -> None:
        self._env = simpy.Environment()
        self._plan = plan
        self._timing = timing
        self._work = work
        self._left = children
        self._rows_left = min(plan.rows, children * plan.batch)
        self._sample = 0
        self._ends: list[float] = []
        self._start = [_Bucket("start_standard" if plan.kind == STANDARD else "start_express", full=full)]
        self._transitions = [_Bucket("transitions", full=full)] if plan.kind == STANDARD else []
        self._requests = [_Bucket("lambda_requests", full=full)]
        self._writes = [_Bucket("partition_key", full=full), _Bucket("on_demand", full=full)]
        at_once = min(quotas()[name].limit for name in ("lambda_concurrency", "connections"))
        self._functions = simpy.Resource(self._env, int(at_once))
        self._until = [0.0, *accumulate(timing.row)]

    def flow(self) -> _Flow:
        """Run it."""
        places = min(self._plan.concurrency, self._left)
        for _ in range(places):
            self._env.process(self._place())
        self._env.run()
        ends = sorted(self._ends)
        half = len(ends) // 2
        span = ends[-1] - ends[half - 1] if half else 0.0
        rate = (len(ends) - half) / span if span > 0 else len(ends) / max(ends[-1], 1e-9)
        buckets = [*self._start, *self._transitions, *self._requests, *self._writes]
        return _Flow(ends[-1], rate, buckets)

    def _place(self) -> Generator[simpy.Event]:
        """A place: child after child."""
        env, cold = self._env, self._timing.cold
        while self._left:
            self._left -= 1
            rows = min(self._plan.batch, self._rows_left)
            self._rows_left -= rows
            yield from self._wait(self._start, 1)
            yield from self._wait(self._transitions, self._work.transitions)
            with self._functions.request() as function:
                yield function
                yield from self._wait(self._requests, 1)
                yield env.timeout(cold + self._seconds(rows))
                yield from self._wait(self._writes, rows * self._work.writes_per_row)
            cold = 0.0
            yield env.timeout(self._timing.overhead)
            self._ends.append(env.now)

    def _wait(self, buckets: list[_Bucket], tokens: float) -> Generator[simpy.Event]:
        pause = max((bucket.take(self._env.now, tokens) for bucket in buckets), default=0.0)
        if pause > 0:
            yield self._env.timeout(pause)

    def _seconds(self, rows: int) -> float:
        """Return what the next rows take together."""
        many = len(self._timing.row)
        rounds, rest = divmod(rows, many)
        first, self._sample = self._sample, (self._sample + rest) % many
        last = first + rest
        once = (
            self._until[last] - self._until[first]
            if last <= many
            else (self._until[many] - self._until[first] + self._until[last - many])
        )
        return once + rounds * self._until[many]


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """What a simulation says.

    Args:
        seconds: from the run's start to its end.
        rate: children per second when the flow is steady, held up by quotas.
        demand: children per second if no quota held them up.
    """

    seconds: float
    rate: float
    demand: float


class Simulation:
    """Simulates the plans of one run's latencies; what a plan of fewer rows shares with another is done once."""

    def __init__(self, timing: Timing, work: Work) -> None:
        self._timing = timing
        self._work = work
        self._done: dict[Plan, Simulated] = {}
        self._flows: dict[tuple[str, int, int], tuple[_Flow, _Flow]] = {}

    def run(self, plan: Plan) -> Simulated:
        """Simulate a plan."""
        if plan not in self._done:
            self._done[plan] = self._simulated(plan)
        return self._done[plan]

    def _simulated(self, plan: Plan) -> Simulated:
        timing = self._timing
        many = max(SIMULATED, PER_PLACE * plan.concurrency)
        fixed = timing.validate + timing.validate_row * plan.rows + timing.around
        batch = min(plan.batch, plan.rows)
        demand = min(plan.concurrency, plan.children) / (timing.overhead + batch * timing.mean_row)
        if plan.children <= many:
            flow = self._flow(plan, plan.children, full=True)
            return Simulated(seconds=fixed + flow.seconds, rate=flow.rate, demand=demand)
        key = (plan.kind, plan.batch, plan.concurrency)
        if key not in self._flows:
            full = self._flow(plan, many, full=True)
            self._flows[key] = (full, self._flow(plan, many, full=False) if full.draining else full)
        full, empty = self._flows[key]
        seconds = full.seconds + _rest(plan.children - many, full, empty)
        return Simulated(seconds=fixed + seconds, rate=min(empty.rate, full.rate), demand=demand)

    def _flow(self, plan: Plan, children: int, *, full: bool) -> _Flow:
        return _Run(plan, self._timing, self._work, children, full=full).flow()


def _rest(children: int, full: _Flow, empty: _Flow) -> float:
    """Return the seconds of children that were not simulated: first at the rate of full buckets, while these last."""
    if empty.rate >= _STEADY * full.rate:
        return children / full.rate
    drains = []
    for bucket in full.buckets:
        net = bucket.taken / full.seconds - bucket.rate
        if net > 0 and bucket.level > 0:
            drains.append(bucket.level / net)
    fast = min(children, min(drains, default=0.0) * full.rate)
    return fast / full.rate + (children - fast) / empty.rate

"""How cost and time grow with the rows, for all plans, and which plan is recommended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.forecast.costs import run_lines, total
from simulator.forecast.limits import OWN_SETTING, STOPS, limits_of
from simulator.forecast.plan import EXPRESS, STANDARD, Plan
from simulator.runs.words import duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.forecast.counts import Counts
    from simulator.forecast.limits import Deployed, Limit
    from simulator.forecast.simulation import Simulation, Work
    from simulator.forecast.timing import Timing

SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
BATCHES = (1, 10, 100)
CONCURRENCIES = (5, 8, 10, 20, 40, 100, 200, 500, 1000)
SPARE = 0.8
"""A recommended plan uses at most so much of each limit."""
AIM_SECONDS = 3600.0
"""A recommended plan ends within an hour, if one does."""
NEAR = 1.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A plan, simulated and priced; `first` is the limit that it meets first, `second` the next one."""

    plan: Plan
    seconds: float
    usd: float
    first: Limit
    second: Limit
    stopped_by: Limit | None

    @property
    def took(self) -> str:
        """Its time, for a person."""
        return duration(round(self.seconds * 1000))

    @property
    def first_words(self) -> str:
        """The first limit, for a person; if that is an exceeded MAX_ROWS, the next one, too."""
        exceeded = self.first.name == OWN_SETTING and self.first.share > 1
        return f"{self.first.words}, then {self.second.words}" if exceeded else self.first.words

    @property
    def words(self) -> str:
        """The plan and what it gives, for a person."""
        return f"{self.plan.words}: {self.took}, ${self.usd:,.2f}; first limit: {self.first.words}"

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "rows": self.plan.rows,
            "kind": self.plan.kind,
            "batch": self.plan.batch,
            "concurrency": self.plan.concurrency,
            "seconds": self.seconds,
            "usd": self.usd,
            "firstLimit": self.first.to_json(),
            "stoppedBy": self.stopped_by.to_json() if self.stopped_by else None,
        }


class Growth:
    """Simulates and prices plans of one run's counts and latencies."""

    def __init__(self, counts: Counts, timing: Timing, work: Work, simulation: Simulation, deployed: Deployed) -> None:
        self._counts = counts
        self._timing = timing
        self._work = work
        self._simulation = simulation
        self._deployed = deployed

    def point(self, plan: Plan) -> Point:
        """Return a plan's time, cost and limits."""
        simulated = self._simulation.run(plan)
        limits = self.limits(plan)
        return Point(
            plan=plan,
            seconds=simulated.seconds,
            usd=total(run_lines(self._counts, plan, simulated.seconds)),
            first=limits[0],
            second=limits[1],
            stopped_by=next((one for one in limits if one.effect == STOPS and one.share > 1), None),
        )

    def limits(self, plan: Plan) -> list[Limit]:
        """Return a plan's limits, the first one met at the top."""
        simulated = self._simulation.run(plan)
        return limits_of(plan, simulated, self._counts, self._timing, self._work, self._deployed)

    def grid(self, sizes: Sequence[int] = SIZES) -> list[Point]:
        """Return all plans of some sizes."""
        return [
            self.point(Plan(rows=rows, kind=kind, batch=batch, concurrency=concurrency))
            for kind in (EXPRESS, STANDARD)
            for batch in BATCHES
            for concurrency in CONCURRENCIES
            for rows in sizes
        ]

    def spare(self, point: Point) -> bool:
        """Whether a plan leaves a fifth of each limit but MAX_ROWS: no plan changes that one, an operator can."""
        return all(one.share <= SPARE for one in self.limits(point.plan) if one.name != OWN_SETTING)


def recommended(growth: Growth, rows: int, points: Sequence[Point]) -> Point | None:
    """Return the plan that is recommended for a number of rows; None if each breaks a limit.

    Of the plans that leave a fifth of each limit free and end within an hour, the cheapest; of those that cost the same
    within 5 %, the one with the fewest children at once. If none ends within an hour: the cheapest of
    the quickest, within 5 %.
    """
    fitting = [point for point in points if point.plan.rows == rows and growth.spare(point)]
    if not fitting:
        return None
    quick = [point for point in fitting if point.seconds <= AIM_SECONDS]
    if not quick:
        least = min(point.seconds for point in fitting)
        return min((point for point in fitting if point.seconds <= least * NEAR), key=lambda point: point.usd)
    cheapest = min(point.usd for point in quick)
    return min(
        (point for point in quick if point.usd <= cheapest * NEAR),
        key=lambda point: (point.plan.concurrency, point.usd),
    )

"""Which quotas a plan meets, and which of them first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lambdas.shared.audit_key import ROWS_OF_THE_FIRST
from lambdas.shared.settings import MAX_ROWS
from simulator.forecast.plan import EXPRESS, STANDARD
from simulator.forecast.price_list import Figure, quotas

if TYPE_CHECKING:
    from simulator.forecast.counts import Counts
    from simulator.forecast.plan import Plan
    from simulator.forecast.simulation import Simulated, Work
    from simulator.forecast.timing import Timing

SLOWS, STOPS = "slows", "stops"
OWN_SETTING = "max_rows"
"""Not a quota of AWS: the same for all plans of a size, and the operator can raise it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """The limits that the deployed definitions set themselves.

    Args:
        kind: of the children: EXPRESS or STANDARD.
        concurrency: MaxConcurrency of the Map.
        run_seconds: TimeoutSeconds of the workflow.
        validator_seconds, processor_seconds: the functions' timeouts.
    """

    kind: str
    concurrency: int
    run_seconds: float
    validator_seconds: float
    processor_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit(Figure):
    """A quota, and how much of it a plan uses.

    Args:
        name, what: the quota.
        limit, used: in its unit.
        effect: `slows` if the run is held up when it is met, `stops` if it fails.
        sourced: whether it has a source; the deployed definitions' own settings have.
    """

    name: str
    what: str
    limit: float
    used: float
    effect: str
    sourced: bool = True

    @property
    def share(self) -> float:
        """Used per limit: 1 is met."""
        return self.used / self.limit

    @property
    def words(self) -> str:
        """The limit, for a person; a ? follows a quota without a source."""
        return f"{self.what} ({self.used:,.0f} of {self.limit:,.0f}{self.mark}, {self.share:.0%})"

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "name": self.name,
            "what": self.what,
            "limit": self.limit,
            "used": self.used,
            "share": self.share,
            "effect": self.effect,
            "sourced": self.sourced,
        }


def limits_of(  # noqa: PLR0917 - the parts of a forecast
    plan: Plan, simulated: Simulated, counts: Counts, timing: Timing, work: Work, deployed: Deployed
) -> list[Limit]:
    """Return all limits of a plan, the one that is met first at the top.

    Rates are those that the plan would reach if no quota held it up. What stops the run and is exceeded comes before
    what only slows it.
    """
    demand = simulated.demand
    rows_per_second = demand * plan.batch
    places = min(plan.concurrency, plan.children)
    writes = rows_per_second * work.writes_per_row
    bytes_per_row = counts.file_bytes / counts.rows
    child_seconds = plan.batch * timing.mean_row + timing.mean_pause
    found = [
        _quota("children", places, SLOWS),
        _quota("lambda_concurrency", places, SLOWS),
        _quota("connections", places, SLOWS),
        _quota("network_interfaces", places, SLOWS),
        _quota("lambda_requests", demand, SLOWS),
        _quota("partition_key" if plan.rows <= ROWS_OF_THE_FIRST else "partition_keys", writes, SLOWS),
        _quota("on_demand", writes, SLOWS),
        _quota("start_standard" if plan.kind == STANDARD else "start_express", demand, SLOWS),
        _quota("items", plan.rows, STOPS),
        _quota("file_bytes", plan.rows * bytes_per_row, STOPS),
        _quota("child_input", plan.batch * counts.input_bytes, STOPS),
        _own(OWN_SETTING, "rows that the validator lets pass (MAX_ROWS)", MAX_ROWS, plan.rows),
        _own("run_timeout", "seconds of the workflow (TimeoutSeconds)", deployed.run_seconds, simulated.seconds),
        _own(
            "processor_timeout",
            "seconds of the processor function",
            deployed.processor_seconds,
            plan.batch * timing.call,
        ),
        _own(
            "validator_timeout",
            "seconds of the validator function",
            deployed.validator_seconds,
            timing.validate + timing.validate_row * plan.rows,
        ),
    ]
    if plan.kind == STANDARD:
        found.append(_quota("transitions", demand * work.transitions, SLOWS))
    if plan.kind == EXPRESS:
        found.append(_quota("express_seconds", child_seconds, STOPS))
    return sorted(found, key=lambda one: (one.share > 1 and one.effect == STOPS, one.share), reverse=True)


def _quota(name: str, used: float, effect: str) -> Limit:
    quota = quotas()[name]
    return Limit(name=name, what=quota.what, limit=quota.limit, used=used, effect=effect, sourced=quota.sourced)


def _own(name: str, what: str, limit: float, used: float) -> Limit:
    return Limit(name=name, what=what, limit=limit, used=used, effect=STOPS)

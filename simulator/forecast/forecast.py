"""A forecast: of one run's counts and latencies, for a number of rows."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.forecast.audit_claim import AuditClaim, audit_claim
from simulator.forecast.costs import DAYS_PER_MONTH, Line, audit_month_lines, month_lines, run_lines, total
from simulator.forecast.counts import counted
from simulator.forecast.growth import SIZES, Growth, Point, recommended
from simulator.forecast.limits import OWN_SETTING, Deployed, Limit
from simulator.forecast.plan import EXPRESS, Plan
from simulator.forecast.price_list import price_list, quotas
from simulator.forecast.simulation import Simulation, Work
from simulator.forecast.timing import measured
from simulator.runs.folder.batches import rows_per_child

if TYPE_CHECKING:
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.folder.run_record import RunRecord

_FUNCTIONS = Path(__file__).resolve().parents[2] / "cdk" / "definitions" / "functions.json"
MOST_ROWS = int(quotas()["items"].limit)
MOST_CONCURRENCY = int(quotas()["children"].limit)

ASSUMPTIONS = (
    "Rows fail, are retried and take as long as in the measured run, on its machine; with --latency at least so long.",
    "A batch (rowsPerChild) is one call of the processor, which handles its rows in order.",
    "The concurrency is the run's MaxConcurrency (mapConcurrency of its stage); --concurrency gives another.",
    "A call that a quota refuses waits until it may go on. The workflow's retries do that, with longer pauses.",
    "A Map Run's children take tokens of StartExecution and, if they are STANDARD, of state transitions.",
    "All quotas are at their defaults, and nothing else in the account uses them.",
    "A transition is a state that is entered, a retry, or the start of an execution.",
    "EXPRESS children take 64 MB. The upload is one PUT, each result file three requests (multipart).",
    "Aurora is at its maximum of 2 ACU during a run and five minutes after it; an I/O is five per row.",
    "X-Ray records one trace per second and 5 % of the others.",
)
OMISSIONS = (
    "free tiers, taxes, support, discounts, and what other stacks use of the quotas",
    "Aurora's storage, backups and CPU: a real load test has to show how many rows 2 ACU can take per second",
    "storage in S3 and of logs, VPC flow logs, data through the NAT gateways (the pipeline sends none)",
    "point-in-time recovery of the table, TTL deletions (free), reads of the audit trail",
    "rows of one key that DynamoDB splits over several partitions after a while",
    "deployments, operators' queries, the dashboard of CloudWatch (three are free)",
)


class NothingToForecast(Exception):
    """The run has no rows that have ended; the message says what to do."""


@dataclass(slots=True, kw_only=True)
class Forecast:
    """What a forecast says.

    Args:
        run: the run that was measured, with `measured_rows` rows.
        point: the plan that was asked for, simulated and priced.
        lines: what one run of it costs.
        month: what the stack costs per month without files.
        runs_per_month, rows_per_day: how often it is run.
        audit: what the audit trail costs per month.
        claim: the design's claim about that; None if the run left no audit items.
        limits: the plan's, the first one met at the top.
        growth: all plans of all sizes; empty if only one line was asked for.
        advice: the recommended plan by rows.
    """

    run: str
    measured_rows: int
    point: Point
    lines: list[Line]
    month: list[Line]
    runs_per_month: float
    rows_per_day: float
    audit: list[Line]
    claim: AuditClaim | None
    limits: list[Limit]
    growth: list[Point] = field(default_factory=list)
    advice: dict[int, Point | None] = field(default_factory=dict)

    @property
    def usd(self) -> float:
        """What one run costs."""
        return total(self.lines)

    @property
    def month_usd(self) -> float:
        """What a month costs: the stack, the runs, and what of the audit trail is kept."""
        kept = sum(line.usd for line in self.audit if line.price == "dynamodb_storage")
        return total(self.month) + self.usd * self.runs_per_month + kept

    @property
    def one_line(self) -> str:
        """The forecast in one line."""
        plan = self.point.plan
        return (
            f"On AWS this costs about ${self.usd:.4f} per run of {plan.rows:,} rows"
            f" and takes {self.point.took}; with the stack, ${self.month_usd:,.0f} per month at"
            f" {self.rows_per_day:,.0f} rows per day"
        )

    @property
    def recommendation(self) -> str:
        """The recommendation, for a person."""
        rows = self.point.plan.rows
        best = self.advice.get(rows)
        if best is None:
            return f"At {rows:,} rows no plan ends within the limits: split the file. First: {self.point.first.words}"
        note = ""
        if best.first.name == OWN_SETTING and best.first.share > 1:
            note = " The validator refuses so many rows in a file: raise MAX_ROWS, or split it."
            note += f" Then the first limit is: {best.second.words}."
        return f"At {rows:,} rows: {best.words}.{note}"

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        prices = price_list()
        return {
            "run": self.run,
            "measuredRows": self.measured_rows,
            "prices": {
                "oldest": prices.oldest.isoformat(),
                "newest": prices.newest.isoformat(),
                "region": prices.region,
            },
            **self.point.to_json(),
            "usd": self.usd,
            "usdPerMonth": self.month_usd,
            "rowsPerDay": self.rows_per_day,
            "runsPerMonth": self.runs_per_month,
            "lines": [line.to_json() for line in self.lines],
            "month": [line.to_json() for line in self.month],
            "audit": [line.to_json() for line in self.audit],
            "auditClaim": self.claim.to_json() if self.claim else None,
            "limits": [limit.to_json() for limit in self.limits],
            "growth": [point.to_json() for point in self.growth],
            "advice": [
                {"rows": rows, "plan": point.to_json() if point else None} for rows, point in self.advice.items()
            ],
            "recommendation": self.recommendation if self.advice else None,
            "assumptions": ASSUMPTIONS,
            "omissions": OMISSIONS,
        }


def forecast(
    folder: RunFolder,
    record: RunRecord,
    *,
    rows: int | None = None,
    concurrency: int | None = None,
    per_day: float | None = None,
    latency: float | None = None,
    grow: bool = True,
) -> Forecast:
    """Forecast a run.

    Args:
        folder: the run that was measured.
        record: how it stands.
        rows: for so many rows; None for as many as it had.
        concurrency: children at once; None for the workflow's.
        per_day: rows per day; None for one such run per day.
        latency: seconds that each call of the processor takes at least; None for those that were measured.
        grow: whether all plans are simulated, too, and one is recommended.

    Raises:
        NothingToForecast: no row of the run has ended, or it was run in batches.
    """
    if rows_per_child(_definition(folder)) > 1:
        raise NothingToForecast(
            f"The run {folder.name} was run in batches, so it does not say how long a row takes. Give a run with one "
            "row per child execution (rowsPerChild 1): batches are forecast from it, too."
        )
    counts = counted(folder, record)
    if counts.rows == 0 or counts.children == 0:
        raise NothingToForecast(
            f"No row of the run {folder.name} has ended, so it has nothing to forecast from. Give a run that did."
        )
    timing = measured(folder, counts, latency or 0.0)
    if latency is not None:
        counts = counts.with_latency(latency)
    deployed = _deployed(folder)
    work = Work(
        writes_per_row=counts.table_writes / counts.rows, transitions=counts.child_transitions / counts.children
    )
    growing = Growth(counts, timing, work, Simulation(timing, work), deployed)
    plan = Plan(
        rows=rows or counts.rows,
        kind=deployed.kind,
        batch=1,
        concurrency=concurrency or deployed.concurrency,
    )
    point = growing.point(plan)
    daily = float(per_day) if per_day is not None else float(plan.rows)
    points = growing.grid(sorted({*SIZES, plan.rows})) if grow else []
    return Forecast(
        run=folder.name,
        measured_rows=counts.rows,
        point=point,
        lines=run_lines(counts, plan, point.seconds),
        month=month_lines(),
        runs_per_month=daily / plan.rows * DAYS_PER_MONTH,
        rows_per_day=daily,
        audit=audit_month_lines(counts, daily),
        claim=audit_claim(counts, daily),
        limits=growing.limits(plan),
        growth=points,
        advice={size: recommended(growing, size, points) for size in sorted({*SIZES, plan.rows})} if grow else {},
    )


def _definition(folder: RunFolder) -> str:
    """Return the text of the run's definition; nothing if its file is gone."""
    try:
        return folder.definition_file.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def _deployed(folder: RunFolder) -> Deployed:
    """Return what the run's definition and the functions' configurations set."""
    try:
        definition = json.loads(_definition(folder))
    except ValueError:
        definition = {}
    states = definition.get("States") or {}
    found: dict[str, Any] = next((state for state in states.values() if state.get("Type") == "Map"), {})
    processor = (found.get("ItemProcessor") or {}).get("ProcessorConfig") or {}
    # A path or an expression gives it only while the workflow runs; without a number the most is assumed.
    given = found.get("MaxConcurrency")
    concurrency = given if isinstance(given, int) and given else MOST_CONCURRENCY
    functions = {one["name"]: one for one in json.loads(_FUNCTIONS.read_bytes())}
    return Deployed(
        kind=processor.get("ExecutionType", EXPRESS),
        concurrency=min(concurrency, MOST_CONCURRENCY),
        run_seconds=float(definition.get("TimeoutSeconds") or 365 * 86400),
        validator_seconds=float(functions["${CsvValidatorFunctionName}"]["timeoutSeconds"]),
        processor_seconds=float(functions["${UserLogProcessorFunctionName}"]["timeoutSeconds"]),
    )

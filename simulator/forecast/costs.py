"""What a plan costs, line by line: measured counts, scaled to its rows, times dated prices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.forecast.counts import billed_ms
from simulator.forecast.plan import STANDARD
from simulator.forecast.price_list import price_list

if TYPE_CHECKING:
    from simulator.forecast.counts import Counts
from simulator.forecast.plan import Plan

GB = 1_000_000_000
EXPRESS_GB = 64 / 1024
"""EXPRESS memory is rounded up to 64 MB: 50 MB, and what definition and data take."""
DISPATCHER_MS = 100
GETS_PER_RUN = 2
"""The validator and the ItemReader read the file."""
TURN_WRITES = 2
IO_PER_ROW = 5
IDLE_ACU, MOST_ACU, INSTANCES = 0.5, 2.0, 2
SCALE_DOWN_SECONDS = 300
KEEP_DAYS = 182
DAYS_PER_MONTH = 365 / 12
HOURS_PER_MONTH = 730
ITEM_OVERHEAD = 100
"""Bytes that DynamoDB adds to each stored item, in table and index."""
TRACED_SHARE = 0.05
_WHOLE = 1000
NAT_GATEWAYS, ENDPOINTS, KEYS, SECRETS = 2, 2, 2, 1
ALARM_METRICS, COMPOSITE_ALARMS, CUSTOM_METRICS = 35, 12, 8

MEASURED, ESTIMATED, BY_DESIGN = "measured", "estimated", "by design"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a bill.

    Args:
        item: what is paid for.
        quantity, unit, usd: how much of it, and what that costs.
        price: the name of its price in `prices.toml`.
        basis: measured in the run, estimated from it, or following from the design.
    """

    item: str
    quantity: float
    unit: str
    usd: float
    price: str
    basis: str

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        price = price_list().prices[self.price]
        return {
            "item": self.item,
            "quantity": self.quantity,
            "unit": self.unit,
            "usd": self.usd,
            "price": {
                "rate": price.rate,
                "usd": price.usd,
                "per": price.per,
                "sourced": price.sourced,
                "source": price.source,
                "date": price.date.isoformat(),
            },
            "basis": self.basis,
        }


def total(lines: list[Line]) -> float:
    """Return what all lines cost together."""
    return sum(line.usd for line in lines)


def number_text(number: float) -> str:
    """Return a quantity, for a person.

    >>> number_text(1_998_000.0), number_text(16.016886), number_text(0.0010522)
    ('1,998,000', '16.02', '0.001052')
    """
    if number >= _WHOLE or number == int(number):
        return f"{number:,.0f}"
    return f"{number:.4g}"


def run_lines(counts: Counts, plan: Plan, seconds: float) -> list[Line]:
    """Return what one run of a plan costs.

    Args:
        counts: of a run of which the plan's rows are so many times as many.
        plan: how it is run.
        seconds: how long it takes.
    """
    factor = plan.rows / counts.rows
    executions = counts.children * factor / plan.batch
    processor, validator = counts.processor, counts.validator
    requests = processor.requests * factor / plan.batch
    cold = min(plan.concurrency, plan.children) + len(validator.init_seconds)
    unmeasured_cold = _cold_seconds(counts, plan) * _memory(counts)
    result_puts = counts.s3_puts
    lines = [
        _line("Workflow (STANDARD)", counts.parent_transitions, "transitions", MEASURED),
        _line("Dispatcher (EXPRESS), request", 1, "express_requests", BY_DESIGN),
        _line("Dispatcher (EXPRESS), duration", DISPATCHER_MS / 1000 * EXPRESS_GB, "express_gb_seconds", BY_DESIGN),
    ]
    if plan.kind == STANDARD:
        lines.append(
            _line("Children (STANDARD)", counts.child_transitions * factor / plan.batch, "transitions", MEASURED)
        )
    else:
        express = _express_ms(counts, plan) / 1000 * EXPRESS_GB
        lines += [
            _line("Children (EXPRESS), requests", executions, "express_requests", MEASURED),
            _line("Children (EXPRESS), duration", express, "express_gb_seconds", MEASURED),
        ]
    function_logs = counts.function_log_bytes * factor
    history_logs = counts.history_log_bytes * factor / plan.batch
    s3_requests = result_puts + GETS_PER_RUN + counts.report_reads
    lines += [
        _line("Processor, requests", requests, "lambda_requests", MEASURED),
        _line("Processor, duration", processor.gb_seconds * factor + unmeasured_cold, "lambda_gb_seconds", MEASURED),
        _line("Validator, requests", validator.requests, "lambda_requests", MEASURED),
        _line("Validator, duration", validator.gb_seconds * max(factor, 1.0), "lambda_gb_seconds", MEASURED),
        _line("File gate, requests", counts.file_gate.requests, "lambda_requests", MEASURED),
        _line("File gate, duration", counts.file_gate.gb_seconds, "lambda_gb_seconds", MEASURED),
        _line("File gate, turns taken and given back", TURN_WRITES, "dynamodb_writes", BY_DESIGN),
        _line("Reporter, requests", counts.reporter.requests, "lambda_requests", MEASURED),
        _line("Reporter, duration", counts.reporter.gb_seconds * max(factor, 1.0), "lambda_gb_seconds", MEASURED),
        _line("Audit items, table", counts.table_writes * factor, "dynamodb_writes", MEASURED),
        _line("Audit items, index", counts.index_writes * factor, "dynamodb_writes", MEASURED),
        _line("S3, upload, result files and report", result_puts, "s3_puts", MEASURED),
        _line("S3, reads of the file", GETS_PER_RUN, "s3_gets", BY_DESIGN),
        _line("S3, reads of the reporter", counts.report_reads, "s3_gets", ESTIMATED),
        _line("EventBridge, the upload's event", 1, "events", BY_DESIGN),
        _line(
            "KMS, for objects, cold starts and the table", s3_requests + cold + seconds / 300, "kms_requests", ESTIMATED
        ),
        _line("Logs of the functions", function_logs / GB, "logs", MEASURED),
        _line("Logs of the children's histories", history_logs / GB, "logs", ESTIMATED),
        _line("X-Ray", min(requests, seconds + TRACED_SHARE * requests), "traces", ESTIMATED),
        _line("Aurora above its minimum, at most", _acu_hours(seconds), "acu_hours", ESTIMATED),
        _line("Aurora, I/O", IO_PER_ROW * plan.rows, "aurora_io", ESTIMATED),
    ]
    return lines


def month_lines() -> list[Line]:
    """Return what the stack costs per month if no file comes."""
    return [
        _line("Aurora, writer and reader at 0.5 ACU", INSTANCES * IDLE_ACU * HOURS_PER_MONTH, "acu_hours", BY_DESIGN),
        _line("NAT gateways", NAT_GATEWAYS * HOURS_PER_MONTH, "nat_hours", BY_DESIGN),
        _line("Their public addresses", NAT_GATEWAYS * HOURS_PER_MONTH, "public_addresses", BY_DESIGN),
        _line("Gateway endpoints (S3, DynamoDB)", ENDPOINTS, "endpoints", BY_DESIGN),
        _line("Alarms", ALARM_METRICS, "alarms", BY_DESIGN),
        _line("Composite alarms", COMPOSITE_ALARMS, "composite_alarms", BY_DESIGN),
        _line("Custom metrics", CUSTOM_METRICS, "metrics", BY_DESIGN),
        _line("KMS keys", KEYS, "kms_keys", BY_DESIGN),
        _line("The database master's secret", SECRETS, "secrets", BY_DESIGN),
    ]


def audit_month_lines(counts: Counts, rows_per_day: float) -> list[Line]:
    """Return what the audit trail costs per month: its writes, and what six months of it take."""
    per_row = rows_per_day / counts.rows
    month = per_row * DAYS_PER_MONTH
    stored_items = 2 * counts.audit_items
    stored = per_row * KEEP_DAYS * (counts.audit_bytes + stored_items * ITEM_OVERHEAD) / GB
    return [
        _line("Audit trail, writes", (counts.table_writes + counts.index_writes) * month, "dynamodb_writes", MEASURED),
        _line("Audit trail, six months kept", stored, "dynamodb_storage", MEASURED),
    ]


def _line(item: str, quantity: float, price: str, basis: str) -> Line:
    known = price_list().prices[price]
    return Line(item=item, quantity=quantity, unit=known.unit, usd=known.of(quantity), price=price, basis=basis)


def _express_ms(counts: Counts, plan: Plan) -> float:
    """Return the children's billed durations: as measured, or of batches as long as their rows together."""
    factor = plan.rows / counts.rows
    if plan.batch == 1:
        return counts.express_ms * factor
    mean = counts.lived_ms / max(counts.children, 1)
    return counts.children * factor / plan.batch * billed_ms(mean * plan.batch)


def _memory(counts: Counts) -> float:
    """Return the processor's gigabytes."""
    billed = sum(counts.processor.seconds) + sum(counts.processor.init_seconds)
    return counts.processor.gb_seconds / billed if billed else 0.0


def _cold_seconds(counts: Counts, plan: Plan) -> float:
    """Return the seconds of cold starts beyond those that scaling the measured ones counts: one for each place."""
    inits = counts.processor.init_seconds
    if not inits:
        return 0.0
    mean = sum(inits) / len(inits)
    return mean * (min(plan.concurrency, plan.children) - len(inits) * plan.rows / counts.rows)


def _acu_hours(seconds: float) -> float:
    return INSTANCES * (MOST_ACU - IDLE_ACU) * (seconds + SCALE_DOWN_SECONDS) / 3600

"""Whether an execution can be redriven. API reference, "DescribeExecution", redriveStatus and redriveStatusReason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from simulator.aws.asl.quotas import MAX_HISTORY_EVENTS

if TYPE_CHECKING:
    from simulator.aws.stepfunctions.api.lookup import Lookup, Shown

REDRIVABLE, NOT_REDRIVABLE, BY_MAP_RUN = "REDRIVABLE", "NOT_REDRIVABLE", "REDRIVABLE_BY_MAP_RUN"
REDRIVABLE_FOR = timedelta(days=14)
LONGEST = timedelta(days=365)


def redrive_status(shown: Shown, lookup: Lookup) -> tuple[str, str | None]:
    """Return the redriveStatus of an execution, and its reason if it cannot be redriven."""
    if shown.status in ("RUNNING", "SUCCEEDED"):
        return NOT_REDRIVABLE, f"Execution is {shown.status} and cannot be redriven"
    if shown.map_run_arn is not None:
        return BY_MAP_RUN, None
    reason = _reason(shown, lookup)
    return (REDRIVABLE, None) if reason is None else (NOT_REDRIVABLE, reason)


def _reason(shown: Shown, lookup: Lookup) -> str | None:
    now = datetime.now(UTC)
    if lookup.service.machines.is_deleting(shown.machine_arn):
        return "State machine is in DELETING status"
    if now - shown.started > LONGEST:
        return "Execution has exceeded the max execution time"
    if shown.stopped is not None and now - shown.stopped > REDRIVABLE_FOR:
        return "Execution redrivable period exceeded"
    if sum(1 for _ in lookup.archive.history(shown.arn)) >= MAX_HISTORY_EVENTS - 1:
        return "Execution history event limit exceeded"
    return None

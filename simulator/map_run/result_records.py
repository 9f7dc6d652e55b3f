"""What ResultWriter writes of one child execution. Developer guide, "ResultWriter (Map)"; recorded files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.states.limits import to_json
from simulator.states.timestamps import format_time

if TYPE_CHECKING:
    from simulator.states.listener import ChildRecord

_INCLUDED = {"Included": True}


def ended_record(child: ChildRecord, machine_arn: str) -> dict[str, Any]:
    """Return the record of a child that has ended."""
    record = {
        "ExecutionArn": child.arn,
        "Input": to_json(child.input),
        "InputDetails": _INCLUDED,
        "Name": child.name,
        "OutputDetails": _INCLUDED,
        "RedriveCount": child.redrive_count,
        "StartDate": format_time(child.started),
        "StateMachineArn": machine_arn,
        "Status": child.status,
        "StopDate": format_time(child.stopped),
    }
    if child.status == "SUCCEEDED":
        record["Output"] = to_json(child.output)
        record["RedriveStatus"] = "NOT_REDRIVABLE"
        record["RedriveStatusReason"] = "Execution is SUCCEEDED and cannot be redriven"
        return record
    record["RedriveStatus"] = "REDRIVABLE_BY_MAP_RUN"
    if child.error is not None:
        record["Error"] = child.error
    if child.cause is not None:
        record["Cause"] = child.cause
    return record


def pending_record(data: Any) -> dict[str, Any]:
    """Return the record of a child that was never started; `data` would have been its input."""
    return {"Input": to_json(data), "InputDetails": _INCLUDED, "Status": "PENDING"}

"""What ResultWriter writes of one child execution. Developer guide, "ResultWriter (Map)"; recorded files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import orjson

from simulator.aws.asl.expressions.timestamps import format_time
from simulator.aws.asl.json_text import to_json

if TYPE_CHECKING:
    from simulator.aws.asl.runtime.listener import ChildRecord

_INCLUDED = {"Included": True}


def ended_record(child: ChildRecord, machine_arn: str) -> dict[str, Any]:
    """Return the record of a child that has ended; `machine_arn` ends in `<machine>/<label>`."""
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


def results_of(child: ChildRecord, machine_arn: str, transformation: str) -> list[Any]:
    """Return what a child adds to the results, by `WriterConfig.Transformation`.

    NONE: its record; COMPACT: its output; FLATTEN: its output's entries if that is an array. A child that did not
    succeed adds its record in any case.
    """
    if child.status != "SUCCEEDED" or transformation == "NONE":
        return [ended_record(child, machine_arn)]
    if transformation == "FLATTEN" and isinstance(child.output, list):
        return child.output
    return [child.output]


def dump(value: Any) -> bytes:
    """Return compact JSON with sorted keys, in UTF-8."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except (TypeError, ValueError):  # an integer beyond 64 bits, a lone surrogate
        return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()

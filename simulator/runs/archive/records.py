"""The records that a Listener is told, as JSON and back: a record of an older or newer format gives what it has."""

from __future__ import annotations

from dataclasses import MISSING, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from simulator.aws.asl.expressions.timestamps import parse_time
from simulator.aws.asl.runtime.listener import ChildRecord, TaskAttempt
from simulator.runs.folder.times import moment_text

if TYPE_CHECKING:
    from simulator.aws.asl.runtime.listener import ExecutionInfo, MapRunInfo

    Record = ExecutionInfo | MapRunInfo | ChildRecord | TaskAttempt

R = TypeVar("R", bound="Record")
_TIMES = frozenset({"started", "stopped", "redriven", "machine_updated"})


def as_json(record: Record) -> dict[str, Any]:
    """Return a record's fields as JSON values; times in ISO 8601."""
    return {field.name: _value(getattr(record, field.name)) for field in fields(record)}


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, tuple):
        return [as_json(one) if isinstance(one, TaskAttempt) else one for one in value]
    return value


def from_json(kind: type[R], value: dict[str, Any]) -> R | None:
    """Return the record that a JSON object is of; None if a field that it needs is not there."""
    known: dict[str, Any] = {}
    for field in fields(kind):
        if field.name in value:
            found = value[field.name]
            known[field.name] = parse_time(found) if field.name in _TIMES and found is not None else found
        elif field.default is MISSING and field.default_factory is MISSING:
            return None
    if kind is ChildRecord:
        attempts = [from_json(TaskAttempt, one) for one in value.get("attempts", ())]
        known["attempts"] = tuple(one for one in attempts if one is not None)
    return kind(**known)

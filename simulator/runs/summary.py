"""What a person asks about a run, answered from its folder alone."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lambdas.shared.csv_dialect import RecordTooLongError, decode, records
from simulator.runs.json_lines import parse_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from simulator.runs.folder import RunFolder
    from simulator.runs.run_record import RunRecord

ENTERED, EXITED = "StateEntered", "StateExited"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What the validator found on a line of a rejected file; `line` is None where it is about the whole file."""

    line: int | None
    message: str


@dataclass(slots=True, kw_only=True)
class StateVisit:
    """A state of the workflow as the run passed it: `status` is SUCCEEDED, FAILED, RUNNING or ABORTED."""

    name: str
    kind: str
    entered: str
    exited: str | None = None
    status: str = "RUNNING"


@dataclass(slots=True, kw_only=True)
class RowStory:
    """Everything about one row.

    Args:
        line: the line of the file on which it begins; None where it has not ended and was looked up by index.
        index: its 0-based position; None where it has not ended.
        header, fields, raw: the row as it stands in `input.csv`; empty where that cannot be read.
        items: its lines in `items.jsonl`: one, and one more for each redrive.
        audit: its audit items.
        logs: what the functions logged about it.
    """

    line: int | None
    index: int | None
    header: list[str] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    raw: str = ""
    items: list[dict[str, Any]] = field(default_factory=list)
    audit: list[dict[str, Any]] = field(default_factory=list)
    logs: list[dict[str, Any]] = field(default_factory=list)


def findings(record: RunRecord) -> list[Finding]:
    """Return what the validator found in a rejected file; empty for any other run."""
    if not record.rejected or not record.cause:
        return []
    try:
        errors = json.loads(record.cause)
    except ValueError:
        return [Finding(line=None, message=record.cause)]
    if not isinstance(errors, list):
        return [Finding(line=None, message=record.cause)]
    return [_finding(error) for error in errors]


def _finding(error: Any) -> Finding:
    if not isinstance(error, dict):
        return Finding(line=None, message=str(error))
    line = error.get("line")
    return Finding(line=line if isinstance(line, int) else None, message=str(error.get("message", error)))


def validated_rows(event: dict[str, Any]) -> int | None:
    """Return how many rows the validator counted, from the event of its state's exit; None for any other event."""
    if event.get("type") != "TaskStateExited":
        return None
    try:
        output = json.loads(event["stateExitedEventDetails"]["output"])
        count = output["validation"]["rowCount"]
    except (KeyError, TypeError, ValueError):
        return None
    return count if isinstance(count, int) else None


def states_passed(events: Iterable[dict[str, Any]]) -> list[StateVisit]:
    """Return the states of a run in the order they were entered, from its history."""
    visits: list[StateVisit] = []
    for event in events:
        kind = str(event.get("type", ""))
        time = str(event.get("timestamp", ""))
        if kind.endswith(ENTERED):
            name = str((event.get("stateEnteredEventDetails") or {}).get("name", "?"))
            visits.append(StateVisit(name=name, kind=kind.removesuffix(ENTERED), entered=time))
        elif kind.endswith(EXITED):
            name = str((event.get("stateExitedEventDetails") or {}).get("name", "?"))
            _leave(visits, time, "SUCCEEDED", name)
        elif kind in ("ExecutionFailed", "ExecutionTimedOut"):
            _leave(visits, time, "FAILED")
        elif kind == "ExecutionAborted":
            _leave(visits, time, "ABORTED")
        elif kind == "ExecutionRedriven" and visits:
            visits[-1].exited, visits[-1].status = None, "RUNNING"
    return visits


def _leave(visits: list[StateVisit], time: str, status: str, name: str | None = None) -> None:
    for visit in reversed(visits):
        if visit.exited is None and name in (None, visit.name):
            visit.exited, visit.status = time, status
            return


def row_story(folder: RunFolder, *, line: int | None = None, index: int | None = None) -> RowStory | None:
    """Return everything about the row on a line of the file, or at an index; None where the file has no such row."""
    items = [
        item for item in folder.items() if (item.get("line") == line if index is None else item.get("index") == index)
    ]
    if items:
        line, index = items[-1].get("line"), items[-1].get("index")
    story = RowStory(line=line, index=index, items=items)
    found = _read_row(folder, story)
    if not items and not found:
        return None
    if story.index is not None:
        story.audit = [item for item in folder.audit_items() if _index_in_key(item) == story.index]
        story.logs = [record for record in folder.logs() if _logged_index(record) == story.index]
    return story


def _read_row(folder: RunFolder, story: RowStory) -> bool:
    try:
        for position, record in enumerate(_records(folder)):
            if position == 0:
                story.header = record.fields
            elif record.line == story.line or (story.line is None and position - 1 == story.index):
                story.line, story.fields, story.raw = record.line, record.fields, record.raw
                story.index = position - 1 if story.index is None else story.index
                return True
    except (OSError, UnicodeDecodeError, RecordTooLongError):
        return False
    return False


def _records(folder: RunFolder) -> Iterator[Any]:
    with folder.input_file.open("rb") as file:
        yield from records(decode(iter(lambda: file.read(65_536), b"")))


def _index_in_key(item: dict[str, Any]) -> int | None:
    """The sort key is `<time the Map was entered>#<row index>#<type>`."""
    parts = str(item.get("timestamp", "")).split("#")
    return int(parts[1]) if len(parts) > 1 and parts[1].isdecimal() else None


def _logged_index(record: dict[str, Any]) -> int | None:
    for key in ("rowIndex", "row_index"):
        if isinstance(record.get(key), int):
            return int(record[key])
    for key in ("message", "line", "json"):
        inner = record.get(key)
        parsed = inner if isinstance(inner, dict) else parse_line(inner.encode()) if isinstance(inner, str) else None
        if parsed and isinstance(parsed.get("rowIndex"), int):
            return int(parsed["rowIndex"])
    return None

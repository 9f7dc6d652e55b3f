"""Everything about one row of a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lambdas.shared import audit_key
from lambdas.shared.csv_dialect import RecordTooLongError, decode, records
from simulator.aws.json_reader import BadJson, read_json
from simulator.csv_files.encoding import read_chunks
from simulator.runs.folder.json_lines import lines_with, parse_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.runs.folder.run_folder import RunFolder


@dataclass(slots=True, kw_only=True)
class RowStory:
    """Everything about one row.

    Args:
        line: the line of the file on which it begins; None if it has not ended and was looked up by index.
        index: its 0-based position; None if it has not ended.
        header, fields, raw: the row as it stands in `input.csv`; empty if that cannot be read.
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


def row_story(folder: RunFolder, *, line: int | None = None, index: int | None = None) -> RowStory | None:
    """Return everything about the row on a line of the file, or at an index; None if the file has no such row."""
    items = _items(folder, "line", line) if index is None else _items(folder, "index", index)
    if items:
        line, index = items[-1].get("line"), items[-1].get("index")
    story = RowStory(line=line, index=index, items=items)
    if not _read_row(folder, story) and not items:
        return None
    if story.index is not None:
        found = map(parse_line, lines_with(folder.audit_file, b"#%d#" % story.index))
        story.audit = [item for item in found if item is not None and _index_in_key(item) == story.index]
        story.logs = logs_of_row(folder, story.index, items)
    return story


def _items(folder: RunFolder, name: str, number: int | None) -> list[dict[str, Any]]:
    written = (f'"{name}":{number}'.encode(), f'"{name}": {number}'.encode())  # the second where orjson refused a value
    found = map(parse_line, lines_with(folder.items_file, *written))
    return [item for item in found if item is not None and item.get(name) == number]


def _read_row(folder: RunFolder, story: RowStory) -> bool:
    try:
        for position, record in enumerate(records(decode(read_chunks(folder.input_file)))):
            if position == 0:
                story.header = record.fields
            elif record.line == story.line or (story.line is None and position - 1 == story.index):
                story.line, story.fields, story.raw = record.line, record.fields, record.raw
                story.index = position - 1 if story.index is None else story.index
                return True
    except (OSError, UnicodeDecodeError, RecordTooLongError):
        return False
    return False


def _index_in_key(item: dict[str, Any]) -> int | None:
    key = audit_key.parse(item.get("timestamp"))
    return None if key is None else key.row_index


def logs_of_row(folder: RunFolder, index: int, items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return all that was logged by the invocations that handled a row.

    An invocation is known by its request id: from a line that names the row's index, or from the row's error.
    """
    requests = {_failed_request(item) for item in items}
    for record in map(parse_line, lines_with(folder.logs_file, b'"rowIndex":%d' % index)):
        if record is not None and _logged_index(record) == index:
            requests.add(record.get("requestId"))
    requests.discard(None)
    found = map(parse_line, lines_with(folder.logs_file, *(str(request).encode() for request in requests)))
    whole = [record for record in found if record is not None and record.get("requestId") in requests]
    others = {record["requestId"] for record in whole if _logged_index(record) not in {index, None}}
    return [
        record
        for record in whole
        if record["requestId"] not in others
        # Of a batch: what names the row, and what is about the whole call.
        or _logged_index(record) == index
        or record.get("kind") == "platform"
    ]


def _logged_index(record: dict[str, Any]) -> object:
    message = record.get("message")
    return message.get("rowIndex") if isinstance(message, dict) else record.get("rowIndex")


def _failed_request(item: dict[str, Any]) -> str | None:
    """The payload of a failed Lambda function names the request."""
    try:
        payload = read_json(item.get("cause") or "", replace_halves=True)
    except BadJson:
        return None
    request = payload.get("requestId") if isinstance(payload, dict) else None
    return request if isinstance(request, str) else None

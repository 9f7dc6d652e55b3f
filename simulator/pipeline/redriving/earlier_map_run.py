"""Reads from a run's folder the Map Run that a redrive continues.

Its result files are repaired on the way, if a kill or a full disk cut them or the run's items off.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import orjson

from simulator.aws.asl.expressions.timestamps import parse_time
from simulator.aws.map_run.earlier import EarlierChild, EarlierMapRun
from simulator.runs.folder.child_histories import child_histories
from simulator.runs.folder.items import redrive_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterator
    from pathlib import Path

    from simulator.runs.folder.history_reader import MapRunPass
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.redrive_plan import RedrivePlan


def earlier_map_run(folder: RunFolder, plan: RedrivePlan, map_run: MapRunPass) -> EarlierMapRun:
    """Return what the Map Run has behind it: a row counts as done if both its line and its result are there.

    Raises:
        OSError: a file of the folder cannot be read, or a result file that was cut off cannot be repaired.
    """
    last: dict[int, tuple[str, str]] = {}
    recorded: set[str] = set()
    ends: Counter[int] = Counter()
    for index, status, item in _children(folder):
        recorded.add(item["name"])
        if redrive_of(item) < map_run.redrive:
            continue  # an earlier Map Run's
        last[index] = (status, item["name"])
        ends[index] += 1
    written = repair_result_files(folder, map_run.arn, recorded)
    exported = any(folder.results.iterdir())
    succeeded = {
        index for index, (status, name) in last.items() if status == "SUCCEEDED" and (name in written or not exported)
    }
    started = parse_time(map_run.started) or plan.resume.entered_at
    children = {
        index: EarlierChild(name=name, redrive_count=ends[index] - 1)
        for index, (_, name) in last.items()
        if index not in succeeded
    }
    processor = json.loads(folder.definition_file.read_bytes())["States"][plan.resume.state].get("ItemProcessor")
    for index, child in child_histories(folder, map_run.arn, succeeded).items():
        began = parse_time(child.started) or started
        children[index] = EarlierChild.standard(child.name, began, child.events, processor)
    return EarlierMapRun(
        arn=map_run.arn,
        started=started,
        redrive_count=plan.map_run_redrives,
        succeeded=succeeded,
        children=children,
    )


def _children(folder: RunFolder) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Yield the (first) index, the status and a line of each child that has all its lines.

    A batch some of whose lines are missing (the process was killed, the disk was full) is not recorded: it runs again.
    """
    lines: Counter[tuple[str, int]] = Counter()
    for item in folder.items():
        batch = item.get("batch")
        if batch is None:
            yield item["index"], item["status"], item
            continue
        first, rows, status, _ = batch
        attempt = item["name"], redrive_of(item)
        lines[attempt] += 1
        if lines[attempt] == rows:
            del lines[attempt]
            yield first, status, item


def repair_result_files(folder: RunFolder, map_run_arn: str, recorded: Container[str]) -> set[str]:
    """Make whole JSON of files that end in the middle; return the names of the children that stand in SUCCEEDED files.

    A child that `items.jsonl` has no line of (the disk was full) runs again: its record is taken out, so that no row
    has two results.

    Args:
        folder: the run's.
        map_run_arn: the Map Run whose files are repaired.
        recorded: the names of the children that `items.jsonl` has lines of.

    Raises:
        OSError: a file cannot be read or written.
    """
    names: set[str] = set()
    for path in sorted((folder.results / map_run_arn.rpartition(":")[2]).rglob("*_*.json*")):
        found = list(_records(path))
        records = [record for record in found if _name(record) is None or _name(record) in recorded]
        if len(records) < len(found):
            _write(path, records)
        if path.name.startswith("SUCCEEDED"):
            names |= {name for record in records if (name := _name(record)) is not None}
    return names


def _name(record: object) -> str | None:
    return record.get("Name") if isinstance(record, dict) else None  # the record of a pending item has none


def _write(path: Path, records: list[object]) -> None:
    """Replace a file by one with these records; one without a record is not there."""
    if not records:
        path.unlink()
        return
    lines = [orjson.dumps(record, option=orjson.OPT_SORT_KEYS) for record in records]
    path.write_bytes(b"".join(line + b"\n" for line in lines) if path.suffix == ".jsonl" else _array(lines))


def _array(records: list[bytes]) -> bytes:
    return b"[" + b",".join(records) + b"]"


def _records(path: Path) -> Iterator[object]:
    """Yield a file's records; a file that was cut off is first cut back to its last whole record."""
    data = path.read_bytes()
    if path.suffix == ".jsonl":
        whole = data[: data.rfind(b"\n") + 1]
        if whole != data:
            path.write_bytes(whole)
        for line in whole.splitlines():
            yield orjson.loads(line)
        return
    try:
        yield from orjson.loads(data)
    except orjson.JSONDecodeError:
        records = _whole_records(data.decode(errors="ignore"))
        _write(path, records)
        yield from records


def _whole_records(text: str) -> list[object]:
    decoder = json.JSONDecoder()
    records: list[object] = []
    position = 1
    while position < len(text):
        try:
            record, position = decoder.raw_decode(text, position)
        except ValueError:
            break
        records.append(record)
        position += 1  # the comma
    return records

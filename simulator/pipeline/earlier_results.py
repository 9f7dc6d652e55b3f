"""The result files of a run's earlier attempts, repaired if a kill or a full disk cut them or the run's items off."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from collections.abc import Container, Iterator
    from pathlib import Path

    from simulator.runs.folder.run_folder import RunFolder


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

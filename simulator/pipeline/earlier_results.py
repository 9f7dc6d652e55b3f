"""The result files of a run's earlier attempts, repaired if a kill cut them off."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from simulator.runs.folder import RunFolder


def repair_result_files(folder: RunFolder, map_run_arn: str) -> set[str]:
    """Make whole JSON of files that end in the middle; return the names of the children that stand in SUCCEEDED files.

    Raises:
        OSError: a file cannot be read or written.
    """
    names: set[str] = set()
    for path in sorted((folder.results / map_run_arn.rpartition(":")[2]).rglob("*_*.json*")):
        records = list(_records(path))
        if path.name.startswith("SUCCEEDED"):
            names |= {record["Name"] for record in records if isinstance(record, dict) and "Name" in record}
    return names


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
        if records:
            path.write_bytes(b"[" + b",".join(orjson.dumps(r, option=orjson.OPT_SORT_KEYS) for r in records) + b"]")
        else:
            path.unlink()
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

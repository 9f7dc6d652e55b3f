"""The folder of one execution that is archived: of a run, beside its other files; of any other, below `cloud/`."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.runtime.listener import ChildRecord, ExecutionInfo, MapRunInfo
from simulator.runs.archive.records import as_json, from_json
from simulator.runs.folder.json_lines import encode, parse_line, read_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class ExecutionFolder:
    """The paths of an execution's files: `path` need not exist."""

    path: Path

    @property
    def execution_file(self) -> Path:
        """`execution.json`: the execution as it stands."""
        return self.path / "execution.json"

    @property
    def map_runs_file(self) -> Path:
        """`map-runs.json`: its Map Runs by ARN, as they stood last."""
        return self.path / "map-runs.json"

    @property
    def events_file(self) -> Path:
        """`events.jsonl`: its history."""
        return self.path / "events.jsonl"

    @property
    def child_events_file(self) -> Path:
        """`children.jsonl`: the histories of STANDARD children."""
        return self.path / "children.jsonl"

    @property
    def child_records_file(self) -> Path:
        """`child-records.jsonl`: its children that have ended; a run has `items.jsonl` instead."""
        return self.path / "child-records.jsonl"

    @property
    def lock_file(self) -> Path:
        """`.lock`: held by the process that runs it."""
        return self.path / ".lock"

    def write_execution(self, execution: ExecutionInfo) -> None:
        """Replace `execution.json`.

        Raises:
            OSError: it cannot be written.
        """
        _replace(self.execution_file, as_json(execution))

    def write_map_runs(self, map_runs: dict[str, MapRunInfo]) -> None:
        """Replace `map-runs.json`.

        Raises:
            OSError: it cannot be written.
        """
        _replace(self.map_runs_file, {arn: as_json(info) for arn, info in map_runs.items()})

    def execution(self) -> ExecutionInfo | None:
        """Return the execution as written; None if there is none."""
        value = _read(self.execution_file)
        return from_json(ExecutionInfo, value) if value else None

    def map_runs(self) -> list[MapRunInfo]:
        """Return the Map Runs as written."""
        values = _read(self.map_runs_file) or {}
        found = [from_json(MapRunInfo, value) for value in values.values() if isinstance(value, dict)]
        return [info for info in found if info is not None]

    def events(self) -> Iterator[dict[str, Any]]:
        """Yield the history."""
        return read_lines(self.events_file)

    def child_records(self) -> Iterator[ChildRecord]:
        """Yield the children that have ended; of a redriven one, each time it ended."""
        for line in read_lines(self.child_records_file):
            record = from_json(ChildRecord, line)
            if record is not None:
                yield record


def _replace(path: Path, value: dict[str, Any]) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(encode(value))
    draft.replace(path)


def _read(path: Path) -> dict[str, Any] | None:
    with contextlib.suppress(OSError):
        return parse_line(path.read_bytes())
    return None

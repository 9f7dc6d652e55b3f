"""One side of a comparison with AWS: history, Map Run, result files and end of an execution, wherever they lie."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.compare.expected import Expected
from simulator.compare.map_runs import MapRuns
from simulator.runs.folder.history_reader import map_run_passes
from simulator.runs.folder.result_files import attempts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.runs.folder.result_files import Attempt
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.folder.run_record import RunRecord

_RESOURCES = Path(__file__).resolve().parents[2] / "cdk" / "definitions" / "resources.json"


@dataclass(slots=True, kw_only=True)
class Side:
    """What is known of an execution; what is None is not known.

    Args:
        title: what to call it.
        end: how it ended: `status`, and if they are known `error`, `cause` and `output`.
        events: its history; None if it is not known.
        map_runs: its Map Runs, and their descriptions as `describe-map-run` names the fields.
        attempts: the result files of its Map Runs, later passes later; None if they are not known.
        expected: what is expected to differ in it.
    """

    title: str
    end: dict[str, Any] | None = None
    events: list[dict[str, Any]] | None = None
    map_runs: MapRuns = field(default_factory=MapRuns)
    attempts: Sequence[Attempt] | None = None
    expected: Expected = field(default_factory=Expected)


def side_of_run(folder: RunFolder, record: RunRecord, title: str) -> Side:
    """Return the side of a run folder."""
    events = list(folder.events())
    passes = map_run_passes(events)
    described = _map_runs(record)
    redrives = {(one.arn.rpartition(":")[2], one.number): one.redrive for one in passes}
    return Side(
        title=title,
        end={"status": record.status, "error": record.error, "cause": record.cause},
        events=events,
        map_runs=MapRuns([*(one.arn for one in passes), *(one["mapRunArn"] for one in described)], described),
        attempts=attempts(folder, redrives),
        expected=expected_of(record.name, record.machine),
    )


def expected_of(name: str, machine: str) -> Expected:
    """Return what is expected to differ in an execution of a state machine: its name, and its stage's suffix."""
    names, suffixes = _names()
    suffix = next((one for one in suffixes if one and machine.endswith(one)), "")
    return Expected(name, suffix, names)


def _map_runs(record: RunRecord) -> list[dict[str, Any]]:
    map_run, rows = record.map_run, record.rows
    if map_run is None:
        return []
    described = {
        "mapRunArn": map_run.arn,
        "status": map_run.status,
        "maxConcurrency": map_run.max_concurrency,
        "toleratedFailurePercentage": map_run.tolerated_failure_percentage,
        "toleratedFailureCount": map_run.tolerated_failure_count,
        "redriveCount": map_run.redrive_count,
        "itemCounts": {
            "total": rows.total,
            "succeeded": rows.succeeded,
            "failed": rows.failed,
            "pending": rows.pending,
        },
    }
    return [described]


@cache
def _names() -> tuple[tuple[str, ...], tuple[str, ...]]:
    resources = json.loads(_RESOURCES.read_bytes())
    return tuple(resources["names"].values()), tuple(resources["stageSuffix"].values())

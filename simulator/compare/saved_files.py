"""Reads an execution from files that the AWS CLI has saved, in any names."""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import TYPE_CHECKING, Any

from simulator.compare.map_runs import MapRuns, map_run_id
from simulator.compare.side import Side, expected_of
from simulator.runs.folder.history_reader import map_run_passes
from simulator.runs.folder.result_files import Attempt

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOW = (
    "Save there what the AWS CLI prints as JSON: `aws stepfunctions get-execution-history --execution-arn ARN > "
    "history.json`, `aws stepfunctions describe-map-run --map-run-arn ARN > map-run.json`, and the result files: "
    "`aws s3 cp --recursive s3://BUCKET/results/MAP_RUN_ID results/MAP_RUN_ID`; the last two for each Map Run."
)
_RESULT = re.compile(r"(?:SUCCEEDED|FAILED|PENDING)_[0-9]+\.jsonl?")
_EXECUTION = re.compile(
    r"arn:aws[\w-]*:states:[\w-]+:\d{12}:execution:(?P<machine>[^:/\s\"\\]+):(?P<name>[^:/\s\"\\]+)"
)
_LOOKED_AT = 10
_REDRIVE = re.compile(r"Redrive-([0-9]+)")


class BadFiles(Exception):
    """The folder cannot be used; the message says what to do."""


def side_of_files(folder: Path) -> tuple[Side, list[str]]:
    """Return the execution that a folder's files describe, and notes about files that were left out.

    The files may lie in folders of folders. What a file is follows from its content, but for result files, which have
    the names that the ResultWriter gave them.

    Raises:
        BadFiles: there is nothing in it, or two executions are.
    """
    if not folder.is_dir():
        raise BadFiles(f"{folder} is not a folder. {HOW}")
    found = _Found()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        found.take(path)
    side = found.side()
    if all(part is None for part in (side.events, side.map_runs.last or None, side.attempts, side.end)):
        raise BadFiles(f"{folder} has no history, Map Run or result file of an execution. {HOW}")
    return side, found.notes


class _Found:
    """What the files hold."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self._end: dict[str, Any] | None = None
        self._events: dict[int, dict[str, Any]] = {}
        self._map_runs: dict[str, dict[str, Any]] = {}
        self._executions: dict[str, Path] = {}
        self._listed: list[dict[str, Any]] = []
        self._results: dict[Path, int] = {}

    def take(self, path: Path) -> None:
        """Take over a file."""
        if _RESULT.fullmatch(path.name):
            match = _REDRIVE.fullmatch(path.parent.name)
            self._results[path.parent] = int(match[1]) if match else 0
            return
        value = _read(path, self.notes) if path.suffix == ".json" else None
        if value is None:
            return
        if isinstance(value.get("events"), list):
            _take_events(value, path, self._events, self.notes)
        elif "itemCounts" in value and "mapRunArn" in value:
            self._one_execution(value.get("executionArn"), path)
            known = self._map_runs.setdefault(str(value["mapRunArn"]), value)
            if (value.get("redriveCount") or 0) >= (known.get("redriveCount") or 0):
                self._map_runs[str(value["mapRunArn"])] = value
        elif isinstance(value.get("mapRuns"), list):
            self._listed += [one for one in value["mapRuns"] if isinstance(one, dict) and "mapRunArn" in one]
        elif "executionArn" in value and "status" in value:
            self._one_execution(value["executionArn"], path)
            self._end = {name: value.get(name) for name in ("status", "error", "cause")}

    def _one_execution(self, arn: Any, path: Path) -> None:
        if not isinstance(arn, str):
            return
        self._executions.setdefault(arn, path)
        if len(self._executions) > 1:
            one, other = self._executions.items()
            raise BadFiles(
                f"{one[1]} is of {one[0]}, and {other[1]} of {other[0]}: keep the files of one execution in a folder."
            )

    def side(self) -> Side:
        """Return all of it."""
        events = [event for _, event in sorted(self._events.items())]
        names = {place: _map_run_of(place) for place in self._results}
        dated = sorted([*self._map_runs.values(), *self._listed], key=lambda one: str(one.get("startDate")))
        arns = [one.arn for one in map_run_passes(events)] + [str(one["mapRunArn"]) for one in dated]
        arns += sorted(arn for arn in names.values() if ":" in arn)
        map_runs = MapRuns(arns, self._map_runs.values())
        found = [Attempt(map_run_id(names[place]), number, None, place) for place, number in self._results.items()]
        found.sort(key=lambda one: (map_runs.place(one.map_run), one.number, str(one.folder)))
        return Side(
            title="AWS",
            end=self._end,
            events=events or None,
            map_runs=map_runs,
            attempts=found or None,
            expected=expected_of(*_identity([*self._map_runs.values(), *events, *_some_records(found)])),
        )


def _read(path: Path, notes: list[str]) -> dict[str, Any] | None:
    try:
        value = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        notes.append(f"{path.name} is not JSON and was left out: {error}")
        return None
    except OSError as error:
        notes.append(f"{path.name} cannot be read and was left out: {error.strerror}")
        return None
    return value if isinstance(value, dict) else None


def _take_events(value: dict[str, Any], path: Path, events: dict[int, dict[str, Any]], notes: list[str]) -> None:
    for event in value["events"]:
        number = event.get("id") if isinstance(event, dict) else None
        if not isinstance(number, int):
            raise BadFiles(f"{path} has an event without an id: it is not as get-execution-history printed it. {HOW}")
        if events.setdefault(number, event) != event:
            raise BadFiles(
                f"{path} has another event {number} than the other histories in the folder: keep the files of one "
                "execution in a folder."
            )
    if value.get("nextToken") or value.get("NextToken"):
        notes.append(f"{path.name} is one page of a history that goes on; the other pages are to be there too.")


def _map_run_of(place: Path) -> str:
    """Return the ARN of the Map Run that left a folder of result files, as its manifest says, or else its ID."""
    top = place.parent if _REDRIVE.fullmatch(place.name) else place
    for folder in (place, top):
        arn = (Attempt("", 0, None, folder).manifest() or {}).get("MapRunArn")
        if isinstance(arn, str):
            return arn
    return top.name


def _some_records(attempts: list[Attempt]) -> Iterator[dict[str, Any]]:
    """Yield the first records of the result files."""
    for attempt in attempts:
        for entry in islice(attempt.entries(), _LOOKED_AT):
            yield entry.record


def _identity(values: list[dict[str, Any]]) -> tuple[str, str]:
    """Return the execution's name and its state machine's, as far as the files tell."""
    matches = (_EXECUTION.search(json.dumps(one)) for one in values)
    match = next((match for match in matches if match is not None), None)
    return (match["name"], match["machine"]) if match else ("", "")

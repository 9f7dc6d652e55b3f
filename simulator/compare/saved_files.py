"""Reads an execution from files that the AWS CLI has saved, in any names."""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import TYPE_CHECKING, Any

from simulator.compare.side import Side, expected_of
from simulator.runs.folder.result_files import Attempt

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOW = (
    "Save there what the AWS CLI prints as JSON: `aws stepfunctions get-execution-history --execution-arn ARN > "
    "history.json`, `aws stepfunctions describe-map-run --map-run-arn ARN > map-run.json`, and the result files: "
    "`aws s3 cp --recursive s3://BUCKET/results/MAP_RUN_ID results/`."
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
    if all(part is None for part in (side.events, side.map_run, side.attempts, side.end)):
        raise BadFiles(f"{folder} has no history, Map Run or result file of an execution. {HOW}")
    return side, found.notes


class _Found:
    """What the files hold."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self._end: dict[str, Any] | None = None
        self._events: dict[int, dict[str, Any]] = {}
        self._map_runs: list[dict[str, Any]] = []
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
            self._map_runs.append(value)
        elif "executionArn" in value and "status" in value:
            self._end = {name: value.get(name) for name in ("status", "error", "cause")}

    def side(self) -> Side:
        """Return all of it; of several Map Runs the last one."""
        events = [event for _, event in sorted(self._events.items())]
        map_run = max(
            self._map_runs, key=lambda one: (str(one.get("startDate")), one.get("redriveCount") or 0), default=None
        )
        places = sorted(self._results.items(), key=lambda one: (one[1], str(one[0])))
        return Side(
            title="AWS",
            end=self._end,
            events=events or None,
            map_run=map_run,
            attempts=[Attempt(place.name, number, None, place) for place, number in places] or None,
            expected=expected_of(*_identity([*([map_run] if map_run else ()), *events, *_some_records(places)])),
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


def _some_records(places: list[tuple[Path, int]]) -> Iterator[dict[str, Any]]:
    """Yield the first records of the result files."""
    for place, number in places:
        for entry in islice(Attempt(place.name, number, None, place).entries(), _LOOKED_AT):
            yield entry.record


def _identity(values: list[dict[str, Any]]) -> tuple[str, str]:
    """Return the execution's name and its state machine's, as far as the files tell."""
    matches = (_EXECUTION.search(json.dumps(one)) for one in values)
    match = next((match for match in matches if match is not None), None)
    return (match["name"], match["machine"]) if match else ("", "")

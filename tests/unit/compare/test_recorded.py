"""A local execution compared with the one that AWS recorded, as files of the AWS CLI."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from simulator.compare.differences import Differences
from simulator.compare.executions import compare_executions
from simulator.compare.saved_files import side_of_files
from simulator.compare.side import Side
from tests.unit.stepfunctions.cloud import Cloud

RECORDED = sorted((Path(__file__).parent / "recorded").glob("*.json"))
_TEXTS = ("input", "output", "parameters")


def cli_event(number: int, event: dict[str, Any]) -> dict[str, Any]:
    """A recorded event as `get-execution-history` prints it."""
    details = {key: json.dumps(value) if key in _TEXTS else value for key, value in event.items() if key != "type"}
    kind = event["type"]
    shared = next((one for one in ("StateEntered", "StateExited") if kind.endswith(one)), kind)
    name = f"{shared[0].lower()}{shared[1:]}EventDetails"
    moment = f"2024-06-19T12:31:11.{number:03}000+00:00"
    return {"timestamp": moment, "type": kind, "id": number, **({name: details} if details else {})}


def saved(folder: Path, events: list[dict[str, Any]]) -> Path:
    """Save a history as the CLI does."""
    folder.mkdir(exist_ok=True)
    history = {"events": [cli_event(number, event) for number, event in enumerate(events, 1)]}
    (folder / "history.json").write_text(json.dumps(history), encoding="utf-8")
    return folder


def local(scenario: dict[str, Any]) -> Side:
    """Run a scenario here."""
    cloud = Cloud()
    arn = cloud.run(cloud.create(definition=scenario["definition"]), scenario["input"])
    events = [
        event
        for page in cloud.all_pages("GetExecutionHistory", "events", executionArn=arn, maxResults=1000)
        for event in page
    ]
    for event in events:
        event.pop("mapRunStartedEventDetails", None)  # an identifier: the recordings have none
    return Side(title="here", events=events)


def compared(left: Side, folder: Path) -> Differences:
    """What differs."""
    differences = Differences()
    compare_executions(left, side_of_files(folder)[0], differences)
    return differences


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem[:60])
def test_a_local_execution_does_not_differ_from_the_one_that_aws_recorded(path: Path, tmp_path: Path) -> None:
    """Nothing differs: events of branches side by side may come in any order."""
    scenario = json.loads(path.read_bytes())
    differences = compared(local(scenario), saved(tmp_path / "aws", scenario["expected"]["history"]))
    assert differences.by_rule() == {}
    assert differences.compared["events"] == len(scenario["expected"]["history"])


def test_an_output_that_aws_gives_otherwise_is_named_once(tmp_path: Path) -> None:
    """The event where it appears first is named; the events that carry it on are counted in a note."""
    scenario = next(json.loads(path.read_bytes()) for path in RECORDED if "count_literal" in path.name)
    history = scenario["expected"]["history"]
    for event in history:
        if "output" in event:
            event["output"] = [7]
    differences = compared(local(scenario), saved(tmp_path / "aws", history))
    assert [(rule, count) for rule, (count, _) in differences.by_rule().items()] == [
        ("history: MapStateExited output", 1)
    ]
    [one] = differences.by_rule()["history: MapStateExited output"][1]
    assert (one.where, one.left, one.right) == ("MapStateExited MapState: output[0]", 0, 7)
    assert "Later events carry on the same differences in their data 1 times: told once." in differences.notes


def test_an_event_that_aws_does_not_have_is_named_with_its_place(tmp_path: Path) -> None:
    """An event more here."""
    scenario = next(json.loads(path.read_bytes()) for path in RECORDED if "count_literal" in path.name)
    history = [event for event in scenario["expected"]["history"] if event["type"] != "MapRunSucceeded"]
    differences = compared(local(scenario), saved(tmp_path / "aws", history))
    [(rule, (count, [one]))] = differences.by_rule().items()
    assert (rule, count, one.where) == ("history: events and their order", 1, "event 5")
    assert (one.left, one.right) == ("MapRunSucceeded", None)


def test_two_executions_that_are_really_different_differ_in_events_and_data(tmp_path: Path) -> None:
    """A Map Run that succeeded here, one that AWS failed."""
    by_name = {path.name: json.loads(path.read_bytes()) for path in RECORDED}
    good = next(one for name, one in by_name.items() if "count_literal" in name)
    bad = next(one for name, one in by_name.items() if "percentage_path_1_1" in name)
    rules = compared(local(good), saved(tmp_path / "aws", bad["expected"]["history"])).by_rule()
    assert "history: ExecutionStarted input" in rules
    assert "history: events and their order" in rules

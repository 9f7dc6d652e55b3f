"""Runs and their rows as the Step Functions API reads them from a home."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from simulator.aws.map_run.children import child_arns
from simulator.runs.archive.home_archive import HomeArchive
from simulator.runs.store import RunStore
from tests.unit.runs.made_runs import (
    MACHINE,
    MAP_RUN,
    NAME,
    PREFIX,
    THREE_ROWS,
    child,
    execution,
    finished_run,
)

if TYPE_CHECKING:
    from pathlib import Path

ARN = child_arns(MAP_RUN, express=True)("child-0")


def archive(home: Path) -> HomeArchive:
    """The archive of a home with one run, whose history names its Map Run."""
    runs = home / "runs"
    finished_run(runs, THREE_ROWS, child(0, 2))
    folder = runs / NAME
    event = {
        "id": 2,
        "type": "MapRunStarted",
        "timestamp": "2025-08-02T09:30:00.000Z",
        "mapRunStartedEventDetails": {"mapRunArn": MAP_RUN},
    }
    (folder / "events.jsonl").write_text(json.dumps(event) + "\n", encoding="utf-8")
    infos = {MAP_RUN: {"arn": MAP_RUN, "parent_arn": execution().arn, "status": "SUCCEEDED"}}
    (folder / "map-runs.json").write_text(json.dumps(infos), encoding="utf-8")
    return HomeArchive(home / "executions", RunStore(runs), f"{PREFIX}:stateMachine:{MACHINE}")


def write_results(home: Path, text: str) -> None:
    """Write the result file of the rows that succeeded."""
    folder = home / "runs" / NAME / "results" / MAP_RUN.rpartition(":")[2]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "SUCCEEDED_0.json").write_text(text, encoding="utf-8")


def record(**changed: str) -> dict[str, str]:
    """What ResultWriter has written of the first row."""
    return {"ExecutionArn": ARN, "Name": "child-0", "Input": '{"userId":"U1"}', "Output": '"done"', **changed}


def test_a_row_is_an_express_child_with_the_arn_of_its_result(tmp_path: Path) -> None:
    """Listing and results agree."""
    (found,) = archive(tmp_path).children(MAP_RUN)
    assert found.arn == ARN
    assert ARN.startswith(f"{PREFIX}:express:{MACHINE}/UserLogs:child-0:")


def test_a_row_of_a_run_with_histories_of_its_children_is_a_standard_child(tmp_path: Path) -> None:
    """EXPRESS children have no histories."""
    kept = archive(tmp_path)
    (tmp_path / "runs" / NAME / "children.jsonl").write_text("", encoding="utf-8")
    (found,) = kept.children(MAP_RUN)
    assert found.arn == f"{PREFIX}:execution:{MACHINE}/UserLogs:child-0"


def test_the_data_of_a_row_comes_from_its_result_file(tmp_path: Path) -> None:
    """The row is found by its ARN."""
    kept = archive(tmp_path)
    write_results(tmp_path, json.dumps([record(ExecutionArn="another", Input="1"), record()]))
    found = kept.child(ARN)
    assert found is not None
    assert (found.data_kept, found.input, found.output) == (True, {"userId": "U1"}, "done")


def test_a_row_without_a_result_has_no_data_instead_of_null(tmp_path: Path) -> None:
    """Its data is not known: `null` would be made up."""
    kept = archive(tmp_path)
    found = kept.child(ARN)
    assert found is not None
    assert not found.data_kept


def test_a_result_file_that_was_cut_off_is_no_error(tmp_path: Path) -> None:
    """A redrive repairs it."""
    kept = archive(tmp_path)
    write_results(tmp_path, json.dumps([record()])[:-4])
    found = kept.child(ARN)
    assert found is not None
    assert not found.data_kept


def test_a_row_counts_how_often_it_was_redriven(tmp_path: Path) -> None:
    """Each end but the first is a redrive."""
    kept = archive(tmp_path)
    path = tmp_path / "runs" / NAME / "items.jsonl"
    first = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
    again = {**first, "redrive": 1, "status": "SUCCEEDED", "error": None}
    path.write_text(json.dumps(first) + "\n" + json.dumps(again) + "\n", encoding="utf-8")
    about = tmp_path / "runs" / NAME / "run.json"
    about.write_text(json.dumps({**json.loads(about.read_text(encoding="utf-8")), "redriveCount": 1}), encoding="utf-8")
    (found,) = kept.children(MAP_RUN)
    assert (found.status, found.redrive_count) == ("SUCCEEDED", 1)

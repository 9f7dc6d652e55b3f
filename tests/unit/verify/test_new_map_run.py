"""A redrive that begins a new Map Run runs every row again, also those that had succeeded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from simulator.runs.folder.history_reader import map_run_passes
from simulator.runs.folder.items import ItemIndex
from tests.rows import AUDIT_TYPES
from tests.unit.runs.made_runs import MAP_RUN, execution, recorder
from tests.unit.verify.made_folder import (
    DONE,
    UPLOADED,
    audit_item,
    breached_run,
    failed,
    found,
    map_run_event,
    said,
    stored,
    succeeded,
    write_lines,
    write_results,
)

if TYPE_CHECKING:
    from simulator.aws.asl.runtime.listener import ChildRecord
    from simulator.runs.folder.run_folder import RunFolder

SECOND, THIRD = f"{MAP_RUN}-2", f"{MAP_RUN}-3"
REDRIVEN = {"type": "ExecutionRedriven"}
ALL_DONE = {**DONE, "U4": stored(5, 6, UPLOADED)}


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    """A first attempt that did line 2, failed line 3, did line 4, and never began line 5."""
    return breached_run(tmp_path)


def redrive(folder: RunFolder, number: int, arn: str, *children: ChildRecord, pending: tuple[int, ...] = ()) -> None:
    """Let a redrive begin a new Map Run that runs these rows."""
    writer = recorder(folder.runs)
    writer.execution_started(execution(redrive_count=number))
    for event in (REDRIVEN, map_run_event(arn=arn)):
        writer.history_event(execution().arn, event)
    for one in children:
        writer.child_ended(one)
        if one.status == "SUCCEEDED" and one.index == 3:
            add_audit(folder, 3)
    write_results(folder, children, pending, map_run_arn=arn)
    writer.execution_ended(execution(status="FAILED", redrive_count=number))
    writer.close()


def add_audit(folder: RunFolder, index: int) -> None:
    """Add a row's two items; an item with the key of another replaces it."""
    items = [json.loads(line) for line in folder.audit_file.read_text(encoding="utf-8").splitlines()]
    items += [audit_item(index, kind) for kind in AUDIT_TYPES]
    write_lines(folder.audit_file, list({item["timestamp"]: item for item in items}.values()))


def test_everything_agrees_after_a_redrive_that_began_a_new_map_run(folder: RunFolder) -> None:
    """The second pass of a row carries its redrive's number; that it had succeeded before is a note."""
    redrive(folder, 1, SECOND, succeeded(0), failed(1), succeeded(2, "superseded"), succeeded(3))
    findings = found(folder, ALL_DONE)
    assert said(findings) == []
    assert [note.rows for note in findings.notes if "began a new Map Run" in note.message] == [2]
    assert [item["redrive"] for item in folder.items()] == [0, 0, 0, 1, 1, 1, 1]


def test_everything_agrees_after_two_new_map_runs(folder: RunFolder) -> None:
    """Each runs all rows."""
    rows = (succeeded(0), failed(1), succeeded(2, "superseded"), succeeded(3))
    redrive(folder, 1, SECOND, *rows)
    redrive(folder, 2, THIRD, *rows)
    assert said(found(folder, ALL_DONE)) == []


def test_rows_that_the_new_map_run_never_began_stay_as_they_were(folder: RunFolder) -> None:
    """It ended early as well: what had succeeded before is done, though it is pending there."""
    redrive(folder, 1, SECOND, succeeded(0), failed(1), pending=(2, 3))
    assert said(found(folder)) == []


def test_a_row_that_fails_after_it_had_succeeded_has_its_totals_all_the_same(folder: RunFolder) -> None:
    """A note; totals that are not the file's are a disagreement still."""
    redrive(folder, 1, SECOND, failed(0), failed(1), succeeded(2, "superseded"), succeeded(3))
    add_failure = [audit_item(0, "user_update")]
    items = [json.loads(line) for line in folder.audit_file.read_text(encoding="utf-8").splitlines()]
    write_lines(folder.audit_file, items + add_failure)
    assert said(found(folder, ALL_DONE)) == []
    assert said(found(folder, {**ALL_DONE, "U1": stored(1, 3, UPLOADED)})) == [("database", 2)]


def test_results_of_a_map_run_that_the_history_does_not_know_are_found(folder: RunFolder) -> None:
    """Someone put them there."""
    write_results(folder, [succeeded(0)], [], map_run_arn=THIRD)
    assert said(found(folder)) == [("results", None)]


def test_a_row_that_is_missing_from_the_new_map_runs_results_is_found(folder: RunFolder) -> None:
    """Its line says that it ended there."""
    redrive(folder, 1, SECOND, succeeded(0), failed(1), succeeded(2, "superseded"), succeeded(3))
    path = next(folder.results.glob("*-2/SUCCEEDED_0.json"))
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8"))[1:]), encoding="utf-8")
    assert ("results", 2) in said(found(folder, ALL_DONE))


def test_the_history_tells_which_map_run_ran_in_which_redrive() -> None:
    """A Map Run counts its own redrives, the execution counts all."""
    again = map_run_event("MapRunRedriven", arn="b", redriveCount=1)
    events = [map_run_event(arn="a"), REDRIVEN, map_run_event(arn="b"), REDRIVEN, again]
    assert [one[:3] for one in map_run_passes(events)] == [("a", 0, 0), ("b", 0, 1), ("b", 1, 2)]


def test_a_map_run_that_is_continued_keeps_only_what_it_did_itself(folder: RunFolder) -> None:
    """Lines 2 and 4 had succeeded in the Map Run before it, and it has done line 2 so far."""
    redrive(folder, 1, SECOND, succeeded(0), pending=(1, 2, 3))
    assert ItemIndex(folder).counts(4).succeeded == 2
    assert ItemIndex(folder, since=1).counts(4).succeeded == 1

"""What corrected files did for a run: counted by rows, over any number of files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from simulator.runs.corrections.repairs import Repair, Repairs
from simulator.runs.folder.run_record import MapRunNote, RunRecord
from simulator.runs.store import RunStore

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "ユーザーID,ログイン回数,投稿回数"
OURS = "_line,_error,_cause,_attempts,_run"


def run_of(
    store: RunStore,
    name: str,
    *,
    failed: str = "",
    corrects: tuple[tuple[str, int], ...] = (),
    named: bool = True,
    status: str = "SUCCEEDED",
    rejected: bool = False,
) -> None:
    """Make a run: `failed` are the lines in its failed-rows.csv, `corrects` the (run, line) of its file's rows."""
    folder = store.folder(name)
    folder.path.mkdir(parents=True)
    columns = OURS if named else OURS.rpartition(",")[0]
    rows = [f"U{line},1,1,{line},E,c,1" + (f",{run}" if named else "") for run, line in corrects]
    folder.input_file.write_text("\n".join([f"{HEADER},{columns}", *rows]) + "\n", encoding="utf-8")
    if not rejected:
        listed = [f"U1,x,1,{line},E,c,1,{name}" for line in failed.split()]
        folder.failed_rows_file.write_text("\n".join([f"{HEADER},{OURS}", *listed]) + "\n", encoding="utf-8-sig")
    folder.write_record(
        RunRecord(
            name=name,
            status=status,
            started=f"2026-01-{len(store.folders()):02}T00:00:00.000Z",
            corrects=corrects[0][0] if corrects else None,
            map_run=None if rejected else MapRunNote(),
        )
    )
    if status == "RUNNING":
        folder.lock_file.write_text("")


def repair(store: RunStore, name: str) -> Repair | None:
    """Return what was repaired of a run, as its record is written."""
    return Repairs(store, [folder.record_as_written() for folder in store.folders()]).of(name)


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    """A run, `first`, of which the rows on the lines 2, 3 and 5 failed."""
    found = RunStore(tmp_path)
    run_of(found, "first", failed="2 3 5")
    return found


def test_a_run_that_nobody_corrected_has_no_repair(store: RunStore) -> None:
    """Nor one that is not there."""
    assert repair(store, "first") is None
    assert repair(store, "gone") is None


@pytest.mark.parametrize("named", [True, False])
def test_all_rows_in_one_file_are_a_complete_repair(store: RunStore, named: bool) -> None:
    """Also in a file of the time before the column `_run`."""
    run_of(store, "second", corrects=(("first", 2), ("first", 3), ("first", 5)), named=named)
    found = repair(store, "first")
    assert found == Repair(by=("second",), rows=3, left=0)
    assert (found.complete, found.words) == (True, "all 3 rows corrected")
    assert repair(store, "second") is None


def test_rows_that_were_left_out_or_failed_again_still_wait(store: RunStore) -> None:
    """Line 3 of the second file holds line 3 of the first, and failed again."""
    run_of(store, "second", corrects=(("first", 2), ("first", 3)), failed="3")
    found = repair(store, "first")
    assert found == Repair(by=("second",), rows=3, left=2)
    assert (found.complete, found.words) == (False, "1 of 3 rows corrected")


def test_a_row_that_failed_again_may_be_corrected_in_a_third_file(store: RunStore) -> None:
    """Whose rows name the second run."""
    run_of(store, "second", corrects=(("first", 2), ("first", 3), ("first", 5)), failed="3 4")
    run_of(store, "third", corrects=(("second", 3),))
    assert repair(store, "second") == Repair(by=("third",), rows=2, left=1)
    assert repair(store, "first") == Repair(by=("second",), rows=3, left=1)


def test_one_file_may_correct_rows_of_two_runs(store: RunStore) -> None:
    """Each row counts for the run that it names, whichever run the record names."""
    run_of(store, "other", failed="2")
    run_of(store, "both", corrects=(("first", 2), ("other", 2), ("first", 5)))
    assert repair(store, "first") == Repair(by=("both",), rows=3, left=1)
    assert repair(store, "other") == Repair(by=("both",), rows=1, left=0)


@pytest.mark.parametrize("how", [{"status": "RUNNING"}, {"rejected": True, "status": "FAILED"}])
def test_a_file_that_is_rejected_or_still_runs_has_repaired_nothing(store: RunStore, how: dict[str, str]) -> None:
    """It is named all the same."""
    run_of(store, "second", corrects=(("first", 2),), **how)  # type: ignore[arg-type]
    assert repair(store, "first") == Repair(by=("second",), rows=3, left=3)


def test_files_that_name_each_other_are_counted_without_end(store: RunStore) -> None:
    """Nobody makes them but by hand."""
    run_of(store, "a", corrects=(("b", 2), ("a", 2)), failed="2")
    run_of(store, "b", corrects=(("a", 2),), failed="2")
    assert repair(store, "a") == Repair(by=("a", "b"), rows=1, left=1)

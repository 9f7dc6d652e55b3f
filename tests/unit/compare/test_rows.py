"""Rows of two runs compared: outcome, error, value."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from simulator.compare.differences import Differences
from simulator.compare.rows import compare_rows
from simulator.runs.store import RunStore
from tests.rows import AUDIT_TYPES, upload
from tests.unit.runs.made_runs import NAME, child, failed_child, finished_run
from tests.unit.verify.made_folder import write_lines

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.runs.folder.run_folder import RunFolder

TEXT = upload("U1,1,2", "U2,x,2", "U3,3,4")


def made(home: Path, *children: Any, text: str = TEXT, values: dict[int, int] | None = None) -> RunFolder:
    """A finished run in a home of its own, and its audit items."""
    finished_run(home, text, *children)
    folder = RunStore(home).folder(NAME)
    folder.input_file.write_text(text, encoding="utf-8")
    write_lines(
        folder.audit_file,
        [
            {"timestamp": f"2025-08-02T09:30:00Z#{index}#{kind}", "newValue": value, "oldValue": len(str(home))}
            for index, value in (values or {0: 1, 2: 3}).items()
            for kind in AUDIT_TYPES
        ],
    )
    return folder


def differing(left: RunFolder, right: RunFolder) -> dict[str, list[tuple[int | None, Any, Any]]]:
    """What differs, by rule."""
    differences = Differences()
    compare_rows(left, right, differences)
    return {
        rule: [(one.line, one.left, one.right) for one in kept] for rule, (_, kept) in differences.by_rule().items()
    }


ROWS = (child(0, 2), failed_child(1, 3), child(2, 4))


def test_two_runs_of_one_file_do_not_differ(tmp_path: Path) -> None:
    """Times, ids and the values before the run are left out."""
    left = made(tmp_path / "a", *ROWS)
    again = (child(2, 4, worker=3), failed_child(1, 3, name=NAME), child(0, 2))
    assert differing(left, made(tmp_path / "other", *again)) == {}


def test_a_row_that_now_fails_and_one_that_is_not_done_changed_their_outcomes(tmp_path: Path) -> None:
    """The first side and the second, with the error."""
    left = made(tmp_path / "a", *ROWS)
    right = made(tmp_path / "b", failed_child(0, 2), failed_child(1, 3))
    assert differing(left, right) == {
        "row: outcome": [
            (2, "success", "FAILED (InvalidRecordError: bad value 'x')"),
            (4, "success", "NOT DONE"),
        ]
    }


def test_another_error_text_is_a_change_but_another_stack_trace_is_not(tmp_path: Path) -> None:
    """Only the sentence of a function's error counts."""
    trace = json.dumps({"errorMessage": "bad value 'x'", "errorType": "InvalidRecordError", "stackTrace": ["moved"]})
    left = made(tmp_path / "a", *ROWS)
    moved = made(tmp_path / "b", ROWS[0], failed_child(1, 3, cause=trace), ROWS[2])
    worse = made(tmp_path / "c", ROWS[0], failed_child(1, 3, "worse"), ROWS[2])
    assert differing(left, moved) == {}
    assert differing(left, worse) == {
        "row: error": [(3, "InvalidRecordError: bad value 'x'", "InvalidRecordError: worse")]
    }


def test_another_value_that_was_written_is_a_change(tmp_path: Path) -> None:
    """By the audit items' new values."""
    left = made(tmp_path / "a", *ROWS)
    right = made(tmp_path / "b", *ROWS, values={0: 9, 2: 3})
    before, after = dict.fromkeys(sorted(AUDIT_TYPES), 1), dict.fromkeys(sorted(AUDIT_TYPES), 9)
    assert differing(left, right) == {"row: value": [(2, before, after)]}


def test_a_row_inserted_in_the_file_changes_no_other_row(tmp_path: Path) -> None:
    """Rows of two files are paired by user."""
    left = made(tmp_path / "a", *ROWS)
    text = upload("U9,0,0", "U1,1,2", "U2,x,2", "U3,3,4")
    users = ({"userId": "U9"}, {"userId": "U1"}, {"userId": "U2"}, {"userId": "U3"})
    moved = [child(0, 2, input=users[0]), child(1, 3, input=users[1]), child(3, 5, input=users[3])]
    right = made(tmp_path / "b", *moved, failed_child(2, 4, input=users[2]), text=text, values={0: 0, 1: 1, 3: 3})
    assert differing(left, right) == {"row: outcome": [(2, "no such row", "success")]}


@pytest.mark.parametrize("lost", ["audit_file", "items_file"])
def test_what_one_run_has_lost_is_said_not_guessed(tmp_path: Path, lost: str) -> None:
    """Without audit items there is no value to compare; without rows all of them are not done."""
    left, right = made(tmp_path / "a", *ROWS), made(tmp_path / "b", *ROWS)
    getattr(right, lost).unlink()
    differences = Differences()
    compare_rows(left, right, differences)
    if lost == "audit_file":
        assert differences.notes == [f"The audit items of {NAME} are not there: the rows' values are not compared."]
        assert differences.total == 0
    else:
        assert differences.by_rule()["row: outcome"][0] == 3


def test_a_copy_of_a_run_elsewhere_is_the_same_run(tmp_path: Path) -> None:
    """It does not matter where it lies."""
    left = made(tmp_path / "a", *ROWS)
    shutil.copytree(left.path, tmp_path / "copy" / NAME)
    assert differing(left, RunStore(tmp_path / "copy").folder(NAME)) == {}

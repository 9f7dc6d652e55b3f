"""Whatever is changed in one place of a run, verify names the place and the row."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from simulator.runs.folder.run_folder import RunFolder
from simulator.verify.database_check import Stored
from tests.rows import AUDIT_TYPES, MORE
from tests.unit.runs.made_runs import THREE_ROWS, execution, finished_run, recorder
from tests.unit.verify.made_folder import (
    DONE,
    ENTERED,
    UPLOADED,
    audit_item,
    breached_run,
    found,
    map_run_event,
    said,
    stored,
    succeeded,
    write_lines,
    write_results,
)

FAILED_ROW = len(AUDIT_TYPES)
"""The index of line 3's audit item: line 2 has one per total."""
REDRIVEN = {"type": "ExecutionRedriven"}


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    """A run in which everything agrees."""
    return breached_run(tmp_path)


def lines(path: Path) -> list[dict[str, Any]]:
    """The values of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def edit(path: Path, change: Callable[[list[dict[str, Any]]], object]) -> None:
    """Change a file of JSON lines."""
    values = lines(path)
    change(values)
    write_lines(path, values)


def result_file(folder: RunFolder, name: str) -> Path:
    """A result file of the first attempt."""
    return next(path for path in folder.result_files() if path.name == name)


def test_a_run_whose_places_agree_is_clean(folder: RunFolder) -> None:
    """All places are compared, none says anything."""
    findings = found(folder)
    assert said(findings) == []
    assert findings.compared == {
        "input.csv": 4,
        "items.jsonl": 3,
        "results": 4,
        "audit": 2 * len(AUDIT_TYPES) + 1,
        "failed-rows.csv": 2,
        "database": 4,
    }


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda items: items.append({**items[0]}), ("items.jsonl", 2)),
        (lambda items: items.append({**items[1]}), ("items.jsonl", 3)),
        (lambda items: items.append({**items[0], "index": 4}), ("items.jsonl", None)),
        (lambda items: items[0].update(user="U9"), ("items.jsonl", 2)),
        (lambda items: items[0].update(line=3), ("items.jsonl", 2)),
        (lambda items: items[0].update(status="FAILED", error="E"), ("results", 2)),
        (lambda items: items[0].update(redrive=1), ("results", 2)),
        (lambda items: items[1].update(error="Other"), ("results", 3)),
        (lambda items: items.pop(0), ("results", 2)),
    ],
)
def test_a_row_told_otherwise_in_items_is_found(
    folder: RunFolder, change: Callable[[list[dict[str, Any]]], object], expected: tuple[str, int | None]
) -> None:
    """Twice, of another file, as another row, with another end, or not at all."""
    edit(folder.items_file, change)
    assert expected in said(found(folder))


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda items: items.pop(0), 2),
        (lambda items: items.pop(FAILED_ROW), 3),
        (lambda items: items[0].update(newValue=7), 2),
        (lambda items: items[0].update(userId="U3"), 2),
        (lambda items: items[0].update(status="superseded"), 2),
        (lambda items: items[FAILED_ROW].update(errorMessage="Other"), 3),
        (lambda items: items[0].update(executionName="other"), None),
        (lambda items: items[0].update(timestamp=f"{ENTERED}#9#login_update"), None),
        (lambda items: items[0].update(processingType="post_update"), 2),
        (lambda items: items.append(audit_item(0, "user_update")), 2),
        (lambda items: items.append(audit_item(0, "login_update", timestamp="2025-08-02T11:00:00Z#0#login_update")), 2),
        (lambda items: items.append(audit_item(3, "login_update")), 5),
        (lambda items: items[0].update(executionName=f"{items[0]['executionName']}#00"), 2),
    ],
)
def test_audit_items_that_are_missing_wrong_or_too_many_are_found(
    folder: RunFolder, change: Callable[[list[dict[str, Any]]], object], line: int | None
) -> None:
    """Each is about the row it should be of."""
    edit(folder.audit_file, change)
    assert ("audit", line) in said(found(folder))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b'\\"U1\\"', b'\\"U9\\"', 2),
        (b'\\"loginCount\\":\\"1\\"', b'\\"loginCount\\":\\"8\\"', 2),
        (b'\\"rowIndex\\":0', b'\\"rowIndex\\":9', None),
        (b'\\"rowIndex\\":0', b'\\"rowIndex\\":2', 4),
        (b'"Status":"SUCCEEDED"', b'"Status":"TIMED_OUT"', 2),
    ],
)
def test_a_result_file_that_was_changed_is_found(folder: RunFolder, old: bytes, new: bytes, expected: int) -> None:
    """Its entries carry the rows' inputs; they are compared with the file."""
    path = result_file(folder, "SUCCEEDED_0.json")
    path.write_bytes(path.read_bytes().replace(old, new, 1))
    assert ("results", expected) in said(found(folder))


@pytest.mark.parametrize("name", ["SUCCEEDED_0.json", "FAILED_0.json", "PENDING_0.json"])
def test_a_result_file_that_is_gone_or_cut_is_found(folder: RunFolder, name: str) -> None:
    """By the manifest, and by its rows."""
    path = result_file(folder, name)
    path.write_bytes(path.read_bytes()[:40])
    cut = found(folder)
    path.unlink()
    gone = found(folder)
    for findings in (cut, gone):
        assert ("results", None) in said(findings)
        assert len(said(findings)) > 1


def test_without_a_manifest_missing_results_are_a_note(folder: RunFolder) -> None:
    """A kill -9 leaves them so; the rows themselves are proved by audit and database."""
    result_file(folder, "SUCCEEDED_0.json").unlink()
    result_file(folder, "manifest.json").unlink()
    findings = found(folder)
    assert said(findings) == []
    assert [(note.rows, note.line) for note in findings.notes if "cut off" in note.message] == [(2, 2)]


@pytest.mark.parametrize(
    ("totals", "line"),
    [
        ({"U1": stored(1, 3, UPLOADED)}, 2),
        ({"U1": stored(1, 2, datetime(2025, 8, 1))}, 2),  # noqa: DTZ001 - as the table keeps it
        ({"U1": stored(None, None, None)}, 2),
        ({"U2": stored(0, 2, UPLOADED)}, 3),
        ({"U3": stored(3, 4, UPLOADED)}, 4),
        ({"U4": stored(5, 6, UPLOADED)}, 5),
    ],
)
def test_a_database_that_is_not_what_the_rows_say_is_found(
    folder: RunFolder, totals: dict[str, Stored], line: int
) -> None:
    """Lost, wrong, or changed by a row that did not succeed."""
    assert said(found(folder, {**DONE, **totals})) == [("database", line)]


def test_a_user_who_is_gone_is_found(folder: RunFolder) -> None:
    """The row succeeded, so there was one."""
    assert said(found(folder, {user: stored for user, stored in DONE.items() if user != "U1"})) == [("database", 2)]


def test_a_newer_upload_in_the_database_is_a_note(folder: RunFolder) -> None:
    """Its totals are right to stand there."""
    newer = {**DONE, "U1": stored(7, 7, datetime(2025, 9, 1))}  # noqa: DTZ001 - as the table keeps it
    findings = found(folder, newer)
    assert said(findings) == []
    assert any("later upload" in note.message for note in findings.notes)


def test_totals_of_the_same_second_are_a_note_only_where_there_was_another_upload(folder: RunFolder) -> None:
    """Times of uploads are whole seconds."""
    other = {**DONE, "U1": stored(7, 7, UPLOADED)}
    assert said(found(folder, other)) == [("database", 2)]
    assert said(found(folder, other, shared_second=True)) == []


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('"U2",x,2', '"U2",1,2', 3),
        (f'"U2",x,2{MORE},3,', f'"U2",x,2{MORE},4,', 3),
        ("InvalidRecordError", "Other", 3),
        ("INVALID_VALUE", "UNKNOWN_USER", 3),
        (",no,", ",yes,", 3),
        ('"U4",5,6', '"U1",1,2', 5),
    ],
)
def test_failed_rows_that_are_not_as_they_came_are_found(folder: RunFolder, old: str, new: str, line: int) -> None:
    """The original text, the line, the error, and its code."""
    path = folder.failed_rows_file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    assert said(found(folder)) == [("failed-rows.csv", line)]


def test_failed_rows_that_are_missing_or_too_many_are_found(folder: RunFolder) -> None:
    """Exactly those that did not succeed, no row less and none more."""
    path = folder.failed_rows_file
    text = path.read_text(encoding="utf-8")
    path.write_text("\r\n".join(text.splitlines()[:2]) + "\r\n", encoding="utf-8")
    assert said(found(folder)) == [("failed-rows.csv", 5)]
    path.write_text(text + f"U1,1,2{MORE},2,E,c,1\r\n", encoding="utf-8")
    assert said(found(folder)) == [("failed-rows.csv", None)]
    path.unlink()
    assert said(found(folder)) == [("failed-rows.csv", None)]


def test_counts_that_are_not_the_rows_are_found(folder: RunFolder) -> None:
    """In run.json."""
    record = folder.record()
    record.rows.succeeded += 1
    folder.write_record(record)
    assert said(found(folder)) == [("run.json", None)]


def test_a_missing_input_is_found(folder: RunFolder) -> None:
    """Then there is nothing to compare with."""
    folder.input_file.unlink()
    assert said(found(folder)) == [("input.csv", None)]


def test_a_redriven_row_may_have_failed_before_and_not_have_succeeded_before(folder: RunFolder) -> None:
    """Redrive 1 does line 3 and line 5; were it to do line 2 again, that would be found."""
    again = [succeeded(3)]
    writer = recorder(folder.runs)
    writer.execution_started(execution(redrive_count=1))
    for event in (REDRIVEN, map_run_event("MapRunRedriven", redriveCount=1)):
        writer.history_event(execution().arn, event)
    writer.child_ended(again[0])
    write_results(folder, again, [], redrive=1)
    edit(folder.audit_file, lambda items: items.extend(audit_item(3, kind) for kind in AUDIT_TYPES))
    writer.execution_ended(execution(status="FAILED", redrive_count=1))
    writer.close()
    now = {**DONE, "U4": stored(5, 6, UPLOADED)}
    assert said(found(folder, now)) == []
    edit(folder.items_file, lambda items: items.append({**items[0], "redrive": 1}))
    assert ("results", 2) in said(found(folder, now))


def test_rows_of_an_interrupted_run_may_be_done_and_not_told(tmp_path: Path) -> None:
    """The process died between the commit and the line: a note, since the redrive repeats it without effect."""
    folder = breached_run(tmp_path)
    record = folder.record()
    record.status = "INTERRUPTED"
    folder.write_record(record)
    result_file(folder, "manifest.json").unlink()
    edit(folder.audit_file, lambda items: items.extend(audit_item(3, kind) for kind in AUDIT_TYPES))
    findings = found(folder, {**DONE, "U4": stored(5, 6, UPLOADED)})
    assert said(findings) == []
    assert sum("after the commit" in note.message for note in findings.notes) == 1
    assert said(found(folder, {**DONE, "U4": stored(5, 7, UPLOADED)})) == [("database", 5)]


def test_a_rejected_file_has_done_nothing(tmp_path: Path) -> None:
    """And where something is there after all, it is found."""
    writer = recorder(tmp_path, THREE_ROWS)
    writer.execution_started(execution())
    folder = writer.folder(execution().name)
    assert folder is not None
    writer.execution_ended(execution(status="FAILED", error="ValidationFailed", cause="[]"))
    writer.close()
    assert said(found(folder)) == []
    write_lines(folder.audit_file, [audit_item(0, "login_update")])
    assert said(found(folder)) == [("audit", None)]


def test_a_run_that_succeeded_with_rows_left_is_found(tmp_path: Path) -> None:
    """Its counts may even agree."""
    finished_run(tmp_path, THREE_ROWS)
    folder = next(iter(tmp_path.iterdir()))
    assert ("run.json", None) in said(found(RunFolder(tmp_path, folder.name)))

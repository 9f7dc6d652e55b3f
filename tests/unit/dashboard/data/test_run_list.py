"""The list of runs, the days, and what each run is said to have come to."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, timedelta
from pathlib import Path

import pytest

from dashboard.queries.night.nights import nights
from dashboard.queries.run_list import run, runs
from simulator.runs.advice.next_steps import next_steps
from simulator.runs.folder.run_record import MapRunNote, RowCounts, RunRecord
from simulator.runs.outcome import Kind, explanation, in_words
from simulator.runs.store import RunStore
from tests.unit.runs.made_runs import START, child, execution, failed_child, finished_run, recorder

REJECTED = {"status": "FAILED", "error": "ValidationFailed", "cause": '[{"line":3,"message":"bad"}]'}
BREACHED = {"status": "FAILED", "error": "States.ExceedToleratedFailureThreshold", "cause": "too many"}


def test_no_run_is_an_empty_list(tmp_path: Path) -> None:
    """Also where the folder for runs is not there."""
    assert runs(RunStore(tmp_path / "nowhere")) == []
    assert nights([], START) == []


@pytest.mark.parametrize(
    ("end", "kind", "words"),
    [
        ({"status": "SUCCEEDED"}, Kind.SOME_FAILED, "Succeeded, 1 row failed"),
        (REJECTED, Kind.REJECTED, "File rejected"),
        (BREACHED, Kind.FAILED, "Failed: too many rows failed (1)"),
        ({"status": "FAILED", "error": "States.Runtime"}, Kind.FAILED, "Failed: States.Runtime, 1 row failed"),
        ({"status": "TIMED_OUT"}, Kind.FAILED, "Timed out, 1 row failed"),
        ({"status": "ABORTED"}, Kind.STOPPED, "Stopped, 1 row failed"),
    ],
)
def test_each_end_has_its_kind_and_words(tmp_path: Path, end: dict[str, str], kind: Kind, words: str) -> None:
    """Colour and words never contradict each other."""
    finished_run(tmp_path, "ユーザーID,a,b\nU1,1,2\nU2,x,2\n", child(0, 2), failed_child(1, 3), **end)
    (row,) = runs(RunStore(tmp_path))
    assert (row.kind, row.words) == (kind, words)
    assert (row.file, row.failed, row.seconds) == ("a.csv", 1, 2.0)


def test_a_run_that_lost_rows_to_an_outage_is_not_simply_called_a_success(tmp_path: Path) -> None:
    """Though few enough failed; the first step sends them again as they are."""
    lost = failed_child(1, 3, "PostgreSQL is away", error="DatabaseError")
    finished_run(tmp_path, "ユーザーID,a,b\nU1,1,2\nU2,1,2\nU3,x,2\n", child(0, 2), lost, failed_child(2, 4))
    store = RunStore(tmp_path)
    (row,) = runs(store)
    assert (row.kind, row.words) == (Kind.OUTAGE, "Outage: 2 rows failed, 1 of them because of the outage")
    folder = store.folder(row.name)
    assert "1 row is missing from the database because of an outage" in explanation(folder.record())
    step = next_steps(folder, folder.record())[0]
    assert "The other row in it is wrong: correct" in step.text
    assert step.words == ("run", folder.failed_rows_file)


def test_a_run_without_failures_succeeded_in_one_word(tmp_path: Path) -> None:
    """Nothing is to be done about it."""
    finished_run(tmp_path, "ユーザーID,a,b\nU1,1,2\n", child(0, 2))
    store = RunStore(tmp_path)
    (row,) = runs(store)
    folder = store.folder(row.name)
    assert (row.kind, row.words, row.pending) == (Kind.OK, "Succeeded", 2)  # the map was told of three rows
    assert next_steps(folder, folder.record().model_copy(update={"rows": RowCounts(total=1, succeeded=1)})) == []


def test_a_run_that_goes_on_and_one_whose_process_died_are_told_apart(tmp_path: Path) -> None:
    """By the lock, not by what run.json says."""
    writer = recorder(tmp_path)
    writer.execution_started(execution("going-on"))
    store = RunStore(tmp_path)
    (row,) = runs(store)
    assert (row.kind, row.words, row.stopped) == (Kind.RUNNING, "Running", None)
    assert row.seconds is not None
    assert row.seconds > 0
    writer.close()
    (row,) = runs(store)
    assert (row.kind, row.words) == (Kind.STOPPED, "Interrupted")


def test_the_newest_run_comes_first_and_filters_narrow_the_list(tmp_path: Path) -> None:
    """By kind, by a part of the file's name whatever its case, by day."""
    for number in range(3):
        writer = recorder(tmp_path)
        start = START + timedelta(days=number)
        event = {"detail": {"bucket": {"name": "in"}, "object": {"key": f"日本-{number}-A.csv"}}}
        writer.execution_started(execution(f"run-{number}", started=start, input=event))
        end = {"status": "SUCCEEDED"} if number else REJECTED
        writer.execution_ended(execution(f"run-{number}", started=start, stopped=start, **end))
        writer.close()
    store = RunStore(tmp_path)
    assert [row.name for row in runs(store)] == ["run-2", "run-1", "run-0"]
    assert [row.name for row in runs(store, kinds=[Kind.REJECTED])] == ["run-0"]
    assert [row.name for row in runs(store, file="本-1-a")] == ["run-1"]
    assert [row.name for row in runs(store, since=date(2025, 8, 3), until=date(2025, 8, 3))] == ["run-1"]
    kept = [(night.morning.day, night.runs, night.success_rate) for night in nights(runs(store), START)]
    assert kept == [
        (2, 1, 0.0),
        (3, 1, 1.0),
        (4, 1, 1.0),
    ]


@pytest.mark.parametrize("text", ["", "{", '{"name": "x", "rows": 5, "started": 7}', '{"status": "SUCCEEDED"}', "[]"])
def test_a_damaged_or_older_record_is_still_a_row(tmp_path: Path, text: str) -> None:
    """What can be read of it is shown, under the folder's name."""
    (tmp_path / "old-run").mkdir()
    (tmp_path / "old-run" / "run.json").write_text(text)
    (row,) = runs(RunStore(tmp_path))
    assert row.name == "old-run"
    assert row.started is not None
    assert row.started.tzinfo is UTC
    assert nights([row], row.started)[0].runs == 1


def test_a_run_that_vanishes_is_none(tmp_path: Path) -> None:
    """The page says so, instead of breaking."""
    finished_run(tmp_path, "a\n1\n", child(0, 2), name="gone")
    store = RunStore(tmp_path)
    assert run(store.folder("gone")) is not None
    shutil.rmtree(tmp_path / "gone")
    assert run(store.folder("gone")) is None


def test_a_breach_is_explained_with_its_numbers_and_leads_to_the_failed_rows_and_a_redrive(tmp_path: Path) -> None:
    """Which limit, how many failed, how many did not start, and the two ways on."""
    note = MapRunNote(tolerated_failure_percentage=5.0, tolerated_failure_count=50)
    counts = RowCounts(total=100, succeeded=28, failed=7, pending=65)
    record = RunRecord(name="r", rows=counts, map_run=note, **BREACHED)
    folder = RunStore(tmp_path).folder("r")
    folder.path.mkdir()
    folder.failed_rows_file.write_text("x")
    text = explanation(record)
    assert all(part in text for part in ("5 %", "50 rows", "7 of 100", "7.0 %", "65 did not start"))
    corrected, again = next_steps(folder, record)
    assert "72 rows" in corrected.text
    assert corrected.words == ("run", folder.failed_rows_file)
    assert again.words == ("redrive", "r")


def test_unknown_users_are_named_as_the_first_thing_to_do(tmp_path: Path) -> None:
    """Where most rows failed for that reason."""
    reason = {"error": "UserNotFoundError", "count": 6}
    record = RunRecord.from_json(
        "r", {"status": "SUCCEEDED", "rows": {"failed": 6, "succeeded": 1}, "reasons": [reason]}
    )
    record.source.key = "a b.csv"
    folder = RunStore(tmp_path).folder("r")
    assert next_steps(folder, record)[0].words == ()  # there is no file that it could name
    folder.path.mkdir()
    folder.input_file.write_text("x")
    assert next_steps(folder, record)[0].words == ("run", folder.input_file, "--key=a b.csv", "--create-users")


def test_words_of_a_rejected_file_do_not_depend_on_its_findings() -> None:
    """Its cause is JSON, which no list is to show."""
    record = RunRecord(name="r", status="FAILED", error="ValidationFailed", cause=json.dumps([{"line": 1}]))
    assert "[" not in in_words(record)
    assert "validator" in explanation(record)

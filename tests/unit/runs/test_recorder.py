"""The recorder turns what a listener is told into a run's folder."""

from __future__ import annotations

import errno
import json
import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from simulator.runs.folder.json_lines import LineFile, read_lines
from simulator.runs.folder.run_folder import RunFolder
from simulator.runs.recovery import recovered
from simulator.runs.store import RunStore
from tests.unit.runs.made_runs import (
    MAP_RUN,
    NAME,
    START,
    THREE_ROWS,
    child,
    execution,
    failed_child,
    finished_run,
    map_run,
    recorder,
)


def test_the_folder_holds_input_and_definition_before_any_row_runs(tmp_path: Path) -> None:
    """The audit trail is only filed in a folder that is there, and redrive needs both files."""
    writer = recorder(tmp_path)
    writer.execution_started(execution())
    folder = RunFolder(tmp_path, NAME)
    assert folder.input_file.read_text(encoding="utf-8") == THREE_ROWS
    assert folder.definition_file.read_text(encoding="utf-8") == '{"StartAt":"A"}'
    assert folder.record().status == "RUNNING"
    assert folder.record().source.version_id == "v1"
    writer.close()


def test_a_finished_run_counts_each_row_once(tmp_path: Path) -> None:
    """Succeeded, superseded, failed and never-started rows add up to the total."""
    superseded = child(2, 4, output={"status": "superseded"})
    finished_run(tmp_path, THREE_ROWS, child(0, 2), failed_child(1, 3), superseded)
    rows = RunFolder(tmp_path, NAME).record().rows
    assert (rows.total, rows.succeeded, rows.failed, rows.pending, rows.superseded) == (3, 2, 1, 0, 1)


def test_rows_that_never_ended_are_pending(tmp_path: Path) -> None:
    """A breached tolerance leaves rows behind."""
    finished_run(tmp_path, THREE_ROWS, failed_child(1, 3), status="FAILED", error="States.X", cause="c")
    record = RunFolder(tmp_path, NAME).record()
    assert (record.rows.failed, record.rows.pending, record.error, record.cause) == (1, 2, "States.X", "c")
    assert record.duration_ms == 2000


def test_an_item_line_tells_what_became_of_the_row(tmp_path: Path) -> None:
    """Attempts are calls of the row's own Task; the cause is kept as AWS gives it; tries only where it is worth it."""
    finished_run(tmp_path, THREE_ROWS, child(0, 2), failed_child(1, 3))
    good, bad = RunFolder(tmp_path, NAME).items()
    assert good == {
        "index": 0,
        "line": 2,
        "user": "U1",
        "status": "SUCCEEDED",
        "outcome": "success",
        "attempts": 1,
        "start": "2025-08-02T09:30:00.000Z",
        "stop": "2025-08-02T09:30:00.012Z",
        "worker": 0,
        "error": None,
        "cause": None,
        "redrive": 0,
        "name": "child-0",
    }
    assert bad["attempts"] == 1
    assert json.loads(bad["cause"])["errorType"] == "InvalidRecordError"
    assert [one[0] for one in bad["tries"]] == ["ProcessUserLog", "LogError"]


def test_reasons_are_grouped_with_one_example(tmp_path: Path) -> None:
    """Two rows that differ in their values only have one reason; the first that ended is its example."""
    finished_run(
        tmp_path, THREE_ROWS, failed_child(0, 2, "bad value 'x'"), failed_child(2, 4, "bad value 'y'"), child(1, 3)
    )
    (reason,) = RunFolder(tmp_path, NAME).record().reasons
    assert (reason.error, reason.count, reason.line, reason.cause) == ("InvalidRecordError", 2, 2, "bad value 'x'")


def test_other_state_machines_are_no_runs(tmp_path: Path) -> None:
    """The dispatcher leaves no folder."""
    writer = recorder(tmp_path)
    writer.execution_started(execution(machine_name="csv-user-log-dispatcher"))
    assert list(tmp_path.iterdir()) == []


def test_a_redrive_goes_on_in_the_same_folder(tmp_path: Path) -> None:
    """History and rows are appended; of the redriven row the later line counts, and its reason is gone."""
    finished_run(tmp_path, THREE_ROWS, child(0, 2), failed_child(1, 3), status="FAILED")
    writer = recorder(tmp_path, "another file by now")
    writer.execution_started(execution(redrive_count=1))
    folder = RunFolder(tmp_path, NAME)
    assert folder.record().status == "RUNNING"
    assert folder.record().rows.succeeded == 1
    writer.child_ended(child(1, 3, redrive_count=1))
    writer.child_ended(child(2, 4, redrive_count=1))
    writer.execution_ended(execution(status="SUCCEEDED", redrive_count=1, stopped=START + timedelta(seconds=9)))
    writer.close()
    record = folder.record()
    assert (record.rows.succeeded, record.rows.failed, record.redrive_count, record.reasons) == (3, 0, 1, [])
    assert len(list(folder.items())) == 4
    assert folder.input_file.read_text(encoding="utf-8") == THREE_ROWS


def test_a_run_took_what_its_attempts_took(tmp_path: Path) -> None:
    """Not the night between the end of the first and the redrive."""
    finished_run(tmp_path, THREE_ROWS, child(0, 2), status="FAILED")
    writer = recorder(tmp_path)
    before = datetime.now(UTC)
    writer.execution_started(execution(redrive_count=1))
    again = datetime.now(UTC)
    writer.execution_ended(execution(status="SUCCEEDED", redrive_count=1, stopped=again + timedelta(seconds=3)))
    writer.close()
    record = RunStore(tmp_path).folder(NAME).record()
    first = 2_000
    most = first + 3_000 + (again - before).total_seconds() * 1000
    assert first + 3_000 <= record.duration_ms + 1 <= most + 2


def test_counts_are_written_while_the_run_goes_on(tmp_path: Path) -> None:
    """The dashboard reads run.json during the run."""
    writer = recorder(tmp_path)
    writer.execution_started(execution())
    writer.map_run_changed(map_run(total=3, succeeded=1, failed=1, running=1))
    record = RunFolder(tmp_path, NAME).record()
    assert (record.rows.total, record.rows.succeeded, record.rows.failed, record.rows.pending) == (3, 1, 1, 1)
    assert record.map_run is not None
    assert record.map_run.arn == MAP_RUN
    writer.close()


def test_the_total_is_known_from_the_validator_before_the_map_has_read_the_file(tmp_path: Path) -> None:
    """A progress bar needs a total from the first row on."""
    writer = recorder(tmp_path)
    writer.execution_started(execution())
    output = json.dumps({"validation": {"isValid": True, "rowCount": 3}})
    writer.history_event(
        execution().arn,
        {"id": 4, "type": "TaskStateExited", "stateExitedEventDetails": {"name": "V", "output": output}},
    )
    writer.map_run_changed(map_run(total=0, succeeded=1))
    assert RunFolder(tmp_path, NAME).record().rows.total == 3
    writer.close()


def test_logs_are_filed_by_execution_name(tmp_path: Path) -> None:
    """A record of another execution is not this run's; one that names none belongs to the only run there is."""
    writer = recorder(tmp_path)
    writer.execution_started(execution())
    writer.log({"executionName": NAME, "line": "a"})
    writer.log({"executionName": "other", "line": "b"})
    writer.log({"line": "c"})
    writer.close()
    assert [record["line"] for record in RunFolder(tmp_path, NAME).logs()] == ["a", "c"]


def test_an_object_that_cannot_be_read_is_noted_and_the_run_goes_on(tmp_path: Path) -> None:
    """S3 may refuse; the rows are still recorded."""
    writer = recorder(tmp_path)
    writer._fetch_input = lambda *_: (_ for _ in ()).throw(RuntimeError("NoSuchKey"))
    writer.execution_started(execution())
    writer.child_ended(child(0, 2))
    writer.execution_ended(execution(status="SUCCEEDED"))
    record = RunFolder(tmp_path, NAME).record()
    assert record.rows.succeeded == 1
    assert any("NoSuchKey" in note for note in record.notes)


def test_a_full_disk_does_not_stop_the_run_and_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A listener must not raise; the terminal shows the recorder's faults."""
    writer = recorder(tmp_path)
    writer.execution_started(execution())

    def full(self: LineFile, value: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(LineFile, "write", full)
    writer.child_ended(child(0, 2))
    writer.child_ended(child(1, 3))
    assert len(writer.problems) == 1
    assert "No space left" in writer.problems[0]
    writer.close()


@pytest.mark.parametrize("status", ["SUCCEEDED", "FAILED"])
@pytest.mark.parametrize("reserve_is_enough", [True, False])
def test_a_run_on_a_disk_that_fills_has_one_status_for_all_who_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: str, reserve_is_enough: bool
) -> None:
    """The room reserved at the start holds the end; without even that, all who look draw the same from the history."""
    writer = recorder(tmp_path)
    writer.execution_started(execution())
    writer.map_run_changed(map_run())
    writer.child_ended(child(0, 2))
    folder = RunFolder(tmp_path, NAME)
    assert folder.reserve_file.stat().st_size > 100_000
    real = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        if reserve_is_enough and not folder.reserve_file.exists():
            return real(path, data)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)
    monkeypatch.setattr(LineFile, "write", lambda _self, value: full(Path(), value))
    writer.child_ended(child(1, 3))
    writer.execution_ended(execution(status=status, stopped=START))
    expected = status if reserve_is_enough else "INTERRUPTED"
    for _ in ("the last report", "runs", "show", "the page"):
        record = recovered(folder)
        assert record.status == folder.record().status == expected
        assert any("No space left" in note for note in record.notes)
    writer.close()
    assert recovered(folder).status == expected
    assert sorted(path.name for path in tmp_path.rglob(".run.json.*")) == []


def test_a_line_after_one_that_was_written_in_part_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Space may come back while a run goes on."""
    file = LineFile(tmp_path / "x.jsonl")
    write = os.write
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda fd, data: write(fd, data[:5]))
        with pytest.raises(OSError, match="only in part"):
            file.write({"a": 1})
    file.write({"b": 2})
    file.close()
    assert list(read_lines(tmp_path / "x.jsonl")) == [{"b": 2}]


def test_rows_that_end_at_once_in_many_threads_each_have_a_whole_line(tmp_path: Path) -> None:
    """Lines are written without a lock."""
    writer = recorder(tmp_path)
    writer.execution_started(execution())

    def lane(number: int) -> None:
        for index in range(number, 2000, 5):
            writer.child_ended(child(index, index + 2, worker=number))

    threads = [threading.Thread(target=lane, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.close()
    assert sorted(item["index"] for item in RunFolder(tmp_path, NAME).items()) == list(range(2000))


def test_a_run_that_was_never_told_to_end_is_interrupted(tmp_path: Path) -> None:
    """Its process has let go of the lock."""
    writer = recorder(tmp_path)
    writer.execution_started(execution())
    writer.close()
    assert RunFolder(tmp_path, NAME).record().status == "INTERRUPTED"

"""Rows of runs, read through DuckDB: whatever state their file is in."""

from __future__ import annotations

import shutil
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dashboard.queries import tables
from dashboard.queries.failures import failures
from dashboard.queries.tables import fetch, load_items
from dashboard.queries.trends import bucket_seconds, throughput
from dashboard.queries.workers.spans import Part
from dashboard.queries.workers.worker_times import worker_times
from simulator.runs.folder.json_lines import encode
from simulator.runs.folder.run_folder import RunFolder
from simulator.runs.folder.times import moment_text

START = datetime(2026, 1, 1, 9, 30, tzinfo=UTC)


def at(seconds: float) -> str:
    """A time after the start, as the file has it."""
    return moment_text(START + timedelta(seconds=seconds))


def item(index: int, start: float = 0, stop: float = 1, **changed: Any) -> dict[str, Any]:
    """A row that succeeded."""
    line = {
        "index": index,
        "line": index + 2,
        "user": f"U{index}",
        "status": "SUCCEEDED",
        "outcome": "success",
        "attempts": 1,
        "start": at(start),
        "stop": at(stop),
        "worker": index % 5,
        "error": None,
        "cause": None,
        "redrive": 0,
    }
    return {**line, **changed}


def bad(index: int, cause: str = "bad value 'x'", **changed: Any) -> dict[str, Any]:
    """A row that failed."""
    return item(index, **{"status": "FAILED", "outcome": None, "error": "E", "cause": cause, **changed})


def folder_with(runs: Path, *lines: dict[str, Any] | bytes, name: str = "run-1") -> RunFolder:
    """A run folder with these lines in items.jsonl."""
    folder = RunFolder(runs, name)
    folder.path.mkdir(exist_ok=True)
    folder.items_file.write_bytes(b"".join(one if isinstance(one, bytes) else encode(one) + b"\n" for one in lines))
    return folder


def indexes(*folders: RunFolder) -> list[tuple[str, int]]:
    """All rows that can be read."""
    with duckdb.connect() as connection:
        load_items(connection, folders)
        return [(row["run"], row["index"]) for row in fetch(connection, 'select run, "index" from rows order by all')]


def test_a_missing_an_empty_and_a_vanished_file_have_no_rows(tmp_path: Path) -> None:
    """A run that has only just begun, and one that was deleted."""
    empty, gone = folder_with(tmp_path, name="empty"), folder_with(tmp_path, item(0), name="gone")
    shutil.rmtree(gone.path)
    assert indexes() == indexes(empty) == indexes(gone) == indexes(empty, gone) == []
    assert throughput(gone).points == []
    assert worker_times(gone).spans == []
    assert failures([gone, empty]) == []


def test_a_half_written_line_is_left_out_wherever_it_was_cut(tmp_path: Path) -> None:
    """In the middle of a character, too."""
    last = encode(bad(2, "ユーザーが見つかりません"))
    names = [f"cut-{length:04}" for length in range(len(last))]
    folders = [folder_with(tmp_path, item(0), bad(1), last[: int(name[4:])], name=name) for name in names]
    assert indexes(*folders) == [(name, index) for name in names for index in (0, 1)]


def test_lines_that_are_no_rows_are_left_out_and_the_rest_stays(tmp_path: Path) -> None:
    """Damaged ones, and rows of a format with other types."""
    damaged = [b"garbage\n", b"\n", b"[1]\n", b'"text"\n', b'{"index": "x"}\n', b"{}\n", b'{"index":9,"user":"\xff"}\n']
    older = {"index": 3, "line": "four", "user": {"a": 1}, "start": "yesterday", "worker": [1], "tries": "none"}
    folder = folder_with(tmp_path, item(0), *damaged, older, item(5))
    assert indexes(folder) == [("run-1", 0), ("run-1", 3), ("run-1", 5)]
    assert len(worker_times(folder).spans) == 2  # the row of the older format has no times


def test_a_failed_row_whose_cause_holds_half_a_character_is_not_lost(tmp_path: Path) -> None:
    """DuckDB takes no lone surrogate; a function's error message may hold one."""
    folder = folder_with(tmp_path, item(0), bad(1, "broken \ud800 text"), b'{"half')
    (failure,) = failures([folder])
    assert (failure.index, failure.line, failure.user) == (1, 3, "U1")
    assert failure.cause == "broken ? text"


def test_a_file_that_vanishes_while_it_is_read_does_not_hide_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DuckDB refuses a list in which one file is missing."""
    kept, gone = folder_with(tmp_path, item(0), name="kept"), folder_with(tmp_path, item(1), name="gone")
    once = [gone]

    def escaped(path: Path) -> str:
        while once:
            shutil.rmtree(once.pop().path)
        return str(path)

    monkeypatch.setattr(tables, "_escaped", escaped)
    assert indexes(kept, gone) == [("kept", 0)]


def test_a_folder_whose_name_is_a_pattern_is_read_as_it_is(tmp_path: Path) -> None:
    """SIMULATOR_HOME may be called anything."""
    odd, plain = tmp_path / "a[bc]*?", tmp_path / "ab"
    odd.mkdir()
    plain.mkdir()
    folder_with(plain, item(7))
    assert indexes(folder_with(odd, item(0))) == [("run-1", 0)]


def test_what_a_redrive_repaired_is_no_failure_any_more(tmp_path: Path) -> None:
    """The last word on a row counts, in whatever order the lines stand."""
    repaired = [bad(0), item(0, 5, 6, redrive=1), bad(1), bad(1, "again", start=5, stop=6, redrive=1)]
    folder = folder_with(tmp_path, *repaired)
    assert [(one.index, one.cause) for one in failures([folder])] == [(1, "again")]


def test_failures_follow_a_file_that_grows(tmp_path: Path) -> None:
    """What was read is kept only while the file stays as it is."""
    folder = folder_with(tmp_path, bad(0))
    assert len(failures([folder])) == len(failures([folder])) == 1
    folder_with(tmp_path, bad(0), bad(1))
    assert [one.index for one in failures([folder])] == [0, 1]
    other = folder_with(tmp_path, bad(4), name="run-0")
    assert [(one.run, one.index) for one in failures([folder, other])] == [("run-0", 4), ("run-1", 0), ("run-1", 1)]


def test_throughput_counts_each_row_once_when_it_ends(tmp_path: Path) -> None:
    """Spans without a row are there too, so that a gap is seen."""
    folder = folder_with(tmp_path, item(0, 0, 0.2), item(1, 0, 0.3), bad(2, stop=1.7))
    found = throughput(folder)
    assert found.seconds == 0.5
    assert [(point["succeeded"], point["failed"]) for point in found.points] == [(2, 0), (0, 0), (0, 0), (0, 1)]
    assert found.points[0]["time"] == START
    assert found.points[0]["per_second"] == 4.0


def test_bucket_lengths_are_those_people_count_in() -> None:
    """Never more than the most, however long a run took."""
    assert bucket_seconds(0) == 0.1
    assert bucket_seconds(60, most=60) == 1
    assert bucket_seconds(61, most=60) == 2
    assert bucket_seconds(10**9, most=10) == 10**8


def test_a_worker_shows_attempts_waits_and_what_came_after_the_error(tmp_path: Path) -> None:
    """Two attempts with a wait between them, then the error was logged."""
    tries = [
        ["ProcessUserLog", at(0), at(1), "DatabaseError"],
        ["ProcessUserLog", at(3), at(4), "DatabaseError"],
        ["LogError", at(4), at(4.5), None],
    ]
    folder = folder_with(tmp_path, bad(0, tries=tries, stop=4.5, attempts=2), item(1, 0, 1))
    parts = [
        (span["worker"], span["part"], (span["stop"] - span["start"]).total_seconds())
        for span in worker_times(folder).spans
    ]
    assert parts == [
        (0, Part.FAILED_ATTEMPT, 1.0),
        (0, Part.WAIT, 2.0),
        (0, Part.FAILED_ATTEMPT, 1.0),
        (0, Part.AFTER_ERROR, 0.5),
        (1, Part.ATTEMPT, 1.0),
    ]


def test_worker_times_of_many_rows_are_summed_up_to_the_same_time(tmp_path: Path) -> None:
    """Each worker's shares add up to how long its rows took, over the edges of the spans too."""
    rows = [item(index, index / 10, index / 10 + 0.25, worker=index % 2) for index in range(50)]
    found = worker_times(folder_with(tmp_path, *rows, bad(50, worker=0)), max_rows=50)
    assert found.spans == []
    assert found.seconds == 0.1
    busy = sum(share["share"] for share in found.shares if share["worker"] == 1) * found.seconds
    assert busy == pytest.approx(25 * 0.25)
    assert max(share["share"] for share in found.shares) <= 25 / 2
    ends = {(share["worker"], share["start"]): (share["rows"], share["failed"]) for share in found.shares}
    assert [sum(column) for column in zip(*ends.values(), strict=True)] == [51, 1]


def test_several_sessions_may_ask_at_once(tmp_path: Path) -> None:
    """Streamlit runs each in a thread of its own."""
    folder = folder_with(tmp_path, *(item(index, index, index + 1) for index in range(300)))
    seen: list[int] = []
    threads = [threading.Thread(target=lambda: seen.append(len(worker_times(folder).spans))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [300] * 8

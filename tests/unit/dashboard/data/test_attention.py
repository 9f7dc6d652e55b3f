"""Which runs need a person, and which need nobody any more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from dashboard.queries.night.attention import needing_attention
from simulator.runs.folder.run_record import REJECTED_ERROR, MapRunNote, RowCounts, RunRecord
from simulator.runs.folder.times import moment_text
from simulator.runs.store import RunStore

if TYPE_CHECKING:
    from pathlib import Path

EVENING = datetime(2026, 11, 27, 21, tzinfo=UTC)
HEADER = "ユーザーID,ログイン回数,投稿回数"
GOOD = {"status": "SUCCEEDED", "rows": RowCounts(total=10, succeeded=10)}
BAD = {"status": "SUCCEEDED", "rows": RowCounts(total=10, succeeded=8, failed=2)}
FAILED = {"status": "FAILED", "error": "E", "rows": RowCounts(total=10, succeeded=3, failed=2, pending=5)}
NOTHING = {"status": "FAILED", "error": "E", "rows": RowCounts(total=10, pending=10)}
REJECTED = {"status": "FAILED", "error": REJECTED_ERROR, "map_run": None}


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    """No run yet."""
    return RunStore(tmp_path)


def _run(
    store: RunStore, name: str, hours: float, end: dict[str, Any], *, key: str = "", etag: str = "", **changed: Any
) -> None:
    folder = store.folder(name)
    folder.path.mkdir()
    started = EVENING + timedelta(hours=hours)
    record = RunRecord(name=name, **{"map_run": MapRunNote(), **end, **changed})
    record.started, record.stopped = moment_text(started), moment_text(started + timedelta(seconds=5))
    record.source.key, record.source.etag, record.source.size = key or f"{name}.csv", etag, 9
    folder.write_record(record)
    lines = [f"U{line},1,2,{line},E,c,1,{name}" for line in range(2, 2 + record.rows.failed + record.rows.pending)]
    folder.failed_rows_file.write_text(
        "\r\n".join([f"{HEADER},_line,_error,_cause,_attempts,_run", *lines, ""]), encoding="utf-8-sig"
    )


def _corrects(store: RunStore, name: str, of: str, lines: list[int]) -> None:
    rows = [f"U{line},1,2,{line},E,c,1,{of}" for line in lines]
    store.folder(name).input_file.write_text(
        "\n".join([f"{HEADER},_line,_error,_cause,_attempts,_run", *rows, ""]), encoding="utf-8"
    )


def _needing(store: RunStore) -> list[str]:
    return [record.name for record in needing_attention(store, UTC)]


def test_the_worst_comes_first(store: RunStore) -> None:
    """Nothing processed, then whole files by what is missing, then bad rows; the newest of equals."""
    _run(store, "good", 0, GOOD)
    _run(store, "bad", 0, BAD)
    _run(store, "bad-later", 1, BAD)
    _run(store, "lost", 0, BAD, outage_rows=1)
    _run(store, "failed", 0, FAILED)
    _run(store, "nothing", 0, NOTHING)
    assert _needing(store) == ["nothing", "failed", "lost", "bad-later", "bad"]


def test_a_rejected_file_needs_somebody_until_it_came_well_in_the_same_night(store: RunStore) -> None:
    """The nightly file of the next night is another one."""
    _run(store, "rejected", 0, REJECTED, key="kyoto.csv")
    _run(store, "before", -1, GOOD, key="kyoto.csv")
    _run(store, "next-night", 24, GOOD, key="kyoto.csv")
    assert _needing(store) == ["rejected"]
    _run(store, "again", 2, BAD, key="kyoto.csv")
    assert _needing(store) == ["rejected", "again"]
    _run(store, "well", 3, GOOD, key="kyoto.csv")
    assert _needing(store) == []


def test_the_same_file_that_succeeded_later_settles_it_in_any_night(store: RunStore) -> None:
    """By its content; that of another file does not."""
    _run(store, "stopped", 0, {**NOTHING, "status": "ABORTED"}, key="a.csv", etag="1")
    _run(store, "other", 30, GOOD, key="a.csv", etag="2")
    assert _needing(store) == ["stopped"]
    _run(store, "same", 40, GOOD, key="b.csv", etag="1")
    assert _needing(store) == []


def test_corrected_rows_need_nobody_and_those_that_failed_again_wait_in_the_corrected_file(store: RunStore) -> None:
    """A row is asked for once."""
    _run(store, "bad", 0, BAD)
    one = {"status": "SUCCEEDED", "rows": RowCounts(total=1, succeeded=1)}
    _run(store, "half", 1, one, corrects="bad")
    _corrects(store, "half", "bad", [2])
    assert _needing(store) == ["bad"]  # line 3 was not sent
    wrong = {"status": "SUCCEEDED", "rows": RowCounts(total=1, failed=1)}
    _run(store, "rest", 2, wrong, corrects="bad")
    _corrects(store, "rest", "bad", [3])
    assert _needing(store) == ["rest"]
    _run(store, "end", 3, one, corrects="rest")
    _corrects(store, "end", "rest", [2])
    assert _needing(store) == []


def test_a_corrected_file_that_was_rejected_repairs_nothing(store: RunStore) -> None:
    """Both need somebody."""
    _run(store, "bad", 0, BAD)
    _run(store, "fix", 1, REJECTED, corrects="bad")
    _corrects(store, "fix", "bad", [2, 3])
    assert set(_needing(store)) == {"bad", "fix"}

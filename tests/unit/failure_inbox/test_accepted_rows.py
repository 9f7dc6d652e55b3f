"""`accepted-rows.jsonl`: it only grows; two writers, a kill, damage."""

from __future__ import annotations

import json
from threading import Thread
from typing import TYPE_CHECKING

from simulator.runs.failure_inbox.accepted_rows import AcceptedRows
from simulator.runs.failure_inbox.failed_row import FailedRow

if TYPE_CHECKING:
    from pathlib import Path


def row(index: int, run: str = "r") -> FailedRow:
    """A failed row."""
    return FailedRow(
        run=run, file="a.csv", time="", line=index + 2, index=index, user="U1", error="E", cause="c", attempts=1
    )


def test_a_line_has_all_that_is_documented(tmp_path: Path) -> None:
    """One JSON object per line."""
    log = AcceptedRows(tmp_path / "log.jsonl")
    log.accept([row(0)], by="ann", reason="テスト\nデータ")
    (line,) = log.path.read_text(encoding="utf-8").splitlines()
    told = json.loads(line)
    assert told.pop("at").endswith("Z")
    assert told == {
        "format": 1,
        "what": "accepted",
        "run": "r",
        "index": 0,
        "line": 2,
        "user": "U1",
        "by": "ann",
        "reason": "テスト\nデータ",
    }


def test_a_line_that_a_kill_left_half_written_stays_and_is_told(tmp_path: Path) -> None:
    """The next line is not glued to it."""
    log = AcceptedRows(tmp_path / "log.jsonl")
    log.accept([row(0), row(1)], by="ann", reason="x")
    whole = log.path.read_bytes()
    log.path.write_bytes(whole[:-20])
    found = log.read()
    assert (set(found.rows), found.damaged) == ({("r", 0)}, [2])
    log.accept([row(2)], by="ann", reason="x")
    assert log.path.read_bytes().startswith(whole[:-20] + b"\n")
    found = log.read()
    assert (set(found.rows), found.damaged) == ({("r", 0), ("r", 2)}, [2])


def test_two_writers_lose_no_line(tmp_path: Path) -> None:
    """Each has the file open for itself, as processes do."""
    path = tmp_path / "log.jsonl"

    def write(run: str) -> None:
        for index in range(50):
            AcceptedRows(path).accept([row(index, run)], by=run, reason="x" * 300)

    writers = [Thread(target=write, args=(name,)) for name in "ab"]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    found = AcceptedRows(path).read()
    assert (len(found.rows), found.damaged) == (100, [])


def test_lines_that_say_nothing_of_a_row_are_told(tmp_path: Path) -> None:
    """Written by hand, or by a later version."""
    path = tmp_path / "log.jsonl"
    path.write_text('{"what":"accepted"}\n\n[]\n{"what":"other","run":"r","index":1}\n')
    assert AcceptedRows(path).read().damaged == [1, 3, 4]

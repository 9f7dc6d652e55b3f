"""Events that have not started their run survive the process, and only those."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from simulator.pipeline.local_cloud.event_journal import EventJournal

if TYPE_CHECKING:
    from pathlib import Path


def event(number: int) -> dict[str, object]:
    """An event with an id."""
    return {"id": f"e{number}", "detail": {"object": {"key": f"{number}.csv"}}}


def test_what_was_not_delivered_is_left_in_its_order(tmp_path: Path) -> None:
    """And the file is as long as what is left."""
    path = tmp_path / "events.jsonl"
    journal = EventJournal(path)
    for number in range(1000):
        journal.came(event(number))
        if number not in (3, 500):
            journal.delivered(f"e{number}")
    again = EventJournal(path)
    assert again.left == [event(3), event(500)]
    assert path.read_text(encoding="utf-8").count("\n") == 2
    again.delivered("e3")
    assert EventJournal(path).left == [event(500)]


@pytest.mark.parametrize("cut", range(1, 50, 7))
def test_a_line_that_was_cut_off_costs_only_itself(tmp_path: Path, cut: int) -> None:
    """Its upload had not been acknowledged."""
    path = tmp_path / "events.jsonl"
    with EventJournal(path) as journal:
        journal.came(event(1))
        size = path.stat().st_size
        journal.came(event(2))
    with path.open("r+b") as file:
        file.truncate(min(size + cut, path.stat().st_size - 1))
    with EventJournal(path) as journal:
        assert journal.left == [event(1)]
        journal.came(event(3))
    assert EventJournal(path).left == [event(1), event(3)]


def test_lines_that_say_nothing_are_left_out(tmp_path: Path) -> None:
    """However they came there."""
    path = tmp_path / "events.jsonl"
    path.write_text('nonsense\n[]\n{"event": 1}\n{"done": "unknown"}\n{}\n', encoding="utf-8")
    assert EventJournal(path).left == []

"""The list of runs on narrow terminals: nothing is cut."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from simulator.cli.commands.runs import show_runs
from simulator.cli.output.progress import Pace, ProgressDisplay
from simulator.cli.output.terminal import Terminal
from simulator.runs.folder.run_record import RowCounts, RunRecord, SourceObject

NAME = "user-log-20250802-093000-abcdef0"


def record(key: str, total: int, failed: int, status: str = "SUCCEEDED") -> RunRecord:
    """A run that took 83 minutes."""
    return RunRecord(
        name=NAME,
        status=status,
        started="2025-08-02T09:30:00Z",
        stopped="2025-08-02T10:53:00Z",
        source=SourceObject(key=key),
        rows=RowCounts(total=total, failed=failed),
    )


def shown(width: int, *records: RunRecord) -> list[str]:
    """Return the lines on a terminal of that width."""
    term = Terminal()
    term.console = Console(width=width, highlight=False, markup=False, emoji=False, force_terminal=False, record=True)
    term.console.file = open("/dev/null", "w", encoding="utf-8")  # noqa: PTH123, SIM115 - only the record counts
    show_runs(term, [NAME] * len(records), records)
    term.console.file.close()
    return term.console.export_text().splitlines()


def cut(lines: list[str]) -> str:
    """Return all text, without the places where a long name goes on below."""
    return " ".join(" ".join(lines).split())


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 200])
def test_numbers_status_run_and_file_are_whole_at_any_width(width: int) -> None:
    """Wide characters count for two."""
    runs = [record("売上データ.csv", 1_000, 10), record("s.csv", 100_000_000, 99_999_999, "INTERRUPTED")]
    lines = shown(width, *runs)
    assert max(map(cell_len, lines)) <= width
    text = cut(lines)
    for part in (NAME, "売上データ.csv", "1,000", " 10 ", "100,000,000", "99,999,999", "SUCCEEDED", "INTERRUPTED"):
        assert part in f"{text} ", (part, text)
    assert "…" not in text


def test_at_80_columns_it_is_a_table_without_the_times_and_at_40_they_are_below() -> None:
    """What is left out is told by `show`."""
    lines = shown(80, record("sample.csv", 1_000, 10))
    assert lines[0].split() == ["Run", "File", "Started", "Rows", "Failed", "Status"] or "Took" not in lines[0]
    assert lines[1].split()[-3:] == ["1,000", "10", "SUCCEEDED"]
    below = shown(40, record("sample.csv", 1_000, 10))
    assert below[1] == "  SUCCEEDED  1,000 rows, 10 failed"
    assert below[3].endswith("1 h 23 min")


@given(st.integers(40, 200), st.text(st.sampled_from("abc日本ー語 .é"), min_size=1, max_size=90), st.integers(0, 10**9))
def test_no_number_is_ever_cut_whatever_the_files_name(width: int, key: str, rows: int) -> None:
    """And no line is wider than the terminal."""
    lines = shown(width, record(key, rows, rows // 2))
    assert max(map(cell_len, lines)) <= width
    words = cut(lines).replace(",", "").split()
    assert str(rows) in words
    assert str(rows // 2) in words


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_the_progress_on_a_terminal_cuts_no_number_either(width: int) -> None:
    """Without room for the bar, the words have the whole width."""
    term = Terminal()
    out = io.StringIO()
    term.console = Console(width=width, height=20, force_terminal=True, color_system=None, file=out)
    pace = Pace(":m:")
    pace.words = lambda: "12,345,678 of 99,999,999 rows, 1,234 failed, 1,250 rows/s, 3 min 05 s left"  # type: ignore[method-assign]
    with ProgressDisplay(term, pace) as display:
        display.tick()
    words = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", " ", out.getvalue()).split()
    assert {"12,345,678", "99,999,999", "1,234", "1,250", "05", "left"} <= set(words)

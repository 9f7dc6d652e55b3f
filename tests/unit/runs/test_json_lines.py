"""Lines found without cutting up the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.runs.folder import json_lines
from simulator.runs.folder.json_lines import blocks, lines_with

LINES = [b"one 1", b"two 2 2", b"", b"one two", b"last one"]


@pytest.mark.parametrize("block", [1, 3, 7, 8, 1000])
@pytest.mark.parametrize("end", [b"", b"\n"])
def test_each_line_is_found_once_wherever_the_blocks_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int, end: bytes
) -> None:
    """In order, with one needle or several, the last line with or without its newline."""
    monkeypatch.setattr(json_lines, "_SEARCHED", block)
    path = tmp_path / "f"
    path.write_bytes(b"\n".join(LINES) + end)
    assert b"".join(blocks(path)) == path.read_bytes()
    assert list(lines_with(path, b"one")) == [LINES[0], LINES[3], LINES[4]]
    assert list(lines_with(path, b"2", b"two")) == [LINES[1], LINES[3]]
    assert list(lines_with(path, b"none")) == []


def test_no_needle_and_no_file_find_nothing(tmp_path: Path) -> None:
    """A run that has vanished, or a row without a log."""
    (tmp_path / "f").write_bytes(b"x\n")
    assert list(lines_with(tmp_path / "f")) == []
    assert list(lines_with(tmp_path / "gone", b"x")) == []

"""The result files that a redrive goes on from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulator.pipeline.redriving.earlier_map_run import repair_result_files
from simulator.runs.folder.run_folder import RunFolder

MAP_RUN = "arn:aws:states:ap-northeast-1:123456789012:mapRun:machine/label:uuid"


def written(tmp_path: Path, name: str, text: str) -> tuple[RunFolder, Path]:
    """A run folder with one result file."""
    folder = RunFolder(tmp_path, "run")
    path = folder.results / "uuid" / name
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return folder, path


def test_a_whole_file_stays_as_it_is(tmp_path: Path) -> None:
    """To the byte."""
    text = '[{"Name":"a"},{"Name":"b"}]'
    folder, path = written(tmp_path, "SUCCEEDED_0.json", text)
    assert repair_result_files(folder, MAP_RUN, {"a", "b"}) == {"a", "b"}
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("name", ["SUCCEEDED_0.json", "FAILED_0.json"])
def test_a_child_without_a_line_in_the_items_has_no_result_either(tmp_path: Path, name: str) -> None:
    """The disk was full when the line was written: the row runs again, and must not have two results."""
    folder, path = written(tmp_path, name, '[{"Name":"a"},{"Name":"b"}]')
    assert repair_result_files(folder, MAP_RUN, {"a"}) == ({"a"} if name.startswith("SUCCEEDED") else set())
    assert json.loads(path.read_text(encoding="utf-8")) == [{"Name": "a"}]


def test_a_file_without_a_record_left_is_taken_away(tmp_path: Path) -> None:
    """As AWS writes none for a status without a member."""
    folder, path = written(tmp_path, "SUCCEEDED_0.jsonl", '{"Name":"a"}\n')
    assert repair_result_files(folder, MAP_RUN, set()) == set()
    assert not path.exists()


def test_items_that_never_began_stay_in_their_file(tmp_path: Path) -> None:
    """They have no child, and so no line."""
    folder, path = written(tmp_path, "PENDING_0.json", '[{"Input":"{}","Status":"PENDING"}]')
    repair_result_files(folder, MAP_RUN, set())
    assert json.loads(path.read_text(encoding="utf-8")) == [{"Input": "{}", "Status": "PENDING"}]


@pytest.mark.parametrize("cut", range(1, 27))
def test_a_file_that_a_kill_cut_off_keeps_its_whole_records(tmp_path: Path, cut: int) -> None:
    """Wherever it was cut."""
    folder, path = written(tmp_path, "SUCCEEDED_0.json", '[{"Name":"a"},{"Name":"b"}]'[:cut])
    names = repair_result_files(folder, MAP_RUN, {"a", "b"})
    assert names == {name for name, end in (("a", 13), ("b", 26)) if cut >= end}
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    assert {record["Name"] for record in kept} == names

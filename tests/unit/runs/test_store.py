"""Finding runs, and reading folders in any state."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from simulator.runs.folder.json_lines import LineFile, read_lines
from simulator.runs.folder.run_folder import BadRunName, RunFolder
from simulator.runs.folder.run_lock import RunBusy, RunLock, is_held
from simulator.runs.store import RunNotFound, RunStore
from tests.unit.runs.made_runs import START, THREE_ROWS, child, finished_run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    """Two runs, `run-b` the later one."""
    for name, hour in (("run-a", 1), ("run-b", 2)):
        finished_run(tmp_path, THREE_ROWS, child(0, 2, name=name), name=name)
        folder = RunFolder(tmp_path, name)
        record = folder.record()
        record.started = START.replace(hour=hour).isoformat()
        folder.write_record(record)
    return RunStore(tmp_path)


def test_the_newest_run_comes_first(store: RunStore) -> None:
    """As in every list of runs."""
    assert [record.name for record in store.records()] == ["run-b", "run-a"]


@pytest.mark.parametrize(("text", "name"), [("latest", "run-b"), ("run-a", "run-a"), ("run-b", "run-b")])
def test_a_run_is_found_by_name_or_as_the_latest(store: RunStore, text: str, name: str) -> None:
    """Full names work even where they begin another."""
    assert store.find(text).name == name


def test_a_beginning_that_several_names_share_is_refused(store: RunStore) -> None:
    """With the names, so that one can go on typing."""
    with pytest.raises(RunNotFound, match="2 runs begin with 'run': run-b, run-a"):
        store.find("run")


def test_without_runs_the_way_to_the_first_one_is_told(tmp_path: Path) -> None:
    """Also where the folder does not exist."""
    with pytest.raises(RunNotFound, match=r"simulator run sample\.csv"):
        RunStore(tmp_path / "nowhere").find("latest")


@pytest.mark.parametrize("name", ["../x", "a/b", "..", ".", ".hidden", "", "a\\b", "a\0b", "x" * 81, "あ" * 80 + "い"])
def test_names_that_lead_elsewhere_are_refused(tmp_path: Path, name: str) -> None:
    """A name comes from the command line or from another folder."""
    with pytest.raises(BadRunName):
        RunFolder(tmp_path, name)


def test_an_empty_folder_is_a_run_that_was_cut_off(tmp_path: Path) -> None:
    """The process died between mkdir and the first write."""
    (tmp_path / "run-x").mkdir()
    (record,) = RunStore(tmp_path).records()
    assert (record.status, record.rows.total) == ("INTERRUPTED", 0)
    assert record.started is not None


def test_a_folder_that_vanishes_is_an_empty_run(tmp_path: Path) -> None:
    """Someone deletes it while a page is open."""
    folder = RunFolder(tmp_path, "gone")
    assert folder.record().started is None
    assert list(folder.items()) == []


@pytest.mark.parametrize("text", ["", "{", "[]", '{"status": "SUCC', '{"rows": 3, "status": "FAILED", "new": 1}'])
def test_a_run_file_of_another_format_can_be_read(tmp_path: Path, text: str) -> None:
    """What does not fit is left out; the rest is shown."""
    folder = RunFolder(tmp_path, "run-x")
    folder.path.mkdir()
    folder.run_file.write_text(text)
    assert folder.record().status == ("FAILED" if "FAILED" in text else "INTERRUPTED")


def test_half_a_last_line_is_left_out_and_then_cut_off(tmp_path: Path) -> None:
    """A killed process leaves one; the next append must not join it."""
    path = tmp_path / "x.jsonl"
    path.write_bytes(b'{"a":1}\n{"a":')
    assert list(read_lines(path)) == [{"a": 1}]
    file = LineFile(path)
    file.write({"a": 2})
    file.close()
    assert path.read_bytes() == b'{"a":1}\n{"a":2}\n'


def test_what_orjson_refuses_is_written_all_the_same(tmp_path: Path) -> None:
    """Huge integers and lone surrogates are legal in JSON that came from outside."""
    file = LineFile(tmp_path / "x.jsonl")
    file.write({"a": 2**70, "b": "\ud800"})
    file.close()
    assert list(read_lines(tmp_path / "x.jsonl")) == [{"a": 2**70, "b": "\ud800"}]


def test_a_lock_is_seen_while_it_is_held_and_not_after(tmp_path: Path) -> None:
    """This tells RUNNING from INTERRUPTED."""
    path = tmp_path / "run" / ".lock"
    path.parent.mkdir()
    assert not is_held(path)
    lock = RunLock(path)
    assert is_held(path)
    with pytest.raises(RunBusy):
        RunLock(path, patience=0)
    lock.release()
    assert not is_held(path)


def test_a_killed_process_holds_no_lock(tmp_path: Path) -> None:
    """The system takes the lock back, however the process ended."""
    path = tmp_path / ".lock"
    code = (
        "import pathlib, sys, time; from simulator.runs.folder.run_lock import RunLock; "
        "lock = RunLock(pathlib.Path(sys.argv[1])); print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert is_held(path)
        process.kill()
        process.wait()
    assert not is_held(path)

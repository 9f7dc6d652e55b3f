"""A file uploaded from a page goes through the real command."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from dashboard.jobs import Job, JobState, job_state, start_run
from dashboard.queries.rejection import rejection
from dashboard.queries.run_list import run
from simulator.runs.outcome import Kind
from simulator.runs.store import RunStore
from tests.rows import HEADER, MORE, upload

ROWS = upload("U00001,1,2", "U00002,x,2", "U00003,3,4")


def ended(store: RunStore, job: Job) -> JobState:
    """Wait for a job's end."""
    deadline = time.monotonic() + 90
    while (state := job_state(store, job)).running:
        assert time.monotonic() < deadline, state
        time.sleep(0.1)
    return state


@pytest.mark.slow
@pytest.mark.timeout(240)  # two local clouds are started, each in a process of its own
def test_an_uploaded_file_is_converted_run_and_found_or_rejected(tmp_path: Path) -> None:
    """One that a Japanese spreadsheet saved, and one with the wrong header; the second home is the first's."""
    store = RunStore(tmp_path / "runs")
    state = ended(store, start_run(store, "名簿.csv", ROWS.replace("x", "5").encode("cp932")))
    assert state.run is not None, state.messages
    assert "Shift_JIS" in state.messages
    row = run(store.folder(state.run))
    assert row is not None
    assert (row.file, row.kind, row.rows, row.succeeded) == ("名簿.csv", Kind.OK, 3, 3)
    state = ended(store, start_run(store, "bad.csv", ROWS.replace("投稿", "x").encode()))
    assert state.run is not None, state.messages
    row = run(store.folder(state.run))
    assert row is not None
    assert row.kind is Kind.REJECTED
    assert [line.line for line in rejection(store.folder(state.run)).lines if line.messages] == [1]


def test_a_corrected_file_with_another_user_is_refused_on_the_page_too(tmp_path: Path) -> None:
    """Before anything is uploaded; the message quotes both."""
    store = RunStore(tmp_path / "runs")
    folder = store.folder("first")
    folder.path.mkdir(parents=True)
    folder.input_file.write_text(upload("0000000123,x,1"), encoding="utf-8")
    corrected = f"{HEADER},_line,_error,_cause,_attempts,_run\r\n123,7,1{MORE},2,E,c,1,first\r\n"
    state = ended(store, start_run(store, "failed-rows.csv", corrected.encode("cp932")))
    assert (state.run, state.failed) == (None, True)
    assert "the user is '123' here, and '0000000123' on line 2 of the run first" in state.messages

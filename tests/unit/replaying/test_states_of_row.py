"""The states of a row: of an EXPRESS child what its result tells, of a STANDARD one its history."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from simulator.pipeline.replaying.recorded_rows import recorded_rows
from simulator.pipeline.replaying.recorded_states import StateNotRecordedError
from simulator.pipeline.replaying.states_of_run import state_of_row
from simulator.pipeline.replaying.workflow import workflow_today
from simulator.runs.folder.history_reader import map_run_passes
from tests.unit.verify.made_folder import ROWS, breached_run

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.runs.folder.run_folder import RunFolder


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    """A run whose row 1 failed, and whose row 0 succeeded, of today's workflow."""
    found = breached_run(tmp_path)
    found.definition_file.write_text(workflow_today().definition, encoding="utf-8")
    return found


def test_a_row_that_succeeded_has_its_first_state_only(folder: RunFolder) -> None:
    """Its output is the child's."""
    row = recorded_rows(folder)[0]
    state = state_of_row(folder, row, "ProcessUserLog")
    assert state is not None
    assert (state.input, state.ended) == (ROWS[0], {"status": "SUCCEEDED", "output": {"status": "success"}})
    with pytest.raises(StateNotRecordedError, match="the input of ProcessUserLog is known"):
        state_of_row(folder, row, "LogError")


def test_a_row_that_failed_has_the_state_to_which_its_catch_led_too(folder: RunFolder) -> None:
    """With the error as its input; how it ended nobody has recorded."""
    row = recorded_rows(folder)[1]
    first, second = (state_of_row(folder, row, name) for name in ("ProcessUserLog", "LogError"))
    assert first is not None
    assert first.ended is not None
    assert second is not None
    assert (first.ended["status"], first.ended["nextState"]) == ("CAUGHT_ERROR", "LogError")
    assert second.input == first.ended["output"]
    assert second.input["Error"] == "InvalidRecordError"
    assert second.ended is None


def test_a_standard_child_has_all_its_states(folder: RunFolder) -> None:
    """From children.jsonl."""
    row = recorded_rows(folder)[1]
    arn = map_run_passes(folder.events())[-1].arn
    entered: dict[str, Any] = {"name": "UserLogFailed", "input": '{"Error":"E"}'}
    events = [
        {"id": 1, "previousEventId": 0, "type": "FailStateEntered", "stateEnteredEventDetails": entered},
        {"id": 2, "previousEventId": 1, "type": "ExecutionFailed", "executionFailedEventDetails": {"error": "E"}},
    ]
    lines = [{"mapRun": arn, "index": row.index, "name": "c", "event": event} for event in events]
    folder.children_file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    state = state_of_row(folder, row, "UserLogFailed")
    assert state is not None
    assert (state.input, state.ended) == ({"Error": "E"}, {"status": "FAILED", "error": "E"})


def test_a_run_without_its_definition_is_said(folder: RunFolder) -> None:
    """Somebody removed the file."""
    folder.definition_file.unlink()
    with pytest.raises(StateNotRecordedError, match="cannot be read"):
        state_of_row(folder, recorded_rows(folder)[0], "ProcessUserLog")

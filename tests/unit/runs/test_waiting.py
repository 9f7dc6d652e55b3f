"""Runs that wait for their turn: for how long, behind whom, and what their time counts."""

from __future__ import annotations

import json
from typing import Any

from lambdas.file_gate.turns import place_of
from simulator.cli.output.text import status_piece
from simulator.pipeline.provisioning import DEFINITIONS
from simulator.runs.folder.run_record import MapRunNote, RunRecord, SourceObject
from simulator.runs.folder.waits import WAITING_STATE, Waits
from simulator.runs.outcome import in_words
from simulator.runs.waiting import ahead_of, behind

DAY = "2026-11-28T"
MACHINE = "arn:aws:states:ap-northeast-1:123456789012:execution:csv-user-log-processor"


def entered(state: str, time: str) -> dict[str, Any]:
    """Return the event of a state that is entered."""
    return {"type": "TaskStateEntered", "timestamp": f"{DAY}{time}Z", "stateEnteredEventDetails": {"name": state}}


def exited(state: str, time: str) -> dict[str, Any]:
    """Return the event of a state that is left."""
    return {"type": "TaskStateExited", "timestamp": f"{DAY}{time}Z", "stateExitedEventDetails": {"name": state}}


def test_the_workflow_has_the_state_in_which_a_file_waits() -> None:
    """Right before the Map."""
    states = json.loads((DEFINITIONS / "workflow.asl.json").read_text(encoding="utf-8"))["States"]
    assert states[WAITING_STATE]["Next"] == "UserLogDistributedMap"


def test_the_time_between_entering_and_leaving_the_state_is_waiting() -> None:
    """Other states, and what a Task does inside, are not."""
    waits = Waits()
    assert waits.event(entered("CSVFileValidation", "09:00:00")) is False
    assert waits.event(entered(WAITING_STATE, "09:00:01")) is True
    assert waits.event({"type": "TaskTimedOut", "timestamp": f"{DAY}09:04:01Z"}) is False
    assert (waits.since, waits.waited_ms) == (f"{DAY}09:00:01Z", 0)
    assert waits.event(exited(WAITING_STATE, "09:05:00")) is True
    assert (waits.since, waits.waited_ms) == (None, 299_000)


def test_a_redrive_goes_on_waiting_and_the_time_between_is_not_counted() -> None:
    """Stopped after ten seconds, redriven an hour later, let in five seconds after that."""
    events = [
        entered(WAITING_STATE, "09:00:00"),
        {"type": "ExecutionAborted", "timestamp": f"{DAY}09:00:10Z"},
        {"type": "ExecutionRedriven", "timestamp": f"{DAY}10:00:00Z"},
    ]
    assert Waits.of(events).since == f"{DAY}10:00:00Z"
    waits = Waits.of([*events, exited(WAITING_STATE, "10:00:05"), entered("UserLogDistributedMap", "10:00:05")])
    assert (waits.since, waits.waited_ms) == (None, 15_000)
    assert waits.event({"type": "ExecutionRedriven", "timestamp": f"{DAY}11:00:00Z"}) is False


def test_a_run_that_was_killed_while_it_waited_has_waited_until_then() -> None:
    """Its history gets its end at the redrive: the time between is not counted, and it goes on waiting."""
    waits = Waits.of([entered(WAITING_STATE, "09:00:00")])
    waits.end(f"{DAY}09:00:04Z")
    for kind in ("ExecutionAborted", "ExecutionRedriven"):
        waits.event({"type": kind, "timestamp": f"{DAY}10:00:00Z"})
    assert (waits.since, waits.waited_ms) == (f"{DAY}10:00:00Z", 4_000)


def run(name: str, second: int, sequencer: str, *, waits: bool, machine: str = MACHINE) -> RunRecord:
    """Return a run of a file that was uploaded at a second."""
    source = SourceObject(key=f"{name}.csv", uploaded_at=f"{DAY}09:30:{second:02}Z", sequencer=sequencer)
    since = f"{DAY}09:31:00.000Z" if waits else None
    note = None if waits else MapRunNote(status="RUNNING")
    return RunRecord(name=name, arn=f"{machine}:{name}", source=source, waiting_since=since, map_run=note)


def test_a_run_waits_behind_those_that_run_and_those_that_came_before() -> None:
    """In the gate's own order; runs that have ended, or are of another stack, do not count."""
    runs = [
        run("late", 9, "1", waits=True),
        run("b", 5, "0A", waits=True),
        run("a", 5, "9", waits=True),
        run("now", 1, "1", waits=False),
        run("ended", 0, "1", waits=False).model_copy(update={"status": "FAILED"}),
        run("elsewhere", 0, "1", waits=False, machine=f"{MACHINE}-dev"),
    ]
    by_name = {one.name: one for one in runs}
    assert [one.name for one in ahead_of(by_name["late"], runs)] == ["now", "a", "b"]
    assert behind(by_name["late"], runs) == "behind now.csv and 2 more files"
    assert behind(by_name["b"], runs) == "behind now.csv and 1 more file"
    assert behind(by_name["a"], runs) == "behind now.csv"
    assert behind(by_name["now"], runs) == ""
    assert behind(by_name["a"], [by_name["a"]]) == ""
    places = [place_of(one.source.uploaded_at or "", one.source.sequencer or "", one.arn) for one in runs]
    gate = [one.name for _, one in sorted(zip(places, runs, strict=True), key=lambda pair: pair[0]) if one.waits]
    assert gate == ["a", "b", "late"]


def test_waiting_is_not_running() -> None:
    """In words, and in the time that a run took."""
    record = RunRecord(name="r", started=f"{DAY}09:00:00.000Z", waiting_since=f"{DAY}09:00:02.000Z", waited_ms=500)
    assert (in_words(record), status_piece(record)[0]) == ("Waiting for its turn", "WAITING")
    assert record.duration_until(f"{DAY}09:10:00.000Z") == 1_500
    ended = record.model_copy(
        update={"status": "SUCCEEDED", "waiting_since": None, "waited_ms": 60_000, "stopped": f"{DAY}09:02:00.000Z"}
    )
    assert (in_words(ended), ended.duration_ms) == ("Succeeded", 60_000)
    assert status_piece(record.model_copy(update={"status": "ABORTED"}))[0] == "ABORTED"

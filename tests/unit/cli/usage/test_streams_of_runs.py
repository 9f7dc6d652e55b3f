"""`-` for stdin, the events of a run, and its logs."""

from __future__ import annotations

import io
import json
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from simulator.cli.exits import UsageError
from simulator.cli.output.run_events import RunEvents, event_words
from simulator.cli.output.terminal import Terminal
from simulator.cli.sources.stdin_file import stdin_as_file
from simulator.runs.folder.run_lock import RunLock
from simulator.runs.folder.run_record import RunRecord, SourceObject
from simulator.runs.store import RunStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from simulator.runs.folder.run_folder import RunFolder
    from tests.unit.cli.conftest import Outcome

ARN = "arn:aws:states:x:1:execution:machine:mine"
OTHER = "arn:aws:states:x:1:execution:machine:other"


class Stdin(io.StringIO):
    """A stdin of bytes that is a pipe."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.buffer = io.BytesIO(data)


def test_stdin_is_a_file_as_long_as_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its bytes are not touched; other names stay."""
    monkeypatch.setattr(sys, "stdin", Stdin(b"\xff\x00\r\n"))
    with stdin_as_file(["a.csv", "-"], Terminal()) as (first, second):
        assert first == "a.csv"
        assert second.endswith("/stdin.csv")
        with open(second, "rb") as file:  # noqa: PTH123 - as the command has it
            assert file.read() == b"\xff\x00\r\n"
    with pytest.raises(FileNotFoundError):
        open(second, "rb")  # noqa: PTH123, SIM115 - it is gone


def test_stdin_can_be_named_once() -> None:
    """There is only one."""
    with pytest.raises(UsageError, match="can be read once"), stdin_as_file(["-", "-"], Terminal()):
        pass


def entered(state: str) -> dict[str, Any]:
    """An event of the history."""
    return {"type": "TaskStateEntered", "timestamp": "T", "stateEnteredEventDetails": {"name": state}}


def test_events_that_come_before_the_run_is_known_are_told_in_their_order() -> None:
    """Those of another run are not."""
    told: list[dict[str, Any]] = []
    events = RunEvents(":machine:", told.append)
    events.history_event(ARN, entered("First"))
    events.history_event(OTHER, entered("Elsewhere"))
    events.history_event("arn:aws:states:x:1:execution:dispatcher:mine", entered("Dispatch"))
    assert told == []
    events.follow(ARN)
    events.history_event(OTHER, entered("Elsewhere"))
    events.history_event(ARN, entered("Second"))
    assert [one["state"] for one in told] == ["First", "Second"]
    assert event_words(told[0]) == ("entered First",)


def test_verbose_tells_failed_rows_only() -> None:
    """With the words of the error."""
    row = {"event": "row", "line": 7, "user": "U7", "status": "SUCCEEDED", "error": None, "cause": None}
    assert event_words(row) is None
    words = event_words({**row, "status": "FAILED", "error": "Bad", "cause": '{"errorMessage": "it is blank"}'})
    assert words == ("line 7  U7  ", ("Bad", "red"), "  it is blank")


@pytest.fixture
def folder(home: Path) -> RunFolder:
    """A run with two lines of logs, one of which would steer a terminal."""
    found = RunStore(home / "runs").folder("user-log-1")
    found.path.mkdir(parents=True)
    found.write_record(RunRecord(name="user-log-1", status="SUCCEEDED", source=SourceObject(key="a.csv")))
    lines = [
        {"time": "T1", "function": "validator", "message": {"level": "INFO", "message": "read\x1b[2J"}},
        {"time": "T2", "function": "processor", "message": "START\nmore"},
    ]
    found.logs_file.write_text("".join(json.dumps(line) + "\n" for line in lines) + '{"time": "ha')
    return found


def test_logs_go_to_stdout_a_line_each(simulator: Callable[..., Outcome], folder: RunFolder) -> None:
    """Harmless for the terminal; a half-written line is left out."""
    told = simulator("logs")
    assert (told.code, told.err) == (0, "")
    assert told.out == "T1  validator  INFO read\\x1b[2J\nT2  processor  START\\nmore\n"
    assert simulator("logs", "--function", "proc", "--json", "time").document == {"logs": [{"time": "T2"}]}
    assert simulator("logs", "nothing").code == 2


def test_logs_are_followed_until_the_run_has_ended(simulator: Callable[..., Outcome], folder: RunFolder) -> None:
    """What comes after the command has begun is printed, the half line too when it is whole."""
    record = folder.record_as_written()
    record.status = "RUNNING"
    folder.write_record(record)
    lock = RunLock(folder.lock_file)

    def end() -> None:
        time.sleep(0.6)
        with folder.logs_file.open("a") as file:
            file.write('lf"}\n')
        record.status = "SUCCEEDED"
        folder.write_record(record)
        lock.release()

    thread = threading.Thread(target=end)
    thread.start()
    told = simulator("logs", "-f", "--json=time")
    thread.join()
    assert [json.loads(line) for line in told.out.splitlines()] == [{"time": "T1"}, {"time": "T2"}, {"time": "half"}]


def test_events_and_the_document_exclude_each_other(simulator: Callable[..., Outcome]) -> None:
    """Both are on stdout; an error is an event too."""
    told = simulator("run", "sample.csv", "--events", "--json")
    assert (told.code, "Give one of them" in told.err) == (2, True)
    told = simulator("run", "nowhere.csv", "--events")
    assert (told.code, told.document["event"], told.document["error"]) == (2, "error", "Usage")

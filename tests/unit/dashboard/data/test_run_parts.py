"""A run's history, logs, files and rejected lines; errors over all runs; one user's history."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dashboard.queries.downloads import downloads
from dashboard.queries.history import history
from dashboard.queries.logs import logs
from dashboard.queries.rejection import rejection
from dashboard.queries.rows.error_groups import error_groups, known_kinds
from dashboard.queries.users import user_history
from simulator.runs.folder.json_lines import encode
from simulator.runs.folder.run_folder import RunFolder
from simulator.runs.store import RunStore
from tests.unit.runs.made_runs import THREE_ROWS, child, failed_child, finished_run


def write(path: Path, *values: dict[str, Any], half: bytes = b"") -> None:
    """Write lines, the last one perhaps only half."""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"".join(encode(value) + b"\n" for value in values) + half)


def log(text: str, kind: str = "log", level: str = "INFO") -> dict[str, Any]:
    """A line of lambda-logs.jsonl."""
    message: Any = text if kind == "platform" else {"level": level, "message": text, "rowIndex": 1}
    return {"time": "t", "function": "f", "requestId": "r", "kind": kind, "message": message}


def test_history_comes_in_pages_with_its_json_read(tmp_path: Path) -> None:
    """An event that was cut off is left out."""
    folder = RunFolder(tmp_path, "r")
    details = {"stateEnteredEventDetails": {"name": "A", "input": '{"a":1}', "inputDetails": {"truncated": False}}}
    events = [{"id": number, "timestamp": "t", "type": "TaskStateEntered", **details} for number in (1, 2, 3)]
    write(folder.events_file, *events, {"type": 5}, half=b'{"id":4,')
    page = history(folder, offset=1, limit=1)
    assert page.total == 4
    assert [(one.id, one.state, one.details["input"]) for one in page.events] == [(2, "A", {"a": 1})]
    assert "inputDetails" not in page.events[0].details
    assert history(RunFolder(tmp_path, "gone")).events == []


def test_logs_come_in_pages_and_say_whether_there_are_more(tmp_path: Path) -> None:
    """What a function logged is told by its own message; a half line is left out."""
    folder = RunFolder(tmp_path, "r")
    write(folder.logs_file, *(log(f"m{number}") for number in range(5)), half=b'{"time":')
    page = logs(folder, offset=2, limit=2)
    assert ([line.text for line in page.lines], page.more, page.total) == (["m2", "m3"], True, 5)
    assert [line.text for line in logs(folder, offset=4).lines] == ["m4"]
    assert logs(RunFolder(tmp_path, "gone")).lines == []


def test_logs_are_searched_whatever_the_case_and_the_language(tmp_path: Path) -> None:
    """By text, by kind and by level."""
    folder = RunFolder(tmp_path, "r")
    write(
        folder.logs_file,
        log("START", "platform"),
        log("Ｕｓｅｒ ユーザー"),
        log("broken", level="ERROR"),
        log("x", "metrics"),
    )
    assert [line.text for line in logs(folder, search="ERROR").lines] == ["broken"]
    assert [line.text for line in logs(folder, search="start").lines] == ["START"]
    assert [line.text for line in logs(folder, search="ｕｓｅｒ ユ").lines] == ["Ｕｓｅｒ ユーザー"]
    assert [line.text for line in logs(folder, level="ERROR").lines] == ["broken"]
    assert [line.text for line in logs(folder, kind="metrics").lines] == ["x"]
    assert logs(folder, search="nowhere").lines == []


def test_downloads_are_named_after_the_file(tmp_path: Path) -> None:
    """The CSV, the failed rows where there are any, the results."""
    finished_run(tmp_path, THREE_ROWS, child(0, 2), failed_child(1, 3))
    folder = RunStore(tmp_path).folders()[0]
    (folder.results / "m").mkdir()
    (folder.results / "m" / "manifest.json").write_text("{}")
    found = downloads(folder)
    assert [one.file_name for one in found] == ["a.csv", "a-failed-rows.csv", "manifest.json"]
    assert found[0].read() == THREE_ROWS.encode()
    folder.input_file.unlink()
    assert found[0].read() is None
    assert [one.file_name for one in downloads(folder)] == ["a-failed-rows.csv", "manifest.json"]
    assert downloads(RunFolder(tmp_path, "gone")) == []


def test_the_errors_of_a_rejected_file_stand_beside_its_lines(tmp_path: Path) -> None:
    """With the line before and after; bytes that are not UTF-8 are shown as �."""
    cause = [{"line": 3, "message": "no number"}, {"line": 3, "message": "blank"}, {"line": 99, "message": "far"}]
    end = {"status": "FAILED", "error": "ValidationFailed", "cause": json.dumps([*cause, {"message": "whole"}])}
    finished_run(tmp_path, "h\n1\n2\n3\n4\n", **end)
    folder = RunStore(tmp_path).folders()[0]
    folder.input_file.write_bytes(b"h\r\n1\r\n\xff2\r\n3\r\n4")
    found = rejection(folder)
    assert found.whole_file == ["whole"]
    assert [(one.line, one.text, one.messages) for one in found.lines] == [
        (2, "1", []),
        (3, "\ufffd2", ["no number", "blank"]),
        (4, "3", []),
        (99, None, ["far"]),
    ]
    folder.input_file.unlink()
    assert [one.line for one in rejection(folder).lines] == [3, 99]


def test_errors_of_all_runs_are_grouped_without_their_values(tmp_path: Path) -> None:
    """The same cause in two runs is one group; rejected files are told after the rows."""
    first = [failed_child(0, 2, "bad 'x'", name="run-1"), failed_child(1, 3, "blank", name="run-1")]
    finished_run(tmp_path, THREE_ROWS, *first, name="run-1")
    second = failed_child(2, 4, "bad 'y'", name="run-2")
    finished_run(tmp_path, THREE_ROWS, second, name="run-2", status="FAILED", error="States.X")
    findings = json.dumps([{"line": 7, "message": "user 'a' twice"}, {"line": 9, "message": "user 'b' twice"}])
    finished_run(tmp_path, name="run-3", status="FAILED", error="ValidationFailed", cause=findings)
    groups = error_groups(RunStore(tmp_path).folders())
    told = [(one.error, one.group, one.rows, one.runs, one.whole_file) for one in groups]
    assert told == [
        ("InvalidRecordError", "bad '…'", 2, ["run-2", "run-1"], False),
        ("InvalidRecordError", "blank", 1, ["run-1"], False),
        ("States.X", "", 0, ["run-2"], True),
        ("ValidationFailed", "user '…' twice", 0, ["run-3"], True),
    ]
    assert [(one.run, one.line, one.user, one.attempts) for one in groups[0].failures] == [
        ("run-1", 2, "U1", 1),
        ("run-2", 4, "U3", 1),
    ]
    assert groups[0].first is not None
    assert groups[3].last is not None
    assert error_groups([]) == []


def test_a_kind_of_error_that_no_earlier_run_had_comes_first(tmp_path: Path) -> None:
    """However many rows an old kind has; the records of the earlier runs say which were there."""
    old = [failed_child(0, 2, "bad 'x'", name="run-1")]
    finished_run(tmp_path, THREE_ROWS, *old, name="run-1")
    rows = [failed_child(index, index + 2, f"bad '{index}'", name="run-2") for index in range(2)]
    finished_run(tmp_path, THREE_ROWS, *rows, failed_child(2, 4, "larger than 99999: 'y'", name="run-2"), name="run-2")
    store = RunStore(tmp_path)
    known = known_kinds(store, [store.folder("run-1").record()])
    told = [(one.new, one.cause, one.rows) for one in error_groups([store.folder("run-2")], known=known)]
    assert told == [(True, "larger than 99999: 'y'", 1), (False, "bad '…'", 2)]
    assert not any(one.new for one in error_groups([store.folder("run-2")]))
    redriven = store.folder("run-2").record().model_copy(update={"redrive_count": 1, "reasons": []})
    assert known_kinds(store, [redriven]) == {
        ("InvalidRecordError", group, False) for group in ("bad '…'", "larger than #: '…'")
    }  # what a redrive has repaired was there all the same


def test_a_users_history_is_gathered_from_all_runs_in_order(tmp_path: Path) -> None:
    """Of that user and of no other whose ID contains it; a damaged line is left out."""
    one = {"userId": "U1", "processingType": "login_update", "oldValue": 1, "newValue": 5, "status": "success"}
    write(RunFolder(tmp_path, "b").audit_file, {**one, "processedAt": "2026-01-02T00:00:00Z"}, half=b'{"userId":"U1"')
    failed = {"userId": "U1", "processingType": "user_update", "status": "failed", "errorMessage": "E"}
    others = [{**one, "userId": "U11"}, {"userId": ["U1"]}, {**one, "userId": "x", "errorMessage": "U1"}]
    write(
        RunFolder(tmp_path, "a").audit_file,
        *others,
        {**failed, "processedAt": "2026-01-01T00:00:00Z"},
        {"userId": "U1"},
    )
    found = user_history(RunStore(tmp_path).folders(), "U1")
    told = [(change.run, change.type, change.old, change.new, change.status, change.error) for change in found]
    assert told == [
        ("a", "user_update", None, None, "failed", "E"),
        ("b", "login_update", 1, 5, "success", None),
        ("a", "", None, None, "", None),
    ]
    assert user_history(RunStore(tmp_path).folders(), "") == []

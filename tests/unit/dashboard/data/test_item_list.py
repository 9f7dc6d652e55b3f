"""All rows of a run, the attempts of a run, and the history that is looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.queries.attempts import attempts
from dashboard.queries.history import history
from dashboard.queries.rows.item_list import FAILED, SUCCEEDED, SUPERSEDED, items
from simulator.runs.folder.json_lines import encode
from tests.unit.dashboard.run_folders import make_run

if TYPE_CHECKING:
    from pathlib import Path


def test_rows_are_found_by_status_line_user_and_error(tmp_path: Path) -> None:
    """Those that succeeded too; a part of a user ID is enough, a line is meant as a whole."""
    folder = make_run(tmp_path, "failed").folder
    assert items(folder).total == 40
    failed = items(folder, status=FAILED)
    assert [(one["line"], one["user"], one["error"]) for one in failed.items] == [
        (line, f"X{line - 2:04}", "UserNotFoundError") for line in (2, 12, 22, 32)
    ]
    assert [one["line"] for one in items(folder, search="7").items] == [7, *(9, 19, 29, 39)]
    assert items(folder, search="u00003").items[0]["status"] == SUCCEEDED
    assert items(folder, search="usernotfound").total == 4
    assert items(folder, status=SUPERSEDED).total == 0
    assert items(folder, search="%").total == 0
    page = items(folder, offset=38, limit=5)
    assert ([one["index"] for one in page.items], page.total) == ([38, 39], 40)


def test_of_a_redriven_row_the_last_word_counts(tmp_path: Path) -> None:
    """It is one row, and no longer among the failed."""
    folder = make_run(tmp_path, "failed").folder
    again = {"index": 10, "line": 12, "user": "X0010", "status": "SUCCEEDED", "outcome": "superseded", "redrive": 1}
    with folder.items_file.open("ab") as file:
        file.write(encode(again) + b"\n")
    assert items(folder).total == 40
    assert items(folder, status=FAILED).total == 3
    assert [one["redrive"] for one in items(folder, status=SUPERSEDED).items] == [1]


def test_each_redrive_is_an_attempt_with_its_own_time(tmp_path: Path) -> None:
    """What lies between them belongs to none; the last may be going on."""
    folder = make_run(tmp_path, "failed").folder
    first = attempts(folder)
    assert [(one.number, one.status, one.seconds) for one in first] == [(0, "FAILED", 8.0)]
    with folder.events_file.open("ab") as file:
        file.write(encode({"type": "ExecutionRedriven", "timestamp": "2026-09-24T06:00:00.000Z", "id": 99}) + b"\n")
        assert attempts(folder) == first
    (_, second) = attempts(folder)
    assert (second.number, second.status, second.seconds) == (1, None, None)


def test_a_run_without_history_has_no_attempts(tmp_path: Path) -> None:
    """Nor one whose first line is damaged."""
    folder = make_run(tmp_path, "failed").folder
    folder.events_file.write_text('{"type": "ExecutionFail')
    assert attempts(folder) == []


def test_events_are_found_by_type_and_state(tmp_path: Path) -> None:
    """In any case; the total is that of the matching ones."""
    folder = make_run(tmp_path, "failed").folder
    found = history(folder, search="checkvalidation", limit=1)
    assert (found.total, [one.state for one in found.events]) == (2, ["CheckValidationResult"])
    assert [one.type for one in history(folder, search="executionf").events] == ["ExecutionFailed"]
    assert history(folder, search="nothing").total == 0

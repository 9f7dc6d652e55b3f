"""`inbox`: list, accept, reopen; `inbox send` up to the upload."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from lambdas.shared.columns import HEADER
from tests.unit.failure_inbox.made_history import History

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Outcome

    Simulator = Callable[..., Outcome]


@pytest.fixture
def history(home: Path) -> History:
    """A home in which the first run left two failed rows, and one that was never done."""
    found = History(home)
    found.run(["U1", "U2", "U3", "U4"], failing=[1, 2], pending=[3])
    return found


def test_a_home_without_runs_has_nothing_open(simulator: Simulator) -> None:
    """Exit code 0."""
    outcome = simulator("inbox")
    assert outcome.code == 0
    assert "Nothing is open." in outcome.err


def test_open_rows_are_listed_in_groups_with_their_text(simulator: Simulator, history: History) -> None:
    """With the code, and whether they may succeed as they are."""
    outcome = simulator("inbox", "--json")
    assert "3 rows open of 3" in outcome.err
    assert "INVALID_VALUE  2 rows, fails again as it is" in outcome.err
    assert "NOT_STARTED  1 row, may succeed as it is" in outcome.err
    told = outcome.document
    assert [(row["line"], row["code"], row["text"]) for row in told["rows"]] == [
        (3, "INVALID_VALUE", "U2,1,2"),
        (4, "INVALID_VALUE", "U3,1,2"),
        (5, "NOT_STARTED", "U4,1,2"),
    ]
    assert told["states"]["open"] == 3
    assert {"name", "retryable", "meaning"} == set(told["codes"][0])


def test_rows_are_accepted_by_what_they_have_in_common(simulator: Simulator, history: History) -> None:
    """And listed with --all from then on."""
    outcome = simulator("inbox", "accept", "--code", "invalid_value", "--reason", "test data", "--by", "ann")
    assert outcome.code == 0, outcome.err
    assert "2 rows accepted by ann" in outcome.err
    assert "1 row open of 3" in simulator("inbox").err
    assert "accepted by ann: test data" in simulator("inbox", "--all").err


def test_a_row_is_accepted_by_its_name_and_reopened(simulator: Simulator, history: History) -> None:
    """The file keeps both."""
    assert simulator("inbox", "accept", "latest:3", "--reason", "x").code == 0
    again = simulator("inbox", "accept", "latest:3", "--reason", "x")
    assert again.code == 2
    assert "is not open: it is accepted by" in again.err
    assert simulator("inbox", "reopen", "latest:3", "--reason", "y").code == 0
    lines = history.log.path.read_text().splitlines()
    assert [json.loads(line)["what"] for line in lines] == ["accepted", "reopened"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("accept", "--reason", "x"), "Name the rows as RUN:LINE"),
        (("accept", "latest:2", "--reason", "x"), "did not fail"),
        (("accept", "latest", "--reason", "x"), "names no row"),
        (("accept", "gone:2", "--reason", "x"), "There is no run 'gone'"),
        (("accept", "latest:3", "--reason", " "), "The reason is empty"),
        (("accept", "latest:3", "--code", "OTHER", "--reason", "x"), "not both"),
        (("accept", "--code", "OTHER", "--reason", "x"), "There is no code 'OTHER'"),
        (("accept", "--user", "U9", "--reason", "x"), "No such row is open"),
        (("send", "latest:3", "latest:4", "--set", f"{HEADER[1]}=5"), "--set is for one row, and 2 are named"),
        (("send", "latest:3", "--set", "x=5"), "the columns are"),
        (("send", "latest:3", "--set", f"{HEADER[1]}=１２"), "would fail again"),
    ],
)
def test_what_cannot_be_done_is_said(simulator: Simulator, history: History, words: tuple[str, ...], said: str) -> None:
    """Exit code 2, and nothing is written."""
    outcome = simulator("inbox", *words)
    assert outcome.code == 2
    assert said in outcome.err
    assert not history.log.path.exists()


def test_what_would_be_sent_is_told(simulator: Simulator, history: History) -> None:
    """With the new value."""
    outcome = simulator("inbox", "send", "latest:3", "--set", f"{HEADER[1]}=12", "--dry-run", "--json")
    assert outcome.code == 0, outcome.err
    (row,) = outcome.document["rows"]
    assert row["fields"][:3] == ["U2", "12", "2"]


def test_rows_are_written_into_a_file_to_be_corrected(simulator: Simulator, history: History, tmp_path: Path) -> None:
    """With our columns, so that the run of it names each row; an existing file is not overwritten."""
    out = tmp_path / "rows.csv"
    outcome = simulator("inbox", "send", "--code", "INVALID_VALUE", "--out", str(out))
    assert outcome.code == 0, outcome.err
    assert "run" in outcome.err
    text = out.read_text(encoding="utf-8-sig")
    assert text.splitlines()[0].endswith('"_line","_error","_cause","_code","_retryable","_run"')
    assert len(text.splitlines()) == 3
    assert all(',"INVALID_VALUE","no",' in line for line in text.splitlines()[1:])
    assert simulator("inbox", "send", "--code", "INVALID_VALUE", "--out", str(out)).code == 2


def test_damaged_lines_of_the_file_are_told(simulator: Simulator, history: History) -> None:
    """With their numbers."""
    history.log.path.write_text('{"what":"acc')
    assert "1 line of" in simulator("inbox").err


def test_reset_keeps_the_file_and_says_so(simulator: Simulator, history: History) -> None:
    """Nothing that was accepted is lost in silence."""
    simulator("inbox", "accept", "latest:3", "--reason", "x")
    outcome = simulator("reset", "--yes")
    assert outcome.code == 0, outcome.err
    assert "accepted-rows.jsonl stays" in outcome.err
    assert history.log.path.exists()
    assert simulator("inbox").code == 0


def test_verify_proves_the_states_of_a_run(simulator: Simulator, history: History) -> None:
    """It says how many rows are in each."""
    simulator("inbox", "accept", "latest:3", "--reason", "x")
    outcome = simulator("verify", "latest", "--no-database", "--json")
    assert outcome.document["failedRows"] == {
        "redriven": 0, "corrected": 0, "overtaken": 0, "accepted": 1, "sent": 0, "open": 2,
    }  # fmt: skip
    assert outcome.document["compared"]["failure inbox"] == 3
    assert not [one for one in outcome.document["disagreements"] if one["place"] == "failure inbox"]

"""Every page, with runs of every kind."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from streamlit.testing.v1 import AppTest

from simulator.pipeline.settings import PROJECT_ROOT
from tests.unit.dashboard.page_text import page_text
from tests.unit.dashboard.run_folders import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.dashboard.run_folders import MadeRun

    Opened = Callable[..., AppTest]
    Made = Callable[..., MadeRun]

PAGES = ("night", "run", "inbox", "errors", "users", "forecast", "upload")
PARTS = ("Graph", "Speed", "History", "Logs", "Files")
FIRST_RUN = "simulator run sample.csv"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_without_any_run_says_what_to_do(opened: Opened, page: str) -> None:
    """No traceback, and on the pages about runs the command that makes the first one."""
    text = page_text(opened(page))
    assert page.capitalize() in text
    if page in ("night", "run", "users"):
        assert FIRST_RUN in text


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_a_single_run_of_any_kind(opened: Opened, made: Made, page: str, kind: str) -> None:
    """No traceback."""
    made(kind)
    assert page.capitalize() in page_text(opened(page, since="all"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("part", PARTS)
def test_each_part_of_a_run_of_any_kind_is_shown(opened: Opened, made: Made, kind: str, part: str) -> None:
    """Graph, speed, history, logs, files; the address names run and part."""
    run = made(kind)
    made("succeeded")
    app = opened("run", run=run.name, part=part)
    assert app.query_params["run"] in (run.name, [run.name])
    assert app.radio(key="part").value == part


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("succeeded", "Succeeded, 4 rows failed"),
        ("failed", "Failed: too many rows failed (4)"),
        ("rejected", "File rejected"),
        ("interrupted", "Interrupted, 2 rows failed"),
        ("running", "Running, 2 rows failed"),
    ],
)
def test_the_status_is_there_in_words(opened: Opened, made: Made, kind: str, words: str) -> None:
    """Not in colour alone."""
    made(kind)
    assert words in page_text(opened("night", since="all"))
    assert words in page_text(opened("run"))


def test_the_first_page_answers_which_rows_failed_why_and_what_to_do(opened: Opened, made: Made) -> None:
    """Without a click."""
    made("failed")
    app = opened("night", since="all")
    text = page_text(app)
    assert "4 × UserNotFoundError: There is no user 'X0000' in the table users." in text.replace("**", "")
    assert "Correct the rows of failed-rows.csv" in text
    assert [button.label for button in app.get("download_button")][:1] == ["Download failed-rows.csv"]


def test_a_rejected_file_shows_its_errors_beside_the_lines(opened: Opened, made: Made) -> None:
    """The message and the text of the line in one row of a table, its neighbours around it."""
    run = made("rejected")
    table = opened("run", run=run.name).dataframe[0].value
    wrong = table[table["Error"] != ""]
    assert wrong[["Line", "Text", "Error"]].to_numpy().tolist() == [
        [1, "ユーザーID,ログイン回数,投稿回数", "The header lacks 投稿回数"],
        [3, "U00001,1,2", "3 columns, not 2"],
    ]
    assert 2 in table["Line"].to_list()


def test_a_link_to_a_row_shows_everything_about_it(opened: Opened, made: Made) -> None:
    """Its text in the file, its attempts, audit items and logs."""
    run = made("failed")
    app = opened("run", run=run.name, line="12")
    text = page_text(app)
    assert "X0010,10,20" in text
    assert "FAILED, 2 attempts" in text
    assert "user_update" in text
    assert "request-10" not in text
    assert '"rowIndex":10' in text


def test_a_row_that_was_not_done_says_so(opened: Opened, made: Made) -> None:
    """An interrupted run has rows without a line in items.jsonl."""
    run = made("interrupted")
    assert "This row has not been processed." in page_text(opened("run", run=run.name, line="40"))


def test_a_link_to_a_run_that_has_gone_says_so_and_shows_the_newest(opened: Opened, made: Made) -> None:
    """Also if the name cannot be that of a run."""
    run = made("succeeded")
    for name in ("gone", "../../etc", "<b>bold</b>"):
        text = page_text(opened("run", run=name))
        assert f"There is no run {name} (any more)" in text
        assert "sample.csv" in text
    shutil.rmtree(run.folder.path)
    assert FIRST_RUN in page_text(opened("run", run=run.name))


def test_filters_leave_what_matches(opened: Opened, made: Made) -> None:
    """By status and by the file's name."""
    made("succeeded", key="good.csv")
    made("rejected", key="bad.csv")
    app = opened("night", since="all")
    app.text_input(key="file").set_value("GOOD").run()
    assert app.dataframe[-1].value["File"].to_list() == ["good.csv"]
    app.text_input(key="file").set_value("nothing").run()
    assert "No run matches these filters" in page_text(app)
    app.text_input(key="file").set_value("").run()
    app.multiselect(key="status").set_value(["rejected"]).run()
    assert app.dataframe[-1].value["File"].to_list() == ["bad.csv"]


def test_what_a_file_says_is_never_markup(opened: Opened, made: Made) -> None:
    """A file's name with Markdown, HTML, a colour, a formula and an image in it."""
    name = "**b** <script>alert(1)</script> :red[x] $x$ ![i](http://h/i.png).csv"
    run = made("failed", key=name)
    for app in (opened("night", since="all"), opened("run", run=run.name)):
        said = [element.value for element in app.markdown if "script" in element.value]
        assert said
        for value in said:
            assert r"\<script\>" in value
            assert r"\*\*b\*\*" in value
            assert r"\:red\[x\]" in value
            assert r"\!\[i\]\(" in value
            assert r"\$x\$" in value


def test_errors_are_grouped_over_all_runs(opened: Opened, made: Made) -> None:
    """Two runs with the same error are one group; the rejected file's findings are groups of their own."""
    made("failed")
    made("succeeded")
    made("rejected")
    table = opened("errors", since="all").dataframe[0].value
    rows = table[table["Error"] == "UserNotFoundError"]
    assert rows[["Rows", "Runs"]].to_numpy().tolist() == [[8, 2]]
    assert set(table[table["Failed"] == "the whole file"]["Error"]) == {"ValidationFailed"}


def test_a_users_history_is_there_even_without_a_database(opened: Opened, made: Made) -> None:
    """The audit trail lies in the run folders; that PostgreSQL cannot be asked is said."""
    run = made("succeeded")
    app = opened("users", user="U00003")
    assert "PostgreSQL cannot be asked" in page_text(app)
    history = app.dataframe[-1].value
    columns = ["What", "From", "To", "Outcome", "File", "Line"]
    assert history[columns].to_numpy().tolist() == [
        ["Posts", 0, 6, "changed", "sample.csv", 5],
        ["Logins", 0, 3, "changed", "sample.csv", 5],
    ]
    assert set(history["Run"]) == {run.name}


def test_a_users_row_that_failed_says_why(opened: Opened, made: Made) -> None:
    """With the file and the line; also if the user is typed into the search."""
    made("failed")
    for app in (opened("users", user="X0010"), opened("users", search="X0010")):
        history = app.dataframe[-1].value
        assert history[["Outcome", "Why not", "Line"]].to_numpy().tolist() == [
            ["the row failed", "UserNotFoundError", 12]
        ]
        assert "1 row about this user failed" in page_text(app)
    assert "No row about this user" in page_text(opened("users", user="nobody"))


def test_only_a_run_that_can_be_redriven_offers_it(opened: Opened, made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS redrives no run that succeeded, none that ended 14 days ago; a rejected file has no rows."""
    for kind in KINDS:
        run = made(kind)
        for allowed in (timedelta.max, timedelta(0)):
            monkeypatch.setattr("simulator.runs.advice.redrive_refusal.REDRIVABLE_FOR", allowed)
            labels = [button.label for button in opened("run", run=run.name).button]
            assert ("Redrive now" in labels) == (kind in ("failed", "interrupted") and allowed > timedelta(0))


def test_half_a_run_is_shown_as_far_as_it_goes(opened: Opened, runs_folder: Path) -> None:
    """A folder with nothing in it, one with half a line, one of a format to come."""
    (runs_folder / "empty").mkdir(parents=True)
    half = runs_folder / "half"
    half.mkdir()
    (half / "run.json").write_text('{"format": 99, "status": "SUCCEEDED", "rows": "many", "new": {}}')
    (half / "items.jsonl").write_text('{"index": 0, "line": 2, "status": "FAILED", "error": "E"}\n{"index": 1, "li')
    (half / "events.jsonl").write_text('{"type": "ExecutionSta')
    for page in PAGES:
        opened(page)
    for part in PARTS:
        opened("run", run="half", part=part)
        opened("run", run="empty", part=part)


def test_a_file_in_place_of_the_home_is_told_and_no_page_is_shown(
    runs_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing else could be shown."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SIMULATOR_HOME", str(tmp_path / "file"))
    app = AppTest.from_file(str(PROJECT_ROOT / "dashboard" / "streamlit_app.py"), default_timeout=30).run()
    assert not app.exception
    (said,) = [one.value.replace("\\", "") for one in app.error]
    assert f"{tmp_path / 'file'} is a file. Name a folder" in said
    assert len(app.title) == 0

"""The page Inbox: open rows in groups, what is typed, acceptance, and what became of the others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from dashboard.components.inbox import row_editor
from tests.unit.dashboard.page_text import page_text
from tests.unit.failure_inbox.made_history import History

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd
    from streamlit.testing.v1 import AppTest

    Opened = Callable[..., AppTest]


@pytest.fixture
def history(runs_folder: Path) -> History:
    """The home of the pages, in which a run left two failed rows, and one that was never done."""
    found = History(runs_folder.parent)
    found.run(["U1", "U2", "U3", "U4"], failing=[1, 2], pending=[3])
    return found


def typed(monkeypatch: pytest.MonkeyPatch, change: Callable[[pd.DataFrame], None]) -> None:
    """Let a person change the table of open rows."""
    given = row_editor.st.data_editor

    def edit(table: pd.DataFrame, **options: object) -> pd.DataFrame:
        given(table, **options)
        edited = table.copy()
        change(edited)
        return edited

    monkeypatch.setattr(row_editor.st, "data_editor", edit)


def labels(app: AppTest) -> list[str]:
    """The words on the buttons that can be pressed."""
    return [button.label for button in app.button if not button.disabled]


def test_open_rows_are_shown_in_groups_and_one_by_one(opened: Opened, history: History) -> None:
    """With what the file says, and whether they may succeed as they are."""
    app = opened("inbox")
    text = page_text(app)
    assert "3 rows wait for somebody" in text.replace("**", "")
    groups, rows = (table.value for table in app.dataframe)
    assert groups[["Code", "Rows", "As it is"]].to_numpy().tolist() == [
        ["INVALID_VALUE", 2, "fails again"],
        ["NOT_STARTED", 1, "may succeed"],
    ]
    assert rows["user_id"].to_list() == ["U2", "U3", "U4"]
    assert "Send these 3 rows" not in labels(app)


def test_the_address_names_every_filter(opened: Opened, history: History) -> None:
    """Code, user, file, state."""
    assert opened("inbox", code="NOT_STARTED").dataframe[1].value["user_id"].to_list() == ["U4"]
    assert opened("inbox", user="U3").dataframe[1].value["user_id"].to_list() == ["U3"]
    assert "No open row is like that." in page_text(opened("inbox", file="other"))
    assert "No row is like that." in page_text(opened("inbox", state="corrected"))


def test_an_edited_row_can_be_sent_once_the_function_would_take_it(
    opened: Opened, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong value is said beside the line before anything is sent; another user is pointed out."""
    typed(monkeypatch, lambda table: table.__setitem__("login_count", ["１２", "2", "1"]))
    app = opened("inbox")
    assert "must be a whole number in the digits 0-9: '１２'" in page_text(app)
    assert "Send these 2 rows" not in labels(app)
    typed(monkeypatch, lambda table: table.__setitem__("login_count", ["12", "2", "1"]))
    assert "Send these 2 rows" in labels(opened("inbox"))


def test_a_row_for_another_user_is_pointed_out(
    opened: Opened, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It can be sent."""
    typed(monkeypatch, lambda table: table.__setitem__("user_id", ["U7", "U3", "U4"]))
    app = opened("inbox")
    assert "goes to another user: U7 in place of U2" in page_text(app)
    assert "Send this 1 row" in labels(app)


def test_ticked_rows_are_accepted_with_reason_and_name(opened: Opened, history: History) -> None:
    """Then nothing is open, and the page says what became of each."""
    app = opened("inbox")
    app.checkbox[0].check().run()
    app.text_input(key="inbox-reason").input("test data").run()
    app.text_input(key="inbox-name").input("ann").run()
    app.button(key="inbox-accept").click().run()
    assert not app.exception
    assert "Nothing is open" in page_text(app)
    entries = [json.loads(line) for line in history.log.path.read_text().splitlines()]
    assert [(one["by"], one["reason"], one["line"]) for one in entries] == [
        ("ann", "test data", line) for line in (3, 4, 5)
    ]
    table = opened("inbox", state="accepted").dataframe[0].value
    assert table["Reason"].to_list() == ["test data"] * 3


def test_a_damaged_line_of_the_accepted_rows_is_told(opened: Opened, history: History) -> None:
    """What it accepted is open."""
    history.log.path.write_text('{"what":"acc')
    assert "cannot be read" in page_text(opened("inbox"))


def test_a_row_that_was_overtaken_leads_to_the_run_that_did_it(opened: Opened, history: History) -> None:
    """By a link."""
    newer = history.run(["U2"])
    app = opened("inbox", state="overtaken", row=history.inbox().rows[0].name)
    assert app.dataframe[0].value["Settled in"].to_list() == [newer]
    assert "The run that settled it" in [link.proto.label for link in app.get("page_link")]

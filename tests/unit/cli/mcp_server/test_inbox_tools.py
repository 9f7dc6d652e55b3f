"""`mcp`: the failure inbox as tools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from lambdas.shared.columns import HEADER
from tests.unit.cli.mcp_server.tool_call import call
from tests.unit.failure_inbox.made_history import History

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def history(home: Path) -> History:
    """A home in which a run left two failed rows, and one that was never done."""
    found = History(home)
    found.run(["U1", "U2", "U3", "U4"], failing=[1, 2], pending=[3])
    return found


def test_open_rows_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """With their names; a person's own defaults for the command do not count."""
    monkeypatch.setenv("SIMULATOR_INBOX_CODE", "NOT_STARTED")
    _, told = call("list_inbox", run="latest", limit=2)
    assert [(one["row"], one["text"]) for one in told["rows"]] == [
        ("user-log-000:3", "U2,1,2"),
        ("user-log-000:4", "U3,1,2"),
    ]
    assert (told["total"], told["states"]["open"], told["exitCode"]) == (3, 3, 0)


def test_rows_are_accepted_only_if_that_is_allowed(history: History) -> None:
    """No text of a client is taken for an option."""
    rows: dict[str, Any] = {"rows": ["latest:3"], "reason": "--by=eve", "by": "ann"}
    wrong, _ = call("accept_rows", **rows)
    assert (wrong, history.log.path.exists()) == (True, False)
    _, accepted = call("accept_rows", allow_actions=True, **rows)
    assert accepted == {"accepted": ["user-log-000:3"], "by": "ann", "reason": "--by=eve", "exitCode": 0}
    (row,) = [row for row in history.inbox().rows if row.line == 3]
    assert row.acceptance is not None
    assert row.acceptance.reason == "--by=eve"


@pytest.mark.slow
def test_what_would_fail_again_is_not_sent_and_settled_rows_are_listed(history: History) -> None:
    """As the commands say it."""
    wrong, words = call("send_rows", allow_actions=True, rows=["latest:3"], values={HEADER[1]: "x"})
    assert wrong
    assert "would fail again" in words
    wrong, words = call("list_inbox", code="--all")
    assert wrong
    assert "There is no code '--all'" in words
    history.log.accept([row for row in history.inbox().rows if row.line == 3], by="ann", reason="test")
    _, every = call("list_inbox", settled=True)
    assert [one["state"] for one in every["rows"]] == ["accepted", "open", "open"]
    assert [one["line"] for one in call("list_inbox")[1]["rows"]] == [4, 5]

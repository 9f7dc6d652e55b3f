"""`mcp`: what it offers, read by the package's own client, in this process."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from mcp import Client

from simulator.cli.mcp_server.server import mcp_server
from simulator.runs.folder.run_record import RowCounts, RunRecord, SourceObject
from simulator.runs.store import RunStore
from tests.unit.cli.mcp_server.tool_call import call

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Outcome

READING = {"list_runs", "show_run", "list_failures", "row_history", "list_inbox", "replay_row", "replay_run"}
ACTING = {"run_file", "redrive_run", "stop_run", "accept_rows", "send_rows"}


@pytest.fixture(autouse=True)
def run(home: Path) -> str:
    """A run with a failed row."""
    folder = RunStore(home / "runs").folder("user-log-1")
    folder.path.mkdir(parents=True)
    rows = RowCounts(total=2, succeeded=1, failed=1)
    folder.write_record(RunRecord(name=folder.name, status="FAILED", source=SourceObject(key="a.csv"), rows=rows))
    folder.input_file.write_text("ユーザーID,ログイン回数,投稿回数\nU1,1,1\nU2,x,1\n", encoding="utf-8")
    item = {"index": 1, "line": 3, "user": "U2", "status": "FAILED", "error": "InvalidRecordError", "attempts": 1}
    folder.items_file.write_text(json.dumps({**item, "cause": '{"errorMessage": "no number"}'}) + "\n")
    return folder.name


@pytest.mark.parametrize("allow", [False, True])
def test_tools_that_act_are_offered_only_if_that_is_allowed(allow: bool) -> None:
    """Each says whether it only reads."""

    async def ask() -> Any:
        async with Client(mcp_server(allow_actions=allow)) as client:
            return (await client.list_tools()).tools

    tools = {one.name: one.annotations.read_only_hint for one in anyio.run(ask)}
    assert tools == dict.fromkeys(READING, True) | (dict.fromkeys(ACTING, False) if allow else {})


def test_an_action_that_is_not_allowed_cannot_be_called() -> None:
    """It is not there."""
    wrong, words = call("stop_run", run="latest")
    assert (wrong, "stop_run" in words) == (True, True)


def test_runs_failures_and_a_row_are_told(run: str) -> None:
    """As the commands tell them."""
    _, runs = call("list_runs")
    assert [(one["executionName"], one["status"]) for one in runs["runs"]] == [(run, "FAILED")]
    _, shown = call("show_run", run="user-log")
    assert (shown["executionName"], shown["rows"]["failed"]) == (run, 1)
    _, failures = call("list_failures")
    assert failures["rows"] == [
        {"line": 3, "index": 1, "user": "U2", "error": "InvalidRecordError", "cause": "no number", "attempts": 1}
    ]
    _, row = call("row_history", line=3)
    assert row["fields"] == ["U2", "x", "1"]


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("show_run", {"run": "nothing"}, "There is no run"),
        ("row_history", {"line": 99}, "has no row on line 99"),
        ("row_history", {"line": 0}, "greater than or equal to 1"),
        ("list_runs", {"limit": 5000}, "less than or equal to 1000"),
        ("replay_row", {"line": 3, "run": "nothing"}, "There is no run"),
        pytest.param("replay_row", {"line": 3}, "no result file has it", marks=pytest.mark.slow),
        ("replay_row", {"line": 3, "values": {"\0": 1}}, "could not be called"),
    ],
)
def test_a_wrong_call_is_an_error_in_words(tool: str, arguments: dict[str, Any], words: str) -> None:
    """Never a trace."""
    wrong, told = call(tool, **arguments)
    assert wrong
    assert words in told
    assert "Traceback" not in told


def test_the_command_lists_its_tools(simulator: Callable[..., Outcome]) -> None:
    """For a person who wonders what it would offer."""
    assert {one["name"] for one in simulator("mcp", "--json").document["tools"]} == READING
    told = simulator("mcp", "--allow-actions", "--json=name")
    assert {one["name"] for one in told.document["tools"]} == READING | ACTING

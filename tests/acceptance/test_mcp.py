"""`simulator mcp` over stdio, with the package's own client."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, StdioServerParameters

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_a_program_runs_a_file_replays_its_row_and_sends_it_again(tmp_path: Path) -> None:
    """Through stdin and stdout alone; defaults of the person's own terminal do not count."""
    file = tmp_path / "one.csv"
    file.write_text("ユーザーID,ログイン回数,投稿回数\nU99999,1,1\n", encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if name != "SIMULATOR_DATABASE_URL"}
    server = StdioServerParameters(
        command=sys.executable,
        args=[str(ROOT / "simulator"), "mcp", "--allow-actions"],
        env={**environment, "SIMULATOR_HOME": str(tmp_path / "home"), "SIMULATOR_RUN_EVENTS": "1"},
    )

    async def talk() -> list[Any]:
        async with Client(server) as client:
            return [
                await client.call_tool("run_file", {"file": str(file)}),
                await client.call_tool("list_failures", {}),
                await client.call_tool("redrive_run", {"run": "latest"}),
                await client.call_tool("stop_run", {"run": "latest"}),
                await client.call_tool("replay_run", {}),
                await client.call_tool("replay_row", {"line": 2, "values": {"ユーザーID": "U00001"}}),
                await client.call_tool("list_inbox", {}),
                await client.call_tool("send_rows", {"rows": ["latest:2"], "values": {"ユーザーID": "U00001"}}),
                await client.call_tool("list_inbox", {}),
                await client.call_tool("run_file", {"file": "nowhere.csv"}),
            ]

    ran, failures, redriven, stopped, *inbox, missing = anyio.run(talk)
    run = json.loads(ran.content[0].text)
    assert (run["status"], run["exitCode"]) == ("FAILED", 1)
    assert [one["user"] for one in json.loads(failures.content[0].text)["rows"]] == ["U99999"]
    assert json.loads(redriven.content[0].text)["redriveCount"] == 1
    assert stopped.is_error
    assert "has ended already" in stopped.content[0].text
    assert missing.is_error
    assert "There is no file 'nowhere.csv'" in missing.content[0].text
    replayed, row, waiting, sent, left = (json.loads(one.content[0].text) for one in inbox)
    assert (replayed["replayed"], replayed["differences"], replayed["exitCode"]) == (1, [], 0)
    assert row["recorded"]["error"] == "UserNotFoundError"
    assert row["today"]["output"]["loginCount"] == {"old": 0, "new": 1}
    assert [one["row"] for one in waiting["rows"]] == [f"{run['executionName']}:2"]
    assert (sent["status"], sent["exitCode"]) == ("SUCCEEDED", 0)
    assert (left["rows"], left["states"]["corrected"]) == ([], 1)

"""The terminal as people and scripts use it: stdin, events, a cloud that is up, variables."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def start(home: Path, *words: str, **variables: str) -> subprocess.Popen[str]:
    """Start the command with pipes."""
    environment = {name: value for name, value in os.environ.items() if name != "SIMULATOR_DATABASE_URL"}
    return subprocess.Popen(
        [sys.executable, str(ROOT / "simulator"), *words],
        env={**environment, "SIMULATOR_HOME": str(home), **variables},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
def test_events_of_a_file_on_stdin_are_the_same_with_and_without_a_cloud_that_is_up(tmp_path: Path) -> None:
    """Each line is an object; they end with the document; --quiet leaves stderr empty."""
    file = "ユーザーID,ログイン回数,投稿回数\nU00001,5,3\nU99999,1,1\n"

    def events(*words: str) -> list[dict[str, object]]:
        process = start(tmp_path, *words, "--events", "--quiet", SIMULATOR_RUN_KEY="in/piped.csv")
        out, err = process.communicate(file, timeout=60)
        assert (process.returncode, err) == (1, "")  # one of two rows is more than 5 %
        return [json.loads(line) for line in out.splitlines()]

    run, redrive = ("run", "-"), ("redrive", "latest", "--yes")
    alone, again = events(*run), events(*redrive)
    up = start(tmp_path, "up", "--detach", "--port", "0")
    assert up.communicate(timeout=60) is not None
    try:
        served, served_again = events(*run), events(*redrive)
    finally:
        start(tmp_path, "down").communicate(timeout=60)
    for told in (alone, served):
        kinds = [str(one["event"]) for one in told]
        assert (kinds[0], kinds[-1]) == ("started", "ended")
        assert told[0]["key"] == "in/piped.csv"
        assert sorted(str(one["user"]) for one in told if one["event"] == "row") == ["U00001", "U99999"]
        assert told[-1]["status"] == "FAILED"
    for told, before in ((again, alone), (served_again, served)):
        kinds = [str(one["event"]) for one in told]
        assert (kinds[0], kinds[-1]) == ("started", "ended")
        assert (told[0]["run"], told[0]["key"]) == (before[0]["run"], "in/piped.csv")
        assert [str(one["user"]) for one in told if one["event"] == "row"] == ["U99999"], "the others keep theirs"
        assert (told[-1]["status"], told[-1]["redriveCount"]) == ("FAILED", 1)


@pytest.mark.slow
def test_the_dashboard_is_served_until_ctrl_c(tmp_path: Path) -> None:
    """Its document says where; nothing is left behind."""
    process = start(tmp_path, "dashboard", "--no-browser", "--json")
    assert process.stdout is not None
    try:
        url = json.loads("".join(process.stdout.readline() for _ in range(4)))["url"]
        browser = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with browser.open(url, timeout=30) as answer:
            assert answer.status == 200
    finally:
        process.send_signal(2)
        _, err = process.communicate(timeout=30)
    assert (process.returncode, "The dashboard has ended." in err) == (0, True)
    with pytest.raises(OSError):  # noqa: PT011 - nobody listens
        browser.open(url, timeout=5)

"""`up` as a person uses it: any AWS client uploads, a second terminal runs, an inbox is watched, kills lose nothing."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import psutil
import pytest
from botocore.config import Config

from simulator.aws.engine.environment import local_aws
from tests.acceptance.conftest import ROOT
from tests.rows import upload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.acceptance.conftest import Shell

PATIENCE = 60.0
BUCKET = "user-log-input-123456789012"


@pytest.fixture
def shell(make_shell: Callable[[str], Shell]) -> Shell:
    """A home of its own."""
    return make_shell("up")


def until(condition: Callable[[], Any], what: str) -> Any:
    """Wait for something, and return it."""
    deadline = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < deadline, what
        time.sleep(0.05)
    return found


def about(shell: Shell) -> dict[str, Any]:
    """What `up.json` says; empty if the cloud is not up."""
    try:
        found: dict[str, Any] = json.loads((shell.home / "cloud" / "up.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if found.get("state") == "up" else {}


@contextmanager
def up(shell: Shell, *options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """A cloud on any free port; ended after the test, if it has not ended itself."""
    process = shell.start("up", "--port", "0", *options)
    try:
        ended_or_up = until(lambda: process.poll() is not None or about(shell).get("pid") == process.pid, "not up")
        assert ended_or_up
        assert process.poll() is None, process.communicate()[1]
        yield process, about(shell)
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=PATIENCE)


def s3(url: str) -> Any:
    """A client as anybody makes one."""
    with local_aws(url):
        return boto3.Session().client("s3", config=Config(proxies={}))


def runs(shell: Shell) -> dict[str, dict[str, Any]]:
    """The runs' records by the keys of their objects."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in (shell.home / "runs").glob("*/run.json")]
    return {record["source"]["key"]: record for record in found}


def rows(users: range) -> str:
    """A file of users that the sample has."""
    return upload(*(f"U{number:05},{number},1" for number in users))


def left_over(shell: Shell) -> list[str]:
    """The processes that still have to do with the home."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        words = " ".join(process.info["cmdline"] or [])
        if str(shell.home) in words:
            found.append(words)
    return found


def test_an_upload_by_any_client_and_a_run_from_another_terminal(shell: Shell) -> None:
    """Both leave the same run folder; `env` leads a client there; the cloud ends with SIGTERM and leaves nothing."""
    with up(shell) as (process, facts):
        printed = shell("env")
        assert f"export AWS_ENDPOINT_URL={facts['url']}\n" in printed.out
        s3(facts["url"]).put_object(Bucket=BUCKET, Key="by-boto3.csv", Body=rows(range(1, 21)).encode())
        until(lambda: runs(shell).get("by-boto3.csv", {}).get("status") == "SUCCEEDED", "the upload started no run")
        (shell.folder / "mine.csv").write_text(rows(range(1, 21)), encoding="utf-8")
        outcome = shell("run", "mine.csv", "--json")
        assert outcome.code == 0, outcome.err
        assert outcome.document["rows"]["succeeded"] == 20
        assert "Next steps" in outcome.err
        folders = [Path(outcome.document["runDirectory"]), shell.home / "runs" / runs(shell)["by-boto3.csv"]["name"]]
        assert {path.name for path in folders[0].iterdir()} == {path.name for path in folders[1].iterdir()}
        assert {record["pid"] for record in runs(shell).values()} == {process.pid}, "a process of its own ran it"
        status = shell("status", "--json").document
        assert (status["up"], status["url"], status["ended"]) == (True, facts["url"], {"SUCCEEDED": 2})
        assert status["memory"]["simulator"] > 10_000_000
        assert shell("verify", outcome.document["executionName"]).code == 0
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, err
    assert "by-boto3.csv: SUCCEEDED" in err
    assert "Traceback" not in err
    assert left_over(shell) == []
    assert shell("status").code == 1
    assert shell("down").code == 0


@pytest.mark.slow
def test_a_file_that_cannot_be_run_there_is_said_as_it_is_here(shell: Shell) -> None:
    """Exit codes and documents too; and users are loaded through the cloud."""
    (shell.folder / "odd.csv").write_bytes(b"\x00\x01")
    (shell.folder / "users.csv").write_text("user_id,username,email\nX1,x,x@example.com\n", encoding="utf-8")
    here = [shell("run", "missing.csv", "--json"), shell("run", "odd.csv", "--key", "a.txt", "--json")]
    with up(shell):
        there = [shell("run", "missing.csv", "--json"), shell("run", "odd.csv", "--key", "a.txt", "--json")]
        assert [(one.code, one.document) for one in there] == [(one.code, one.document) for one in here]
        loaded = shell("users", "load", "users.csv", "--json")
        assert (loaded.code, loaded.document["users"]) == (0, 1001)
        assert shell("reset", "--yes").code == 2
        refused = shell("up", "--port", "0")
        assert (refused.code, "is up already" in refused.err) == (3, True)


@pytest.mark.slow
def test_ctrl_c_in_the_other_terminal_stops_only_its_run(shell: Shell) -> None:
    """The run is ABORTED and can be redriven through the cloud."""
    with up(shell) as (process, _facts):
        client = shell.start("run", "sample.csv", "--json")
        until(lambda: runs(shell).get("sample.csv", {}).get("rows", {}).get("succeeded"), "no row was run")
        client.send_signal(signal.SIGINT)
        out, err = client.communicate(timeout=PATIENCE)
        assert client.returncode == 130, err
        assert json.loads(out)["status"] == "ABORTED"
        assert process.poll() is None
        redriven = shell("redrive", "latest", "--yes", "--json")
        assert (redriven.code, redriven.document["rows"]["succeeded"]) == (0, 990), redriven.err


@pytest.mark.slow
def test_who_follows_a_run_hears_of_the_end_of_the_cloud(shell: Shell) -> None:
    """The run is stopped, not awaited; its report comes, with the redrive that goes on with it."""
    with up(shell) as (process, _facts):
        client = shell.start("run", "sample.csv", "--json")
        until(lambda: runs(shell).get("sample.csv", {}).get("rows", {}).get("succeeded"), "no row was run")
        process.send_signal(signal.SIGTERM)
        out, err = client.communicate(timeout=PATIENCE)
        assert (client.returncode, json.loads(out)["status"]) == (143, "ABORTED"), err
        assert "The local cloud is ending" in err
        assert process.wait(PATIENCE) == 0
    redriven = shell("redrive", "latest", "--yes", "--json")
    assert (redriven.code, redriven.document["rows"]["succeeded"]) == (0, 990), redriven.err


@pytest.mark.slow
def test_a_database_that_is_killed_comes_back_under_the_runs(shell: Shell) -> None:
    """The cloud is up as it says: this run and the next one succeed."""
    with up(shell) as (process, _facts):
        client = shell.start("run", "sample.csv", "--json")
        until(lambda: runs(shell).get("sample.csv", {}).get("rows", {}).get("succeeded"), "no row was run")
        postmaster = (shell.home / "postgres" / "data" / "postmaster.pid").read_text(encoding="utf-8").split()[0]
        psutil.Process(int(postmaster)).kill()
        out, err = client.communicate(timeout=PATIENCE)
        assert json.loads(out)["rows"]["succeeded"] == 990, err
        assert shell("run", "sample.csv").code == 0
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=PATIENCE)
    assert err.count("was started again") == 1
    assert left_over(shell) == []


@pytest.mark.slow
def test_a_taken_port_is_said_and_the_offered_one_works(shell: Shell) -> None:
    """The command that the message names runs as pasted."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        port = taken.getsockname()[1]
        outcome = shell("up", "--port", str(port))
        assert outcome.code == 3
        assert f"Port {port} of 127.0.0.1 is taken" in outcome.err
        offered = outcome.err.split("This one is free: ")[1].strip()
        environment = {**os.environ, "SIMULATOR_HOME": str(shell.home)}
        done = subprocess.run(
            ["/bin/bash", "-c", f"{offered} --detach"],
            cwd=shell.folder,
            env=environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, done.stderr
        assert shell("down").code == 0
    assert left_over(shell) == []


@pytest.mark.slow
def test_ten_uploads_at_once_take_turns_and_lose_nothing(shell: Shell) -> None:
    """At most five rows at a time, of one file at a time (`maxFiles` is 1); the other files wait, and say so."""
    with up(shell) as (_process, facts):
        client = s3(facts["url"])

        def put(number: int) -> None:
            body = rows(range(number * 60, number * 60 + 60)).encode()
            client.put_object(Bucket=BUCKET, Key=f"{number}.csv", Body=body)

        threads = [threading.Thread(target=put, args=(number,)) for number in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        until(lambda: sum(record["status"] != "RUNNING" for record in runs(shell).values()) == 10, "not all ran")
    records = list(runs(shell).values())
    assert [record["status"] for record in records] == ["SUCCEEDED"] * 10
    edges: list[tuple[str, int, int]] = []
    for number, record in enumerate(records):
        text = (shell.home / "runs" / record["name"] / "items.jsonl").read_text(encoding="utf-8")
        items = [json.loads(line) for line in text.splitlines()]
        assert sorted(item["index"] for item in items) == list(range(60))
        edges += [(item["start"], 1, number) for item in items] + [(item["stop"], -1, number) for item in items]
    going: Counter[int] = Counter()
    for _, step, number in sorted(edges):
        going[number] += step
        assert going.total() <= 5
        assert sum(count > 0 for count in going.values()) <= 1, "rows of two files at a time"
    assert max(record["waitedMs"] for record in records) > 500  # the last one waits for nine, a free gate takes 50 ms


@pytest.mark.slow
def test_an_inbox_takes_each_file_once_whatever_kills_the_cloud(shell: Shell) -> None:
    """What appears while it is down is taken at the start; a file of a killed cloud is not run a second time."""
    inbox = shell.folder / "in box"
    inbox.mkdir()
    (inbox / "before.csv").write_text(rows(range(1, 11)), encoding="utf-8")
    shutil.copy(ROOT / "sample_data" / "invalid" / "duplicate_user.csv", inbox / "wrong.csv")
    with up(shell, "--inbox", str(inbox)) as (process, _facts):
        until((inbox / "done/before.csv.report.txt").exists, "before.csv was not taken")
        until((inbox / "rejected/wrong.csv.report.txt").exists, "wrong.csv was not rejected")
        shutil.copy(ROOT / "sample_data" / "sample.csv", inbox / "killed.csv")
        until(lambda: runs(shell).get("killed.csv", {}).get("rows", {}).get("succeeded"), "killed.csv did not run")
        process.kill()
    (inbox / "between.csv").write_text(rows(range(1, 11)), encoding="utf-8")
    with up(shell, "--inbox", str(inbox)):
        until((inbox / "done/between.csv.report.txt").exists, "between.csv was not taken")
        until(lambda: [*inbox.glob("*/killed.csv.report.txt")], "killed.csv was forgotten")
    assert len(list((shell.home / "runs").iterdir())) == 4
    report = (inbox / "rejected/killed.csv.report.txt").read_text(encoding="utf-8")
    assert "INTERRUPTED" in report
    assert "redrive" in report
    assert "redrive" not in (inbox / "done/before.csv.report.txt").read_text(encoding="utf-8")
    assert sorted(path.name for path in inbox.iterdir()) == [".taken", "done", "rejected"]

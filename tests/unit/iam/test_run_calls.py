"""What a run's folder keeps of the AWS calls: those made since it began, by this process and by moto's."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from simulator.aws.moto.calls import CALLS_PATH

from simulator.aws.asl.runtime.listener import ExecutionInfo
from simulator.aws.iam.call import Call
from simulator.aws.iam.gate import Gate
from simulator.pipeline.permissions.run_calls import RunCalls, read_calls

RUN = ExecutionInfo(
    arn="arn:e",
    name="first",
    machine_arn="arn:m",
    machine_name="workflow",
    definition="{}",
    input={},
    status="RUNNING",
    started=datetime(2026, 11, 28, tzinfo=UTC),
)
INVOKE = Call(caller="states.workflow", action="lambda:InvokeFunction", resource="arn:f")
PUT = {"caller": "lambda.f", "action": "s3:PutObject", "resource": "arn:o"}


class Moto:
    """What moto's process answers: calls, or nothing that can be read."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.broken = False

    @property
    def answer(self) -> bytes:
        """The body."""
        return b"<html>" if self.broken else json.dumps(self.calls).encode()


class World:
    """A RunCalls, the two places that count calls, and the folder that it writes to."""

    def __init__(self, moto: Moto, endpoint: str, folder: Path) -> None:
        self.moto = moto
        self.gate = Gate()
        self.folder = folder
        self.reported = threading.Event()
        self.calls = RunCalls("workflow", self.gate, endpoint, self.file, self.reported.wait)

    def file(self, name: str) -> Path | None:
        """The file of a run."""
        return self.folder / f"{name}.jsonl" if name != "unrecorded" else None

    def kept(self, name: str = "first") -> dict[str, int]:
        """Number by action, as the file of a run has it."""
        return {call["action"]: call["count"] for call in read_calls(self.folder / f"{name}.jsonl")}

    def invoke(self, times: int = 1) -> None:
        """Make calls of this process."""
        for _ in range(times):
            self.gate.count(INVOKE)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world whose moto listens."""
    moto = Moto()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == CALLS_PATH else 404)
            self.end_headers()
            self.wfile.write(moto.answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    world = World(moto, f"http://127.0.0.1:{server.server_port}", tmp_path)
    yield world
    world.reported.set()
    world.calls.close()
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_first_run_of_a_cloud_has_what_was_asked_before_it(world: World) -> None:
    """The migrator's calls; of both processes, each kind once with its number."""
    world.invoke()
    world.calls.execution_started(RUN)
    world.invoke(2)
    world.moto.calls = [PUT | {"count": 3}, PUT | {"count": 1}]
    world.calls.execution_ended(RUN)
    assert world.kept() == {"lambda:InvokeFunction": 3, "s3:PutObject": 4}
    assert PUT | {"count": 4} in read_calls(world.folder / "first.jsonl")


def test_a_later_run_has_only_the_calls_since_it_began(world: World) -> None:
    """And none that were made before and not again."""
    world.calls.execution_started(RUN)
    world.moto.calls = [PUT | {"count": 3}]
    world.calls.execution_ended(RUN)
    later = replace(RUN, name="later")
    world.calls.execution_started(later)
    world.invoke()
    world.calls.execution_ended(later)
    assert world.kept("later") == {"lambda:InvokeFunction": 1}


def test_what_the_reporter_asks_after_the_end_is_added(world: World) -> None:
    """As soon as it has ended; or, if the cloud goes first, when that closes."""
    world.calls.execution_started(RUN)
    world.invoke()
    world.calls.execution_ended(RUN)
    assert world.kept() == {"lambda:InvokeFunction": 1}
    world.moto.calls = [PUT | {"count": 1}]
    world.calls.close()
    assert world.kept() == {"lambda:InvokeFunction": 1, "s3:PutObject": 1}
    world.invoke()
    world.calls.close()
    assert world.kept()["lambda:InvokeFunction"] == 1, "it is written out"


def test_a_redriven_run_keeps_the_calls_of_before(world: World) -> None:
    """Also those that another process has recorded."""
    world.reported.set()
    (world.folder / "first.jsonl").write_text(json.dumps(PUT | {"count": 2}) + "\n")
    other = replace(RUN, name="other")
    world.calls.execution_started(other)  # so that the redriven run is not the first one here
    world.calls.execution_ended(other)
    world.calls.execution_started(replace(RUN, redrive_count=1))
    world.moto.calls = [PUT | {"count": 5}]
    world.invoke()
    world.calls.execution_ended(RUN)
    world.calls.close()
    assert world.kept() == {"lambda:InvokeFunction": 1, "s3:PutObject": 7}


@pytest.mark.parametrize(
    "other", [replace(RUN, machine_name="dispatcher"), replace(RUN, name="unrecorded")], ids=["machine", "run"]
)
def test_only_recorded_runs_of_the_workflow_have_a_file(world: World, other: ExecutionInfo) -> None:
    """Not the dispatcher's executions, and not one whose run is not recorded."""
    world.calls.execution_started(other)
    world.invoke()
    world.calls.execution_ended(other)
    assert list(world.folder.iterdir()) == []


def test_a_run_goes_on_if_its_calls_cannot_be_read_or_written(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """The log says so, with the run; the next run's calls are kept."""
    world.moto.broken = True
    with caplog.at_level(logging.WARNING):
        world.calls.execution_started(replace(RUN, redrive_count=1))  # the first run of a cloud asks nothing
        world.calls.execution_ended(RUN)
        assert "the AWS calls of the run first could not be written" in caplog.text
        world.calls.execution_started(replace(RUN, name="later"))
    assert "the AWS calls of the run later are not kept" in caplog.text
    world.moto.broken = False
    world.calls.execution_started(replace(RUN, name="third"))
    world.invoke()
    world.calls.execution_ended(replace(RUN, name="third"))
    assert world.kept("third") == {"lambda:InvokeFunction": 1}

"""The port at which a process takes orders: who may give them, and what becomes of what is none."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from simulator.pipeline.errors import CloudError
from simulator.pipeline.steering.orders import Order
from simulator.pipeline.steering.port import HOST, Refused, SteeringPort
from simulator.pipeline.steering.steering import steer
from simulator.runs.folder.run_record import MapRunNote, Origin, RunRecord
from simulator.runs.store import RunStore
from tests.unit.dashboard.run_folders import make_run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.unit.dashboard.run_folders import MadeRun


class Captain:
    """Keeps what is ordered."""

    def __init__(self) -> None:
        self.orders: list[Order] = []

    def obey(self, order: Order) -> dict[str, Any]:
        """Refuse to pause, obey everything else."""
        if order.kind == "pause":
            raise Refused("not now")
        self.orders.append(order)
        return {"status": "ABORTED"}


@pytest.fixture
def captain() -> Captain:
    """Who obeys."""
    return Captain()


@pytest.fixture
def port(tmp_path: Path, captain: Captain) -> Iterator[SteeringPort]:
    """A port of the home `tmp_path`."""
    with SteeringPort(tmp_path / "steering", captain.obey) as opened:
        yield opened


@pytest.fixture
def run(tmp_path: Path) -> Iterator[MadeRun]:
    """A run of the home that this process runs."""
    made = make_run(tmp_path / "runs", "running", number=0)
    document = json.loads(made.folder.run_file.read_bytes())
    made.folder.run_file.write_text(json.dumps({**document, "pid": os.getpid()}), encoding="utf-8")
    yield made
    made.release()


def said(home: Path, line: bytes) -> bytes:
    """What the port answers to bytes."""
    where = json.loads((home / "steering" / f"{os.getpid()}.json").read_bytes())
    with socket.create_connection((HOST, where["port"]), timeout=10) as connection:
        connection.sendall(line)
        with connection.makefile("rb") as answer:
            return answer.readline()


@pytest.mark.usefixtures("port")
def test_an_order_reaches_the_process_that_runs_the_run(run: MadeRun, captain: Captain) -> None:
    """By the process that the run's record names."""
    order = Order(kind="stop", run=run.name, cause="日本")
    assert steer(run.folder, order) == {"status": "ABORTED"}
    assert captain.orders == [order]


@pytest.mark.usefixtures("port")
def test_a_refusal_comes_back_in_its_own_words(run: MadeRun) -> None:
    """The one that ordered it reads why."""
    with pytest.raises(Refused, match="not now"):
        steer(run.folder, Order(kind="pause", run=run.name))


@pytest.mark.usefixtures("port")
def test_only_its_own_user_can_read_the_token(tmp_path: Path) -> None:
    """Nobody else can stop a run."""
    file = tmp_path / "steering" / f"{os.getpid()}.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.usefixtures("port")
@pytest.mark.parametrize(
    "line",
    [
        b"POST / HTTP/1.1\r\nContent-Type: text/plain\r\n\r\n{}\n",
        b'{"kind": "stop", "run": "a"}\n',
        b'{"kind": "stop", "run": "a", "token": "wrong"}\n',
        b'{"kind": "stop", "run": "a", "token": "\xe3\x81\x82"}\n',
        b'{"kind": "stop", "run": "a", "token": ["x"]}\n',
        b"[1]\n",
        b"\xff\xfe\n",
        b"\n",
    ],
)
def test_what_has_no_token_is_not_answered(tmp_path: Path, captain: Captain, line: bytes) -> None:
    """A browser, another user's program, a port scanner."""
    assert said(tmp_path, line) == b""
    assert captain.orders == []


@pytest.mark.usefixtures("port")
@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "sink", "run": "a"},
        {"kind": "stop"},
        {"kind": "stop", "run": "a", "deck": 1},
        {"kind": "update", "run": "a"},
        {"kind": "update", "run": "a", "max_concurrency": -1},
        {"kind": "update", "run": "a", "max_concurrency": "many"},
        {"kind": "update", "run": "a", "tolerated_percentage": 101},
        {"kind": "update", "run": "a", "tolerated_percentage": "half"},
    ],
)
def test_an_order_that_is_none_is_refused(tmp_path: Path, captain: Captain, wrong: dict[str, Any]) -> None:
    """With a sentence, and nothing is done."""
    token = json.loads((tmp_path / "steering" / f"{os.getpid()}.json").read_bytes())["token"]
    answer = json.loads(said(tmp_path, json.dumps({**wrong, "token": token}).encode() + b"\n"))
    assert answer["refused"]
    assert captain.orders == []


def test_the_file_is_gone_when_the_port_is_closed(tmp_path: Path, captain: Captain) -> None:
    """And those of processes that were killed go when the next one opens."""
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    folder = tmp_path / "steering"
    folder.mkdir()
    (folder / f"{gone.pid}.json").write_text("{}", encoding="utf-8")
    with SteeringPort(folder, captain.obey):
        assert [file.stem for file in folder.iterdir()] == [str(os.getpid())]
    assert list(folder.iterdir()) == []


def test_a_run_whose_process_does_not_answer_is_told_of(run: MadeRun) -> None:
    """It goes on, but takes no orders: an older simulator's, say."""
    with pytest.raises(CloudError, match=f"process .{os.getpid()}. does not answer"):
        steer(run.folder, Order(kind="stop", run=run.name))


def test_a_run_that_has_ended_cannot_be_steered(tmp_path: Path) -> None:
    """Nor one whose process was killed; the words say which it is and what to do."""
    ended = make_run(tmp_path / "runs", "succeeded", number=0)
    with pytest.raises(Refused, match=r"has ended already \(SUCCEEDED\)"):
        steer(ended.folder, Order(kind="pause", run=ended.name))
    killed = make_run(tmp_path / "runs", "interrupted", number=1)
    with pytest.raises(Refused, match=r"its process has died .* redrive "):
        steer(killed.folder, Order(kind="stop", run=killed.name))


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("stop", "aws stepfunctions stop-execution --execution-arn arn:x --region eu-west-1"),
        ("pause", "Step Functions has no pause. To stop it: aws stepfunctions stop-execution"),
        ("update", "aws stepfunctions update-map-run --map-run-arn arn:m --max-concurrency 2 --region eu-west-1"),
    ],
)
def test_a_run_on_aws_is_steered_there(tmp_path: Path, kind: Any, said: str) -> None:
    """The refusal has the command."""
    folder = RunStore(tmp_path).folder("r")
    folder.path.mkdir()
    note, origin = MapRunNote(arn="arn:m"), Origin(region="eu-west-1")
    folder.write_record(RunRecord(name="r", arn="arn:x", status="RUNNING", map_run=note, origin=origin))
    order = Order(run="r", kind=kind, max_concurrency=2 if kind == "update" else None)
    with pytest.raises(Refused) as refused:
        steer(folder, order)
    assert said in str(refused.value)

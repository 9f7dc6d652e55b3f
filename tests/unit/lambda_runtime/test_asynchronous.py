"""Asynchronous invocations that wait when their process ends go on in the next one."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from simulator.aws.lambda_runtime.asynchronous import AsynchronousInvocations
from simulator.aws.lambda_runtime.function_config import FunctionConfig
from simulator.aws.lambda_runtime.lambda_service import LambdaService
from simulator.runs.kept_records import KeptRecords

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

QUEUE = "arn:aws:sqs:ap-northeast-1:000000000000:lost"
SOURCE = """
import json
import os

def handle(event, context):
    with open(event["log"], "a") as log:
        log.write(json.dumps([context.aws_request_id, event["text"]]) + "\\n")
    if not os.path.exists(event["log"] + ".repaired"):
        raise RuntimeError("not yet")
"""


@pytest.fixture
def functions(tmp_path: Path) -> Iterator[LambdaService]:
    """Serve one function, which fails until it is repaired."""
    (tmp_path / "code.py").write_text(SOURCE)
    service = LambdaService(
        [
            FunctionConfig(name="f", handler="code.handle", timeout_seconds=5),
            FunctionConfig(name="g", handler="code.handle", timeout_seconds=5, dead_letter_queue_arn=QUEUE),
        ],
        task_root=tmp_path,
        variables=lambda _config, _name: {},
        log_sink=lambda _record: None,
    )
    yield service
    service.close()


def _until(condition: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_retry_that_waits_is_made_by_the_next_process(tmp_path: Path, functions: LambdaService) -> None:
    """With the same request id, not before its time, and then it is forgotten."""
    log, file = tmp_path / "log", tmp_path / "invocations.jsonl"
    store = KeptRecords(file)
    queue = AsynchronousInvocations(functions, waits=(1.5,))
    queue.keep_in(store)
    queue.submit("f", json.dumps({"log": str(log), "text": "あ"}).encode(), "request-1")
    _until(lambda: store.all()["request-1"]["failures"] == 1)
    failed = time.monotonic()
    queue.close()
    store.close()
    (tmp_path / "log.repaired").touch()

    store = KeptRecords(file)
    queue = AsynchronousInvocations(functions, waits=(1.5,))
    queue.keep_in(store)
    _until(lambda: not store.all())
    assert time.monotonic() - failed > 1.2
    assert [json.loads(line) for line in log.read_text().splitlines()] == [["request-1", "あ"]] * 2
    queue.close()
    store.close()
    assert KeptRecords(file).all() == {}


def test_an_event_whose_attempts_are_used_up_is_forgotten(tmp_path: Path, functions: LambdaService) -> None:
    """As is one of a function that is gone."""
    store = KeptRecords(tmp_path / "invocations.jsonl")
    queue = AsynchronousInvocations(functions, waits=(0.01,))
    queue.keep_in(store)
    queue.submit("f", json.dumps({"log": str(tmp_path / "log"), "text": ""}).encode(), "request-1")
    queue.submit("gone", b"{}", "request-2")
    _until(lambda: not store.all())
    assert len((tmp_path / "log").read_text().splitlines()) == 2
    queue.close()
    store.close()


def test_an_event_whose_attempts_are_used_up_goes_into_the_functions_dead_letter_queue(
    tmp_path: Path, functions: LambdaService
) -> None:
    """As it came, with Lambda's three attributes; once, after the last attempt. A function without a queue drops it."""
    left: list[tuple[str, str, dict[str, str | int]]] = []
    queue = AsynchronousInvocations(functions, waits=(0.01, 0.01), dead_letter=lambda *lost: left.append(lost))
    log = tmp_path / "log"
    event = json.dumps({"log": str(log), "text": "あ"})
    queue.submit("f", event.encode(), "request-1")
    queue.submit("g", event.encode(), "request-2")
    _until(lambda: left and len(log.read_text().splitlines()) == 6)
    queue.close()
    [(arn, body, attributes)] = left
    assert (arn, body) == (QUEUE, event)
    assert (attributes["RequestID"], attributes["ErrorCode"]) == ("request-2", 200)
    assert "not yet" in str(attributes["ErrorMessage"])


def test_an_event_that_succeeds_in_the_end_is_not_left_in_a_queue(tmp_path: Path, functions: LambdaService) -> None:
    """The second attempt cures the first."""
    left: list[object] = []
    queue = AsynchronousInvocations(functions, waits=(0.3,), dead_letter=lambda *lost: left.append(lost))
    log = tmp_path / "log"
    queue.submit("g", json.dumps({"log": str(log), "text": ""}).encode(), "request-1")
    _until(lambda: log.exists() and log.read_text())
    (tmp_path / "log.repaired").touch()
    _until(lambda: len(log.read_text().splitlines()) == 2)
    assert queue.drain(5)
    queue.close()
    assert left == []

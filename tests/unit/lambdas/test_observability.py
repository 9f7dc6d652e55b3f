"""Logs and metrics of several copies of a function in one process."""

from __future__ import annotations

import io
import json
import sys
import threading
from types import SimpleNamespace
from typing import Any

import pytest
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from lambdas.shared.observability import NAMESPACE, count_metric, make_logger


class ThreadsOwn(io.TextIOBase):
    """A stdout that is routed by thread, as the simulator's is."""

    def __init__(self) -> None:
        self.texts: dict[str, list[str]] = {}

    def write(self, text: str) -> int:
        """Keep text with the name of the thread that wrote it."""
        self.texts.setdefault(threading.current_thread().name, []).append(text)
        return len(text)

    def lines(self, thread: str) -> list[dict[str, Any]]:
        """Return a thread's lines, read as JSON."""
        return [json.loads(line) for line in "".join(self.texts[thread]).splitlines()]


def test_rows_of_copies_that_run_at_once_are_not_mixed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line is in its own thread's output, with its own row; each metric counts once."""
    stdout = ThreadsOwn()
    together = threading.Barrier(5)

    def environment(name: str) -> None:
        logger = make_logger("mixed")
        context: Any = SimpleNamespace(function_name=name)
        together.wait(10)
        for index in range(50):
            logger.info("row", extra={"rowIndex": index, "environment": name})
            count_metric("mixed", context, RowsProcessed=1, RowsSuperseded=0)

    monkeypatch.setattr(sys, "stdout", stdout)
    threads = [threading.Thread(target=environment, args=(f"e{n}",), name=f"e{n}") for n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for thread in threads:
        lines = stdout.lines(thread.name)
        rows = [line for line in lines if "_aws" not in line]
        metrics = [line for line in lines if "_aws" in line]
        assert [(row["environment"], row["rowIndex"]) for row in rows] == [(thread.name, n) for n in range(50)]
        assert [(metric["function_name"], metric["RowsProcessed"]) for metric in metrics] == [(thread.name, [1.0])] * 50


def test_a_logger_writes_to_the_stdout_of_the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not to the one of when it was made; Japanese stays readable, and metrics have their namespace."""
    logger = make_logger("later")
    first, second = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stdout", first)
    logger.info("ひとつ")
    monkeypatch.setattr(sys, "stdout", second)
    context: Any = SimpleNamespace(function_name="f")
    count_metric("later", context, RowsFailed=1)
    assert json.loads(first.getvalue())["message"] == "ひとつ"
    assert "ひとつ" in first.getvalue()
    written = json.loads(second.getvalue())
    assert written["_aws"]["CloudWatchMetrics"][0]["Namespace"] == NAMESPACE
    assert (written["service"], written["function_name"], written["RowsFailed"]) == ("later", "f", [1.0])


def test_a_metrics_line_is_the_one_that_powertools_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    """CloudWatch, and what reads the logs here, see no difference."""
    monkeypatch.delenv("POWERTOOLS_SERVICE_NAME", raising=False)
    ours, theirs = io.StringIO(), io.StringIO()
    context: Any = SimpleNamespace(function_name="user-log-処理")
    monkeypatch.setattr(sys, "stdout", ours)
    count_metric("s", context, RowsProcessed=1, RowsSuperseded=0)
    monkeypatch.setattr(sys, "stdout", theirs)
    metrics = EphemeralMetrics(namespace=NAMESPACE, service="s")
    metrics.add_dimension(name="function_name", value=context.function_name)
    metrics.add_metric(name="RowsProcessed", unit=MetricUnit.Count, value=1)
    metrics.add_metric(name="RowsSuperseded", unit=MetricUnit.Count, value=0)
    metrics.flush_metrics()
    written, expected = json.loads(ours.getvalue()), json.loads(theirs.getvalue())
    assert 0 <= expected["_aws"].pop("Timestamp") - written["_aws"].pop("Timestamp") < 10_000
    assert written == expected
    assert ours.getvalue().count("\n") == 1

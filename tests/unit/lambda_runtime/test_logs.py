"""Logs: each record knows its invocation, and nothing of a function reaches the terminal."""

from __future__ import annotations

import re
import sys
import threading
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.lambda_runtime.conftest import Functions


def test_an_invocation_is_logged_from_start_to_report(functions: Functions) -> None:
    """The platform's lines have Lambda's form; the first REPORT has the cold start's duration."""
    functions.serve("print('at import')\ndef handle(event, context):\n    print('hello')\n")
    functions.call({"executionName": "run-1"})
    functions.call({"executionName": "run-2"})
    start, at_import, hello, end, report = functions.records[:5]
    request = start["requestId"]
    assert start["message"] == f"START RequestId: {request} Version: $LATEST"
    assert (at_import["message"], hello["message"]) == ("at import", "hello")
    assert end["message"] == f"END RequestId: {request}"
    pattern = (
        rf"REPORT RequestId: {request}\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms\tMemory Size: 256 MB"
        r"\tInit Duration: \d+\.\d\d ms"
    )
    assert re.fullmatch(pattern, report["message"])
    assert report["billedDurationMs"] >= report["durationMs"]
    assert "Init Duration" not in functions.records[8]["message"]
    assert [record["executionName"] for record in functions.records] == ["run-1"] * 5 + ["run-2"] * 4


def test_json_lines_are_parsed_and_metrics_are_told_apart(functions: Functions) -> None:
    """A JSON object is an object; one with `_aws` is a metric; what only looks like JSON is text."""
    functions.serve(
        """
        import sys
        def handle(event, context):
            print('{"level": "INFO", "user": "あ"}')
            print('{"_aws": {"CloudWatchMetrics": []}, "Rows": 1}')
            print('{broken')
            sys.stderr.write("to stderr, ")
            sys.stderr.write("in two parts")
        """
    )
    functions.call()
    assert functions.messages("log") == [{"level": "INFO", "user": "あ"}, "{broken", "to stderr, in two parts"]
    assert functions.messages("metrics") == [{"_aws": {"CloudWatchMetrics": []}, "Rows": 1}]


def test_output_at_the_same_time_goes_to_its_own_invocation(functions: Functions) -> None:
    """Five threads print in turns; no line is mixed with, or filed under, another's."""
    functions.serve(
        """
        import time
        def handle(event, context):
            for n in range(20):
                print(event["executionName"], end=" ")
                time.sleep(0.0005)
                print(n)
        """
    )
    threads = [threading.Thread(target=functions.call, args=({"executionName": f"run-{n}"},)) for n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = [(record["executionName"], record["message"]) for record in functions.records if record["kind"] == "log"]
    assert len(lines) == 100
    assert all(message.split(" ")[0] == name for name, message in lines)


def test_everything_outside_environments_passes_through(
    functions: Functions, capsys: pytest.CaptureFixture[str]
) -> None:
    """The terminal still belongs to the simulator, while the service is open and after."""
    before = sys.stdout
    functions.serve("def handle(event, context):\n    print('inside')\n")
    functions.call()
    print("outside")  # noqa: T201 - this is the test
    functions.service.close()
    assert sys.stdout is before
    print("after")  # noqa: T201 - as above
    assert capsys.readouterr().out == "outside\nafter\n"

"""Timeouts: the function's own ends it, the caller's does not."""

from __future__ import annotations

import re
import threading
import time
from typing import TYPE_CHECKING

import pytest

from simulator.aws.lambda_runtime.errors import CallerTimeout

if TYPE_CHECKING:
    from tests.unit.lambda_runtime.conftest import Functions

SLEEPER = """
    import time
    done = []
    def handle(event, context):
        until = time.monotonic() + event["seconds"]
        while time.monotonic() < until:
            time.sleep(0.005)
        open(event["file"], "w").close() if "file" in event else None
        return context.log_stream_name
"""


def test_an_invocation_beyond_the_functions_timeout_is_given_up(functions: Functions) -> None:
    """Lambda's error, at about that time; a new environment takes the next event; the cloud is told."""
    functions.serve(SLEEPER, timeout=0.3)
    before = functions.call({"seconds": 0})
    began = time.monotonic()
    error = functions.fail({"seconds": 30})
    assert 0.25 < time.monotonic() - began < 2
    assert error["errorType"] == "Sandbox.Timedout"
    assert re.fullmatch(r"RequestId: [0-9a-f-]{36} Error: Task timed out after 0\.30 seconds", error["errorMessage"])
    assert set(error) == {"errorType", "errorMessage"}
    assert functions.ended == [before]
    assert functions.call({"seconds": 0}) != before
    assert any(message.endswith("\tStatus: timeout") for message in functions.messages("platform"))


def test_code_that_was_given_up_does_not_go_on(functions: Functions) -> None:
    """On AWS it would be dead: here it is stopped before it does any harm, and its thread ends."""
    functions.serve(SLEEPER, timeout=0.2)
    file = functions.root / "harm"
    functions.fail({"seconds": 0.5, "file": str(file)})
    time.sleep(0.6)
    assert not file.exists()
    assert not [thread for thread in threading.enumerate() if functions.ended[0] in thread.name]


def test_what_given_up_code_still_prints_is_not_logged(functions: Functions) -> None:
    """The log ends with the timeout."""
    functions.serve(
        """
        import time
        def handle(event, context):
            try:
                time.sleep(0.4)
            finally:
                print("too late")
        """,
        timeout=0.1,
    )
    functions.fail()
    time.sleep(0.5)
    assert "too late" not in str(functions.records)


def test_the_timeout_does_not_count_the_cold_start(functions: Functions) -> None:
    """As on Lambda the init phase has ten seconds of its own."""
    functions.serve("import time\ntime.sleep(0.5)\ndef handle(event, context):\n    return 1\n", timeout=0.2)
    assert functions.call() == 1


def test_the_callers_timeout_leaves_the_invocation_running(functions: Functions) -> None:
    """The caller gets its own error; the function finishes, and its environment is used again."""
    functions.serve(SLEEPER)
    stream = functions.call({"seconds": 0})
    file = functions.root / "finished"
    with pytest.raises(CallerTimeout):
        functions.call({"seconds": 0.3, "file": str(file)}, timeout=0.05)
    deadline = time.monotonic() + 5
    while not file.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert file.exists()
    time.sleep(0.05)
    assert functions.call({"seconds": 0}) == stream


def test_after_the_callers_timeout_the_functions_own_still_holds(functions: Functions) -> None:
    """An invocation that nobody waits for is ended all the same."""
    functions.serve(SLEEPER, timeout=0.3)
    functions.call({"seconds": 0})
    with pytest.raises(CallerTimeout):
        functions.call({"seconds": 30}, timeout=0.05)
    deadline = time.monotonic() + 5
    while not functions.ended and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(functions.ended) == 1

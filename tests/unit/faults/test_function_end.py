"""A function that comes to an end, in the real execution environment."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.fault_injection.fault_injection import Faults
from simulator.fault_injection.spec import FaultPlan, parse_fault
from tests.unit.faults.parts import NOTHING
from tests.unit.lambda_runtime.conftest import Functions, functions  # noqa: F401 - the fixture

ROWS = """
calls = []
def handle(event, context):
    calls.append(event["rowIndex"])
    return calls
"""


def rows(served: Functions, spec: str) -> Any:
    """Serve the function with a fault; return what invokes it as the state machine does."""
    faults = Faults(FaultPlan(specs=[parse_fault(spec)]), NOTHING)
    served.serve(ROWS, timeout=0.3, wrap=faults.handler)
    assert served.service is not None
    faulty = faults.functions(served.service)

    def call(index: int) -> Any:
        result = faulty.invoke("f", json.dumps({"rowIndex": index, "executionName": "run"}).encode())
        return json.loads(result.payload)

    return call


@pytest.mark.parametrize(
    ("kind", "error", "message"),
    [
        ("timeout", "Sandbox.Timedout", "Task timed out after 0.30 seconds"),
        ("memory", "Runtime.OutOfMemory", "Runtime exited with error: signal: killed"),
        ("exit", "Runtime.ExitError", "Runtime exited with error: exit status 1"),
    ],
)
def test_the_environment_is_gone_and_the_next_attempt_gets_a_fresh_one(
    functions: Functions,  # noqa: F811 - the fixture
    kind: str,
    error: str,
    message: str,
) -> None:
    """With Lambda's own error, and REPORT says of what it died."""
    call = rows(functions, f"function={kind},index=1")
    assert call(0) == [0]
    failed = call(1)
    assert failed["errorType"] == error
    assert message in failed["errorMessage"]
    assert len(functions.ended) == 1
    assert call(1) == [1], "a fresh environment, that knows nothing of row 0"
    reports = [text for text in functions.messages("platform") if text.startswith("REPORT")]
    assert sum("Status:" in report for report in reports) == 1


def test_it_can_die_after_its_work(functions: Functions) -> None:  # noqa: F811 - the fixture
    """The handler has returned; nobody hears of it."""
    call = rows(functions, "function=exit,index=1,when=after")
    assert call(1)["errorType"] == "Runtime.ExitError"
    assert call(1) == [1]

"""Which calls of rows a fault is for, and what happens to them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from simulator.aws.asl.errors import StateError
from simulator.aws.asl.runtime.ports import TaskRequest
from simulator.aws.integrations.lambda_tasks import LambdaFunction
from simulator.aws.integrations.lambda_tasks import invoke as invoke_for_task
from simulator.fault_injection.fault_injection import Faults
from simulator.fault_injection.row_calls import RowCall, RowCalls, RowPick
from simulator.fault_injection.spec import FaultPlan, parse_fault
from tests.unit.faults.parts import NOTHING
from tests.unit.integrations.fakes import Answer

FUNCTION = "arn:aws:lambda:ap-northeast-1:123456789012:function:user-log-processor"


@dataclass
class Functions:
    """A LambdaInvoker that answers every call, and remembers it."""

    called: list[int] = field(default_factory=list)

    def invoke(self, _function: str, payload: bytes, *, timeout: float | None = None) -> Answer:
        """Answer with the event."""
        self.called.append(json.loads(payload).get("rowIndex"))
        return Answer(payload)


def event(index: Any) -> bytes:
    """The event of a row."""
    return json.dumps({"rowIndex": index, "executionName": "run"}).encode()


def outcomes(functions: Functions, calls: list[int], *specs: str, seed: int = 0) -> list[str | None]:
    """What a Task gets for one call after another: the error's name, or None."""
    faulty = Faults(FaultPlan(specs=[parse_fault(spec) for spec in specs], lines={3: 1}, seed=seed), NOTHING).functions(
        functions
    )
    found: list[str | None] = []
    for index in calls:
        try:
            task = TaskRequest(
                resource=FUNCTION,
                parameters=json.loads(event(index)),
                timeout=None,
                state="S",
                execution_arn="e",
                attempt=1,
            )
            LambdaFunction(faulty).call(task)
            found.append(None)
        except StateError as error:
            found.append(error.error)
    return found


def test_one_attempt_of_one_row_fails_and_no_other() -> None:
    """By the row's line; the function itself is not run in that attempt."""
    functions = Functions()
    found = outcomes(functions, [0, 1, 1, 1], "row=3,attempt=2,error=DatabaseError")
    assert found == [None, None, "DatabaseError", None]
    assert functions.called == [0, 1, 1]


def test_the_first_attempts_fail_as_often_as_was_said() -> None:
    """One, unless `attempts` says more."""
    assert outcomes(Functions(), [1, 1], "index=1,error=A") == ["A", None]
    assert outcomes(Functions(), [1, 1, 1], "index=1,attempts=2,error=A") == ["A", "A", None]
    assert outcomes(Functions(), [1] * 9, "index=1,attempts=all,error=A") == ["A"] * 9


def test_an_answer_is_lost_after_the_work_was_done() -> None:
    """What makes a repeat meet its own traces."""
    functions = Functions()
    assert outcomes(functions, [1, 1], "row=3,when=after,error=States.Timeout") == ["States.Timeout", None]
    assert functions.called == [1, 1]


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("DatabaseError", '"errorType": "DatabaseError"'),
        ("Sandbox.Timedout", '{"errorType": "Sandbox.Timedout", "errorMessage": "RequestId: '),
        ("Lambda.TooManyRequestsException", "Status Code: 429"),
        ("Lambda.ServiceException", "Status Code: 500"),
        ("Lambda.Unknown", "Lambda did not return an error type"),
    ],
)
def test_each_error_reaches_the_task_as_on_aws(name: str, cause: str) -> None:
    """By name and with the cause that the integration makes of it."""
    faulty = Faults(FaultPlan(specs=[parse_fault(f"index=1,error={name}")]), NOTHING).functions(Functions())
    request = TaskRequest(
        resource=FUNCTION, parameters={"rowIndex": 1}, timeout=None, state="S", execution_arn="e", attempt=1
    )
    with pytest.raises(StateError) as error:
        LambdaFunction(faulty).call(request)
    assert error.value.error == name
    assert cause in str(error.value.cause)


def test_a_share_is_the_same_rows_for_the_same_seed() -> None:
    """Near to what was asked for; other rows for another seed or another fault."""
    rows = list(range(2000))

    def hit(spec: str, seed: int) -> set[int]:
        pick = RowPick(parse_fault(spec), {}, seed)
        return {index for index in rows if RowCall(index, 1) in pick}

    first = hit("share=0.1,error=A", 1)
    assert 140 < len(first) < 260
    assert hit("share=0.1,error=A", 1) == first
    assert hit("share=0.1,error=A", 2) != first
    assert hit("share=0.1,error=B", 1) != first
    assert len(hit("share=1,error=A", 1)) == len(rows)


def test_calls_that_are_no_rows_are_left_alone() -> None:
    """The validator's, the migrator's; and what only looks like a row's."""
    calls = RowCalls([])
    assert calls.begin(b'{"bucket": "b"}') == []
    assert calls.begin(b'{"rowIndex": "1"}') == []
    assert calls.begin(b'["rowIndex"]') == []
    assert calls.begin(event(4)) == [RowCall(4, 1)]
    assert calls.current({"rowIndex": 4, "executionName": "run"}) == RowCall(4, 1)


def test_what_waits_for_so_many_rows_is_done_once_before_the_next() -> None:
    """In the order of the counts, not of the SPECs."""
    told: list[str] = []
    calls = RowCalls([(2, lambda: told.append("two")), (0, lambda: told.append("none"))])
    seen = []
    for index in range(4):
        calls.begin(event(index))
        seen.append(list(told))
    assert seen == [["none"], ["none"], ["none", "two"], ["none", "two"]]


def test_two_runs_in_one_cloud_count_for_themselves() -> None:
    """The attempt is that of a row of an execution."""
    calls = RowCalls([])
    assert calls.begin(b'{"rowIndex": 1, "executionName": "a"}') == [RowCall(1, 1)]
    assert calls.begin(b'{"rowIndex": 1, "executionName": "b"}') == [RowCall(1, 1)]
    assert calls.begin(b'{"rowIndex": 1, "executionName": "a"}') == [RowCall(1, 2)]
    batch = b'{"Items": [{"rowIndex": 1, "executionName": "a"}, {"rowIndex": 2, "executionName": "a"}]}'
    assert calls.begin(batch) == [RowCall(1, 3), RowCall(2, 1)]


def test_what_happened_is_counted() -> None:
    """And a fault that met no call says so by 0."""
    faults = Faults(FaultPlan(specs=[parse_fault("index=1,error=A"), parse_fault("index=9,error=A")]), NOTHING)
    faulty = faults.functions(Functions())
    with pytest.raises(StateError):
        LambdaFunction(faulty).call(
            TaskRequest(
                resource=FUNCTION, parameters={"rowIndex": 1}, timeout=None, state="S", execution_arn="e", attempt=1
            )
        )
    invoke_for_task(faulty, FUNCTION, event(2), None)
    assert [fault.happened for fault in faults.all] == [1, 0]

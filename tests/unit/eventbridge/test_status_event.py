"""The event of an execution's status."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from simulator.aws.asl.runtime.listener import ExecutionInfo
from simulator.aws.eventbridge.status_event import MOST_BYTES, status_change

MACHINE = "arn:aws:states:ap-northeast-1:123456789012:stateMachine:m"
ARN = "arn:aws:states:ap-northeast-1:123456789012:execution:m:e"
RUNNING = ExecutionInfo(
    arn=ARN,
    name="e",
    machine_arn=MACHINE,
    machine_name="m",
    definition="{}",
    input={"a": 1},
    input_text='{ "a": 1 }',
    status="RUNNING",
    started=datetime(2026, 11, 28, 1, 2, 3, 456_000, tzinfo=UTC),
)
ENDED = replace(RUNNING, status="SUCCEEDED", output=[1], stopped=datetime(2026, 11, 28, 1, 2, 4, tzinfo=UTC))


def detail(execution: ExecutionInfo) -> dict[str, Any]:
    """Return the event's detail."""
    found: dict[str, Any] = status_change(execution, region="ap-northeast-1", account="123456789012")["detail"]
    return found


def test_the_event_of_a_success_has_exactly_the_documented_fields() -> None:
    """Texts of input and output, times in milliseconds."""
    event = status_change(ENDED, region="ap-northeast-1", account="123456789012")
    assert len(event.pop("id")) == 36
    assert event == {
        "version": "0",
        "detail-type": "Step Functions Execution Status Change",
        "source": "aws.states",
        "account": "123456789012",
        "time": "2026-11-28T01:02:04Z",
        "region": "ap-northeast-1",
        "resources": [ARN],
        "detail": {
            "executionArn": ARN,
            "stateMachineArn": MACHINE,
            "name": "e",
            "status": "SUCCEEDED",
            "startDate": 1795827723456,
            "stopDate": 1795827724000,
            "input": '{ "a": 1 }',
            "output": "[1]",
            "stateMachineVersionArn": None,
            "stateMachineAliasArn": None,
            "redriveCount": 0,
            "redriveDate": None,
            "redriveStatus": "NOT_REDRIVABLE",
            "redriveStatusReason": "Execution is SUCCEEDED and cannot be redriven",
            "inputDetails": {"included": True},
            "outputDetails": {"included": True},
            "error": None,
            "cause": None,
        },
    }


def test_a_failure_has_error_and_cause_and_can_be_redriven() -> None:
    """And no output."""
    found = detail(replace(ENDED, status="FAILED", output=None, error="E", cause="why"))
    assert (found["error"], found["cause"], found["redriveStatus"]) == ("E", "why", "REDRIVABLE")
    assert (found["output"], found["outputDetails"]) == (None, None)


def test_a_redrive_says_when_and_how_often() -> None:
    """Its event's time is that of the redrive."""
    again = replace(RUNNING, redrive_count=2, redriven=datetime(2026, 11, 29, tzinfo=UTC))
    assert status_change(again, region="r", account="a")["time"] == "2026-11-29T00:00:00Z"
    assert (detail(again)["redriveCount"], detail(again)["redriveDate"]) == (2, 1795910400000)


def test_what_is_too_large_is_left_out() -> None:
    """The input first: with the output it is too large. An output that is too large alone goes, too."""
    half = "x" * (MOST_BYTES // 2)
    both = detail(replace(ENDED, input_text=f'"{half}"', output=half))
    assert (both["input"], both["inputDetails"]) == (None, {"included": False})
    assert both["output"] == f'"{half}"'
    whole = detail(replace(ENDED, output="x" * MOST_BYTES))
    assert (whole["output"], whole["outputDetails"], whole["input"]) == (None, {"included": False}, None)

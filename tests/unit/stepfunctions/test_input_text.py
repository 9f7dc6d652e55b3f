"""An execution's input is shown as its caller wrote it (recorded on AWS)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.aws.asl.runtime.clock import SkippingClock
from simulator.aws.asl.runtime.listener import SilentListener
from simulator.aws.map_run.map_run import LocalMapRuns
from simulator.aws.stepfunctions.running_execution import RunningExecution
from simulator.aws.stepfunctions.service import StepFunctions
from tests.unit.integrations.fakes import FakeFunctions, StubbedClients
from tests.unit.map_run.harness import MemoryStore

ECHO = json.dumps({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}})


class Events(SilentListener):
    """Keeps the events of all executions."""

    def __init__(self) -> None:
        self.kept: list[dict[str, Any]] = []

    def history_event(self, execution_arn: str, event: dict[str, Any]) -> None:
        """Keep it."""
        del execution_arn
        self.kept.append(event)


def run(text: str) -> tuple[RunningExecution, list[dict[str, Any]]]:
    """Run a machine of one Pass state on this input."""
    events = Events()
    service = StepFunctions(
        region="ap-northeast-1",
        account="123456789012",
        clock=SkippingClock(),
        listener=events,
        functions=FakeFunctions(),
        aws=StubbedClients(),
        maps=LocalMapRuns(MemoryStore(), events, lambda _name: None),
    )
    arn = service.create_state_machine(name="m", definition=ECHO, kind="STANDARD")
    running = service.start_execution(arn, input_text=text)
    assert running.wait(20)
    return running, events.kept


@pytest.mark.parametrize(
    "text",
    ['{ "a" : 1.0 }', " [1,\n 2]\t", '{"a":1,"a":2}', '{"k":"\\u65e5"}', "1e2", "{}", '""'],
)
def test_the_start_shows_the_callers_text(text: str) -> None:
    """Spaces, repeated keys, escapes and the form of numbers are kept."""
    running, events = run(text)
    assert running.info.input_text == text
    assert events[0]["executionStartedEventDetails"]["input"] == text


def test_states_see_the_value_and_not_the_text() -> None:
    """From the first state on, JSON is written anew."""
    running, events = run('{ "a" : [ 1, 2 ] }')
    assert running.info.output == running.info.input == {"a": [1, 2]}
    assert events[1]["stateEnteredEventDetails"]["input"] == '{"a":[1,2]}'

"""Asks TestState about a state, with a function for its Tasks."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from simulator.aws.asl.runtime.clock import SkippingClock
from simulator.aws.asl.runtime.ports import Services
from simulator.aws.stepfunctions.teststate.run import run_state
from tests.unit.states.harness import FUNCTION, FakeMaps, FakeTasks

PREFIX = "arn:aws:states:ap-northeast-1:123456789012"
LAMBDA = {"Type": "Task", "Resource": FUNCTION, "End": True}


def ask(
    state: Any, data: Any = None, *, function: Callable[[Any], Any] | None = None, **arguments: Any
) -> dict[str, Any]:
    """Return TestState's answer at inspection level DEBUG, with the texts in it read as JSON.

    Args:
        state: the definition.
        data: the input; left out of the request if it is None.
        function: what Tasks do with their parameters.
        arguments: other arguments of the request; `mock_result` is the result of a mock.
    """
    if "mock_result" in arguments:
        arguments["mock"] = {"result": json.dumps(arguments.pop("mock_result")), **arguments.get("mock", {})}
    for name in ("context", "variables"):
        if name in arguments:
            arguments[name] = json.dumps(arguments[name])
    given = {} if data is None else {"input": json.dumps(data)}
    request = {"definition": json.dumps(state), "inspectionLevel": "DEBUG", **given, **arguments}
    services = Services(tasks=FakeTasks(function), maps=FakeMaps(), clock=SkippingClock())
    answer = run_state(request, services=services, prefix=PREFIX, role="arn:aws:iam::123456789012:role")
    if "output" in answer:
        answer["output"] = json.loads(answer["output"])
    inspected = answer.get("inspectionData", {})
    answer["inspectionData"] = {
        name: json.loads(value) if isinstance(value, str) else value for name, value in inspected.items()
    }
    return answer

"""Runs a small machine with functions for its Tasks, and keeps its history."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from simulator.aws.asl.definition.compiler import build
from simulator.aws.asl.definition.fields import InvalidDefinition
from simulator.aws.asl.runtime.clock import Clock, SkippingClock
from simulator.aws.asl.runtime.execution import Ended, Execution
from simulator.aws.asl.runtime.history import RecordedHistory
from simulator.aws.asl.runtime.ports import Identity, MapRun, MapRunRequest, Services, TaskRequest

MACHINE_ARN = "arn:aws:states:ap-northeast-1:123456789012:stateMachine:machine"
EXECUTION_ARN = "arn:aws:states:ap-northeast-1:123456789012:execution:machine:run"
FUNCTION = "arn:aws:lambda:ap-northeast-1:123456789012:function:work"


class FakeTasks:
    """A TaskService whose every resource is one function of the request's parameters."""

    def __init__(self, function: Callable[[Any], Any] | None = None) -> None:
        self.requests: list[TaskRequest] = []
        self._function = function or (lambda parameters: parameters)

    def problems(self, resource: str, parameters: Any) -> list[str]:
        """Refuse one resource, to show that problems are passed on."""
        return ["is not simulated"] if resource.endswith("sns:publish") else []

    def call(self, request: TaskRequest) -> Any:
        """Call the function."""
        self.requests.append(request)
        return self._function(request.parameters)


class FakeMaps:
    """Map Runs: keeps the requests and gives a fixed answer."""

    def __init__(self, answer: Callable[[MapRunRequest], Any] | None = None) -> None:
        self.requests: list[MapRunRequest] = []
        self._answer = answer or (lambda _request: [])

    def open(self, request: MapRunRequest) -> MapRun:
        """Keep the request and return a run that gives the answer."""
        self.requests.append(request)
        return FakeMapRun(self._answer, request)


class FakeMapRun:
    """A Map Run that gives a fixed answer."""

    def __init__(self, answer: Callable[[MapRunRequest], Any], request: MapRunRequest) -> None:
        self.arn = "arn:aws:states:ap-northeast-1:123456789012:mapRun:machine/label:0"
        self.redrive_count = 0
        self._run = lambda: answer(request)

    def run(self) -> Any:
        """Give the answer."""
        return self._run()


@dataclass
class Result:
    """How a machine ended and what it told."""

    ended: Ended
    events: list[dict[str, Any]]
    clock: Clock
    tasks: FakeTasks
    maps: FakeMaps
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def output(self) -> Any:
        """The output of a machine that must have succeeded."""
        assert self.ended.status == "SUCCEEDED", self.ended
        return self.ended.output

    @property
    def types(self) -> list[str]:
        """The events' types, in order."""
        return [event["type"] for event in self.events]

    def details(self, kind: str) -> list[dict[str, Any]]:
        """Return the details of all events of one type."""
        return [
            next((value for key, value in event.items() if key.endswith("EventDetails")), {})
            for event in self.events
            if event["type"] == kind
        ]


def execute(
    definition: dict[str, Any],
    data: Any = None,
    *,
    function: Callable[[Any], Any] | None = None,
    maps: FakeMaps | None = None,
    clock: Clock | None = None,
    seconds: float | None = None,
) -> Result:
    """Run a machine to its end."""
    execution, result = prepare(definition, data, function=function, maps=maps, clock=clock, seconds=seconds)
    result.ended = execution.run()
    return result


def prepare(
    definition: dict[str, Any],
    data: Any = None,
    *,
    function: Callable[[Any], Any] | None = None,
    maps: FakeMaps | None = None,
    clock: Clock | None = None,
    seconds: float | None = None,
) -> tuple[Execution, Result]:
    """Make an execution that has not run yet, and the result it will fill."""
    clock = clock or SkippingClock()
    tasks, maps = FakeTasks(function), maps or FakeMaps()
    events: list[dict[str, Any]] = []
    machine = build(definition, tasks=tasks)
    execution = Execution(
        machine=machine,
        identity=Identity(
            arn=EXECUTION_ARN,
            name="run",
            machine_arn=MACHINE_ARN,
            machine_name="machine",
            role_arn="arn:aws:iam::1:role/r",
        ),
        data={} if data is None else data,
        services=Services(tasks=tasks, maps=maps, clock=clock),
        history=RecordedHistory(clock, events.append),
        seconds=seconds or machine.timeout,
    )
    return execution, Result(Ended(status="RUNNING"), events, clock, tasks, maps)


def one(state: dict[str, Any], **others: dict[str, Any]) -> dict[str, Any]:
    """Return a machine that starts with `state`, named State."""
    state = dict(state)
    if state["Type"] not in ("Succeed", "Fail", "Choice") and "Next" not in state:
        state["End"] = True
    return {"StartAt": "State", "States": {"State": state, **others}}


def faults(definition: Any) -> list[str]:
    """Return the faults of a definition as lines, none for a good one."""
    try:
        build(definition if isinstance(definition, dict) else json.dumps(definition), tasks=FakeTasks())
    except InvalidDefinition as error:
        return [str(problem) for problem in error.problems]
    return []

"""The Step Functions API over a service with one function; every answer is compared with the API's own model."""

from __future__ import annotations

import json
import threading
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from botocore.model import ListShape, MapShape, Shape, StructureShape

from simulator.aws.asl.runtime.clock import RealClock
from simulator.aws.errors import ApiError
from simulator.aws.integrations.shapes.api_model import api_model
from simulator.aws.map_run.map_run import LocalMapRuns
from simulator.aws.stepfunctions.api.api import StepFunctionsApi
from simulator.aws.stepfunctions.service import StepFunctions
from tests.unit.integrations.fakes import Answer, StubbedClients
from tests.unit.map_run.harness import MemoryStore
from tests.unit.stepfunctions.kept_archive import KeptArchive

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.aws.stepfunctions.machines import MachineStore

PREFIX = "arn:aws:states:ap-northeast-1:123456789012"
FUNCTION = "arn:aws:lambda:ap-northeast-1:123456789012:function:work"
ROLE = "arn:aws:iam::123456789012:role/any"
PASS = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
WAITING = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 3600, "End": True}}}
TASK = {"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": FUNCTION, "End": True}}}
SECONDS = 20.0
_TYPES = {"string": str, "boolean": bool, "integer": int, "long": int, "float": float, "timestamp": datetime}


class Gate:
    """A function: echoes, but fails what is `bad`; a closed gate holds up what is `held` (None: everything)."""

    def __init__(self) -> None:
        self.bad: set[Any] = set()
        self.held: set[Any] | None = None
        self.calls: list[Any] = []
        self.open = threading.Event()
        self.open.set()

    def invoke(self, _function: str, payload: bytes, *, timeout: float | None = None) -> Answer:
        """Answer once the gate is open."""
        del timeout
        event = json.loads(payload)
        self.calls.append(event)
        if self.held is None or event in self.held:
            assert self.open.wait(SECONDS)
        if not isinstance(event, (dict, list)) and event in self.bad:
            return Answer(b'{"errorType":"Bad","errorMessage":"no"}', "Unhandled")
        return Answer(payload)


class Cloud:
    """A service, its archive and its API; `call` is an operation."""

    def __init__(
        self,
        archive: KeptArchive | None = None,
        store: MachineStore | None = None,
        activity_store: MachineStore | None = None,
    ) -> None:
        self.function = Gate()
        self.objects = MemoryStore()
        self.aws = StubbedClients()
        self.archive = archive or KeptArchive()
        maps = LocalMapRuns(self.objects, self.archive, lambda _name: None)
        self.service = StepFunctions(
            region="ap-northeast-1",
            account="123456789012",
            clock=RealClock(),
            listener=self.archive,
            functions=self.function,
            aws=self.aws,
            maps=maps,
            archive=self.archive,
            store=store,
            activity_store=activity_store,
        )
        self.operations = StepFunctionsApi(self.service, self.archive, maps).operations
        self.service.offer("stepfunctions", self.operations)

    def call(self, operation: str, **members: Any) -> Any:
        """Call an operation and compare its answer with the model."""
        answer = self.operations[operation](members)
        model = api_model("stepfunctions")
        assert model is not None
        shape = model.operation_model(operation).output_shape
        if shape is not None:
            check(answer, shape, operation)
        return answer

    def refused(self, operation: str, **members: Any) -> tuple[str, str]:
        """Return the error code and the message of a call that is refused."""
        with pytest.raises(ApiError) as caught:
            self.operations[operation](members)
        model = api_model("stepfunctions")
        assert model is not None
        codes = {shape.name for shape in model.operation_model(operation).error_shapes}
        assert caught.value.name in codes | {"ValidationException"}
        return caught.value.name, caught.value.message

    def create(self, name: str = "m", definition: Any = PASS, **members: Any) -> str:
        """Create a machine and return its ARN."""
        arn: str = self.call(
            "CreateStateMachine", name=name, definition=json.dumps(definition), roleArn=ROLE, **members
        )["stateMachineArn"]
        return arn

    def start(self, machine: str, data: Any = None, **members: Any) -> str:
        """Start an execution and return its ARN."""
        given = {} if data is None else {"input": json.dumps(data)}
        arn: str = self.call("StartExecution", stateMachineArn=machine, **given, **members)["executionArn"]
        return arn

    def run(self, machine: str, data: Any = None, **members: Any) -> str:
        """Run an execution to its end and return its ARN."""
        arn = self.start(machine, data, **members)
        self.ended(arn)
        return arn

    def ended(self, arn: str) -> dict[str, Any]:
        """Wait for an execution's end and return how it is described."""
        return self.until(lambda: self.call("DescribeExecution", executionArn=arn), lambda one: "stopDate" in one)

    @staticmethod
    def until(ask: Callable[[], Any], good: Callable[[Any], bool]) -> Any:
        """Ask until the answer is good."""
        end = time.monotonic() + SECONDS
        while not good(answer := ask()):
            assert time.monotonic() < end, answer
            time.sleep(0.005)
        return answer

    def all_pages(self, operation: str, result: str, **members: Any) -> list[list[Any]]:
        """Return the pages of an answer."""
        pages, token = [], {}
        while True:
            answer = self.call(operation, **members, **token)
            pages.append(answer[result])
            if "nextToken" not in answer:
                return pages
            token = {"nextToken": answer["nextToken"]}


def check(value: Any, shape: Shape, where: str) -> None:
    """See that a value is what the model says: no member that it lacks, every one that it requires."""
    if isinstance(shape, StructureShape):
        assert isinstance(value, dict), where
        assert value.keys() <= shape.members.keys(), (where, value.keys() - shape.members.keys())
        assert set(shape.required_members) <= value.keys(), (where, set(shape.required_members) - value.keys())
        for name, member in value.items():
            check(member, shape.members[name], f"{where}.{name}")
    elif isinstance(shape, ListShape):
        for member in value:
            check(member, shape.member, f"{where}[]")
    elif isinstance(shape, MapShape):
        for member in value.values():
            check(member, shape.value, f"{where}{{}}")
    else:
        assert isinstance(value, _TYPES[shape.type_name]), (where, value)
        assert not shape.metadata.get("enum") or value in shape.metadata["enum"], (where, value)

"""Small stand-ins for what integrations call, and the registry made of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.stub import Stubber

from simulator.aws.asl.runtime.listener import ExecutionInfo
from simulator.aws.asl.runtime.ports import TaskRequest
from simulator.aws.engine.environment import local_aws
from simulator.aws.integrations.registry import Integrations

FUNCTION = "arn:aws:lambda:ap-northeast-1:123456789012:function:user-log-processor"
MACHINE = "arn:aws:states:ap-northeast-1:123456789012:stateMachine:csv-user-log-processor"

NOWHERE = "http://127.0.0.1:1"
ONE_ATTEMPT = Config(retries={"total_max_attempts": 1}, proxies={})


def _session() -> boto3.Session:
    """Return a session; what it reads of the environment, it reads when a client is made."""
    core = botocore.session.Session()
    core.set_credentials("x", "x")
    return boto3.Session(botocore_session=core, region_name="ap-northeast-1")


SESSION = _session()
"""One for all tests: it reads the models of the services once."""


@dataclass
class Answer:
    """What a function answered."""

    payload: bytes
    function_error: str | None = None
    request_id: str = "req-1"


@dataclass
class FakeFunctions:
    """A LambdaInvoker that keeps its calls and gives one answer, or raises it."""

    answer: Answer | Exception = field(default_factory=lambda: Answer(b"{}"))
    calls: list[tuple[str, bytes, float | None]] = field(default_factory=list)

    def invoke(self, function: str, payload: bytes, *, timeout: float | None = None) -> Answer:
        """Keep the call and give the answer."""
        self.calls.append((function, payload, timeout))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@dataclass
class FakeStarted:
    """An execution that was started."""

    info: ExecutionInfo


@dataclass
class FakeMachines:
    """StateMachines that keep their calls, and raise `error` where one is given."""

    error: Exception | None = None
    calls: list[tuple[str, str | None, str]] = field(default_factory=list)

    def start_execution(self, machine_arn: str, *, name: str | None = None, input_text: str = "{}") -> FakeStarted:
        """Keep the call and return an execution."""
        self.calls.append((machine_arn, name, input_text))
        if self.error is not None:
            raise self.error
        return FakeStarted(
            ExecutionInfo(
                arn=f"{MACHINE.replace('stateMachine', 'execution')}:{name}",
                name=name or "",
                machine_arn=machine_arn,
                machine_name="m",
                definition="",
                input={},
                status="RUNNING",
                started=datetime(2025, 8, 2, 9, 30, 0, 123_000, tzinfo=UTC),
            )
        )


class FakeActivities:
    """The activities that there are: none."""

    def has(self, arn: str) -> bool:
        """Say no."""
        del arn
        return False


class StubbedClients:
    """Real boto3 clients whose answers are given beforehand; nothing leaves the process."""

    def __init__(self) -> None:
        with local_aws(NOWHERE):
            self.s3 = SESSION.client("s3", endpoint_url=NOWHERE, config=ONE_ATTEMPT)
            self.dynamodb = SESSION.client("dynamodb", endpoint_url=NOWHERE, config=ONE_ATTEMPT)
            self.sqs = SESSION.client("sqs", endpoint_url=NOWHERE, config=ONE_ATTEMPT)
            self.sns = SESSION.client("sns", endpoint_url=NOWHERE, config=ONE_ATTEMPT)
        self.stubs = {name: Stubber(getattr(self, name)) for name in ("s3", "dynamodb", "sqs", "sns")}
        for stub in self.stubs.values():
            stub.activate()


class Setting:
    """The registry with stand-ins behind it."""

    def __init__(self) -> None:
        self.functions = FakeFunctions()
        self.machines = FakeMachines()
        self.aws = StubbedClients()
        self.tasks = Integrations(
            functions=self.functions, aws=self.aws, machines=self.machines, activities=FakeActivities()
        )

    def call(self, resource: str, parameters: Any, timeout: float | None = None) -> Any:
        """Call a resource: an ARN, or the part after `arn:aws:states:::`."""
        return self.tasks.call(request(resource, parameters, timeout))

    def faults(self, resource: str, parameters: Any = None) -> list[str]:
        """Return the faults of a Task."""
        return list(self.tasks.problems(arn(resource), parameters))


def arn(resource: str) -> str:
    """Return a resource's ARN."""
    return resource if resource.startswith("arn:") else f"arn:aws:states:::{resource}"


def request(resource: str, parameters: Any, timeout: float | None = None) -> TaskRequest:
    """Return the request of a Task's first attempt."""
    return TaskRequest(
        resource=arn(resource),
        parameters=parameters,
        timeout=timeout,
        state="S",
        execution_arn="e",
        machine_arn="machine",
        attempt=1,
    )


def without_metadata(result: dict[str, Any]) -> dict[str, Any]:
    """Return a result without what the SDK adds."""
    return {name: value for name, value in result.items() if not name.startswith("Sdk")}

"""An endpoint in front of the session's moto, with a few operations of our own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.config import Config

from simulator.aws.endpoint.endpoint import Endpoint
from simulator.aws.endpoint.object_created import ObjectCreated
from simulator.aws.endpoint.service_api import ServiceApi
from simulator.aws.engine.environment import REGION
from simulator.aws.errors import ApiError
from tests.integration.conftest import Aws

ARN = "arn:aws:states:ap-northeast-1:123456789012:stateMachine:m"


@dataclass(slots=True)
class Served:
    """An endpoint of one test.

    `created` has the objects it told of. `fail` makes telling of an object fail. `wait_for` is passed to slow calls.
    """

    aws: Aws
    created: list[ObjectCreated] = field(default_factory=list)
    fail: bool = False
    go_on: threading.Event = field(default_factory=threading.Event)
    left: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def client(self, service: str, region: str = REGION, **config: Any) -> Any:
        """Return a boto3 client that tries each call once."""
        core = botocore.session.Session()
        core.set_credentials("any", "thing")
        settings = Config(
            proxies={}, retries={"total_max_attempts": 1}, inject_host_prefix=False, read_timeout=20, **config
        )
        return boto3.Session(botocore_session=core, region_name=region).client(  # type: ignore[call-overload]
            service, endpoint_url=self.url, config=settings
        )

    def apis(self) -> list[ServiceApi]:
        """Return some operations of two services."""

        def start_sync(_request: dict[str, Any]) -> dict[str, Any]:
            self.go_on.wait(10)
            raise ApiError("StateMachineDoesNotExist", "State Machine Does Not Exist: 'm'")

        def list_machines(_request: dict[str, Any]) -> dict[str, Any]:
            return {"stateMachines": [], "nextToken": None}

        def invoke(request: dict[str, Any]) -> dict[str, Any]:
            if request["FunctionName"] == "busy":
                members = {"Reason": "ConcurrentInvocationLimitExceeded", "retryAfterSeconds": "7"}
                raise ApiError("TooManyRequestsException", "Rate exceeded", members=members)
            return {"StatusCode": 200, "Payload": request["Payload"] * 2, "FunctionError": "Unhandled"}

        return [
            ServiceApi("stepfunctions", {"StartSyncExecution": start_sync, "ListStateMachines": list_machines}),
            ServiceApi("lambda", {"Invoke": invoke}),
        ]

    def control(self) -> dict[str, Callable[[dict[str, Any]], Any]]:
        """Return routes of our own."""

        def echo(parameters: dict[str, Any]) -> dict[str, Any]:
            if "refuse" in parameters:
                raise ApiError("Conflict", "refused", status=409)
            return {"got": parameters}

        def lines(_parameters: dict[str, Any]) -> Iterator[dict[str, Any]]:
            try:
                for number in range(10_000):
                    yield {"number": number}
                    if number:
                        self.go_on.wait(0.02)
            finally:
                self.left.set()

        return {"echo": echo, "lines": lines}

    def take(self, created: ObjectCreated) -> None:
        """Note an object."""
        if self.fail:
            raise RuntimeError("the bus is gone")
        self.created.append(created)


@pytest.fixture
def served(aws: Aws) -> Iterator[Served]:
    """Return an endpoint in front of an emptied and provisioned moto."""
    served = Served(aws)
    with Endpoint(
        "127.0.0.1",
        0,
        apis=served.apis(),
        engine_url=aws.endpoint,
        on_object_created=served.take,
        control=served.control(),
        region=REGION,
    ) as endpoint:
        served.url = endpoint.url
        yield served
        served.go_on.set()

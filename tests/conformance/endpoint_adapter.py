"""The scorer's adapter that drives the simulator as any client does: boto3 over HTTP at the endpoint.

`python score.py --adapter tests/conformance/endpoint_adapter.py --python .venv/bin/python open` scores it. The
interpreter, the services behind it and the functions are those of `adapter.py`.
"""

from __future__ import annotations

import json
import sys
import time
import uuid
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import adapter
import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from simulator.aws.endpoint.endpoint import Endpoint
from simulator.aws.endpoint.service_api import ServiceApi
from simulator.aws.stepfunctions.api.api import StepFunctionsApi
from tests.unit.stepfunctions.kept_archive import KeptArchive

ROLE = f"arn:aws:iam::{adapter.ACCOUNT}:role/any"
NOWHERE = "http://127.0.0.1:9"


class Scene:
    """The service of the scenario that is running, behind an endpoint that stays."""

    def __init__(self) -> None:
        self._operations: dict[str, Any] = {}
        names = StepFunctionsApi(*adapter.service_with({}, KeptArchive())).operations
        api = ServiceApi("stepfunctions", {name: self._forward(name) for name in names})
        self._endpoint = Endpoint(
            "127.0.0.1", 0, apis=[api], engine_url=NOWHERE, on_object_created=lambda _object: None, control={}
        )
        self.client = boto3.Session().client(
            "stepfunctions",
            region_name=adapter.REGION,
            endpoint_url=self._endpoint.url,
            config=Config(inject_host_prefix=False, parameter_validation=False, retries={"total_max_attempts": 1}),
        )

    def _forward(self, name: str) -> Any:
        def call(members: dict[str, Any]) -> Any:
            return self._operations[name](members)

        return call

    def set(self, lambdas: dict[str, Any], setup: dict[str, Any]) -> None:
        """Begin a scenario."""
        service, archive, maps = adapter.service_with(lambdas, KeptArchive())
        adapter.prepare(setup, service)
        self._operations = StepFunctionsApi(service, archive, maps).operations


SCENE = Scene()


def run(definition: Any, data: Any, lambdas: dict[str, Any], setup: dict[str, Any]) -> dict[str, Any]:
    """Create the machine, run it, and return its end and its history."""
    SCENE.set(lambdas, setup)
    client = SCENE.client
    text = definition if isinstance(definition, str) else json.dumps(definition)
    kind = setup.get("execution_type", "STANDARD")
    try:
        machine = client.create_state_machine(name=f"sm-{uuid.uuid4()}", definition=text, roleArn=ROLE, type=kind)[
            "stateMachineArn"
        ]
    except ClientError as error:
        return {"status": "INVALID_DEFINITION", "error": _code(error), "cause": error.response["Error"]["Message"]}
    events: list[dict[str, Any]] = []
    if kind == "EXPRESS":
        ended = client.start_sync_execution(stateMachineArn=machine, input=json.dumps(data))
    else:
        arn = client.start_execution(stateMachineArn=machine, input=json.dumps(data))["executionArn"]
        while (ended := client.describe_execution(executionArn=arn))["status"] == "RUNNING":
            time.sleep(0.01)
        pages = client.get_paginator("get_execution_history").paginate(executionArn=arn, maxResults=1000)
        events = [event for page in pages for event in page["events"]]
    return {
        "status": ended["status"],
        "output": json.loads(ended["output"]) if "output" in ended else None,
        "error": ended.get("error"),
        "cause": ended.get("cause"),
        "history": [adapter.shown_event(event) for event in events],
    }


def validate(definition: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer as ValidateStateMachineDefinition."""
    SCENE.set({}, {})
    text = definition if isinstance(definition, str) else json.dumps(definition)
    kind = request.get("type", "STANDARD")
    answer = SCENE.client.validate_state_machine_definition(definition=text, type=kind)
    return {"status": answer["result"], "diagnostics": answer["diagnostics"]}


def test_state(request: dict[str, Any], lambdas: dict[str, Any], setup: dict[str, Any]) -> dict[str, Any]:
    """Answer as TestState; a refused request is REJECTED, with the error's name and words."""
    SCENE.set(lambdas, setup)
    try:
        answer = SCENE.client.test_state(**request)
    except ClientError as error:
        return {"status": "REJECTED", "error": _code(error), "cause": error.response["Error"]["Message"]}
    answer.pop("ResponseMetadata")
    output = answer.pop("output", None)
    return answer if output is None else {**answer, "output": json.loads(output)}


test_state.__test__ = False  # type: ignore[attr-defined] - pytest would take it for a test


def _code(error: ClientError) -> str:
    code: str = error.response["Error"]["Code"]
    return code

"""What the scorer of recorded AWS executions calls: the interpreter with S3, DynamoDB and functions behind it.

`python score.py --adapter tests/conformance/adapter.py --python .venv/bin/python open` scores it.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import uuid
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from simulator.aws.engine.environment import without_aws  # noqa: E402 - after the path

for _name in os.environ.keys() - without_aws(os.environ).keys():
    del os.environ[_name]
os.environ |= {"MOTO_ACCOUNT_ID": "111111111111", "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}

import behaviours  # type: ignore[import-not-found]  # noqa: E402 - the scorer puts its folder on the path
import boto3  # noqa: E402 - after the environment
from moto import mock_aws  # noqa: E402

from simulator.aws.asl.definition.fields import InvalidDefinition  # noqa: E402
from simulator.aws.asl.runtime.clock import SkippingClock  # noqa: E402
from simulator.aws.asl.runtime.listener import SilentListener  # noqa: E402
from simulator.aws.errors import ApiError  # noqa: E402
from simulator.aws.lambda_runtime.errors import (  # noqa: E402
    CallerTimeout,
    InvalidRequestContentException,
    ResourceNotFoundException,
)
from simulator.aws.lambda_runtime.payloads import decode_event  # noqa: E402
from simulator.aws.map_run.map_run import LocalMapRuns  # noqa: E402
from simulator.aws.map_run.object_store import S3ObjectStore  # noqa: E402
from simulator.aws.stepfunctions.api.api import StepFunctionsApi  # noqa: E402
from simulator.aws.stepfunctions.archive import EmptyArchive  # noqa: E402
from simulator.aws.stepfunctions.service import StepFunctions  # noqa: E402

REGION, ACCOUNT = "us-east-1", "111111111111"
FUNCTIONS = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:"
Kept = TypeVar("Kept", bound=SilentListener)
_MOCK = mock_aws()
_MOCK.start()
AWS = SimpleNamespace(**{name: boto3.client(name, region_name=REGION) for name in ("s3", "dynamodb", "sqs", "sns")})  # type: ignore[call-overload]


class RecordedFunctions:
    """Functions that behave as a scenario says."""

    def __init__(self, specs: dict[str, Any], clock: SkippingClock) -> None:
        self._specs = specs
        self._clock = clock
        self._by_name = {spec["name"]: spec for spec in specs.values()}

    def invoke(self, function: str, payload: bytes, *, timeout: float | None = None) -> Any:
        """Answer as the recorded function did; a sleep longer than the caller waits takes no time."""
        spec = self._specs.get(function.removesuffix(":$LATEST")) or self._by_name.get(function.rpartition(":")[2])
        if spec is None:
            named = function if function.startswith("arn:") else f"{FUNCTIONS}{function}"
            raise ResourceNotFoundException(f"Function not found: {named}:$LATEST")
        if spec["behaviour"] == "sleep" and timeout is not None and spec["seconds"] > timeout:
            self._clock.sleep(timeout, threading.Event())
            raise CallerTimeout(function)
        try:
            event = decode_event(payload)
        except ValueError as error:
            raise InvalidRequestContentException(f"Could not parse request body into json: {error}") from error
        try:
            answer = behaviours.call(spec, event)
        except behaviours.LambdaError as error:
            return _invoked(error.payload(), "Unhandled")
        return _invoked(answer, None)


def _invoked(answer: Any, error: str | None) -> Any:
    text = json.dumps(answer, ensure_ascii=False).encode()
    return SimpleNamespace(payload=text, function_error=error, request_id=str(uuid.uuid4()), executed_version="$LATEST")


class Events(SilentListener):
    """Keeps the events of each execution."""

    def __init__(self) -> None:
        self.by_arn: dict[str, list[dict[str, Any]]] = {}

    def history_event(self, execution_arn: str, event: dict[str, Any]) -> None:
        """Keep one."""
        self.by_arn.setdefault(execution_arn, []).append(event)


def service_with(lambdas: dict[str, Any], listener: Kept) -> tuple[StepFunctions, Kept, LocalMapRuns]:
    """Return a service with a scenario's functions, with its listener and its Map Runs."""
    clock = SkippingClock()
    maps = LocalMapRuns(S3ObjectStore(AWS.s3), listener, lambda _name: None)
    service = StepFunctions(
        region=REGION,
        account=ACCOUNT,
        clock=clock,
        listener=listener,
        functions=RecordedFunctions(lambdas, clock),
        aws=AWS,
        maps=maps,
    )
    service.offer("stepfunctions", StepFunctionsApi(service, EmptyArchive(), maps).operations)
    return service, listener, maps


def _service(lambdas: dict[str, Any], listener: Events) -> StepFunctions:
    return service_with(lambdas, listener)[0]


def prepare(setup: dict[str, Any], service: StepFunctions) -> None:
    """Make what a scenario needs to exist beforehand."""
    if any(setup.get(kind) for kind in ("s3_buckets", "s3_objects", "dynamodb_tables")):
        _MOCK.reset()
    for bucket in setup.get("s3_buckets", []):
        AWS.s3.create_bucket(Bucket=bucket)
    for stored in setup.get("s3_objects", []):
        AWS.s3.put_object(Bucket=stored["bucket"], Key=stored["key"], Body=stored["body"].encode())
    for table in setup.get("dynamodb_tables", []):
        AWS.dynamodb.create_table(
            TableName=table["table"],
            KeySchema=[{"AttributeName": table["partition_key"], "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": table["partition_key"], "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    for machine in setup.get("state_machines", []):
        service.create_state_machine(
            name=machine["name"], definition=json.dumps(machine["definition"]), kind="STANDARD"
        )


def run(definition: Any, data: Any, lambdas: dict[str, Any], setup: dict[str, Any]) -> dict[str, Any]:
    """Create the machine, run it, and return its end and its history."""
    events = Events()
    service = _service(lambdas, events)
    prepare(setup, service)
    text = definition if isinstance(definition, str) else json.dumps(definition)
    kind = setup.get("execution_type", "STANDARD")
    try:
        arn = service.create_state_machine(name=f"sm-{uuid.uuid4()}", definition=text, kind=kind)
    except InvalidDefinition as error:
        return {"status": "INVALID_DEFINITION", "error": "InvalidDefinition", "cause": error.aws_message}
    running = service.start_execution(arn, input_text=json.dumps(data))
    running.wait()
    info = running.info
    history = [shown_event(event) for event in events.by_arn.get(running.arn, [])]
    return {
        "status": info.status,
        "output": info.output,
        "error": info.error,
        "cause": info.cause,
        "history": history,
    }


def shown_event(event: dict[str, Any]) -> dict[str, Any]:
    """Return an event as the scorer compares it."""
    details = next((value for key, value in event.items() if key.endswith("EventDetails")), {})
    shown: dict[str, Any] = {"type": event["type"], **details}
    for field in ("input", "output"):
        if field in shown:
            shown[field] = json.loads(shown[field])
    return shown


def validate(definition: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer as ValidateStateMachineDefinition."""
    text = definition if isinstance(definition, str) else json.dumps(definition)
    service = _service({}, Events())
    try:
        service.create_state_machine(name="validated", definition=text, kind=request.get("type", "STANDARD"))
    except InvalidDefinition as error:
        diagnostics = [
            {
                "code": problem.code,
                "location": problem.pointer,
                "message": problem.aws_message,
                "severity": "ERROR",
            }
            for problem in error.problems
        ]
        return {"status": "FAIL", "diagnostics": diagnostics}
    return {"status": "OK", "diagnostics": []}


def test_state(request: dict[str, Any], lambdas: dict[str, Any], setup: dict[str, Any]) -> dict[str, Any]:
    """Answer as TestState; a refused request is REJECTED, with the error's name and words."""
    service = _service(lambdas, Events())
    prepare(setup, service)
    try:
        answer = service.test_state(request)
    except InvalidDefinition as error:
        return {"status": "REJECTED", "error": "InvalidDefinition", "cause": error.aws_message}
    except ApiError as error:
        return {"status": "REJECTED", "error": error.name, "cause": error.message}
    output = answer.pop("output", None)
    return answer if output is None else {**answer, "output": json.loads(output)}


test_state.__test__ = False  # type: ignore[attr-defined] - pytest would take it for a test

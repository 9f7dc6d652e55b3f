"""Lambda's API over real execution environments."""

from __future__ import annotations

import base64
import json
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from simulator.aws.errors import ApiError
from simulator.aws.lambda_runtime.api import LambdaApi
from simulator.aws.lambda_runtime.asynchronous import AsynchronousInvocations
from simulator.aws.lambda_runtime.function_config import FunctionConfig
from simulator.aws.lambda_runtime.lambda_service import LambdaService
from tests.unit.called_as_boto3 import Caller

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ARN = "arn:aws:lambda:ap-northeast-1:123456789012:function"
SOURCE = """
import json, threading
calls = []
def handle(event, context):
    print("hello", event)
    print(json.dumps({"level": "INFO"}))
    if event == "fail":
        raise KeyError("no")
    if event == "context":
        return {"custom": context.client_context.custom, "app": context.client_context.client.app_title}
    return event
"""


class Lambda:
    """The API over functions that all have one source."""

    def __init__(self, root: Path, names: tuple[str, ...]) -> None:
        (root / "code.py").write_text(SOURCE)
        self.records: list[dict[str, Any]] = []
        self.service = LambdaService(
            [
                FunctionConfig(name=name, handler="code.handle", timeout_seconds=5, reserved_concurrency=index or None)
                for index, name in enumerate(names)
            ],
            task_root=root,
            variables=lambda _config, _name: {},
            log_sink=self.records.append,
        )
        self.queue = AsynchronousInvocations(self.service, waits=(0.05, 0.1))
        self.call = Caller(
            "lambda",
            LambdaApi(self.service, self.queue, lambda one: f"arn:aws:iam::123456789012:role/{one.name}").operations,
        )

    def refused(self, operation: str, **request: Any) -> ApiError:
        """Return the error that a call is refused with."""
        with pytest.raises(ApiError) as raised:
            self.call(operation, **request)
        return raised.value


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Lambda]:
    """Serve the functions f0 ... f2."""
    made = Lambda(tmp_path, ("f0", "f1", "f2"))
    yield made
    made.queue.close()
    made.service.close()


@pytest.mark.parametrize(
    "name", ["f0", f"{ARN}:f0", "123456789012:function:f0", f"{ARN}:f0:$LATEST", "f0:$LATEST", "function:f0"]
)
def test_a_function_is_invoked_by_every_form_of_its_name(cloud: Lambda, name: str) -> None:
    """Name, partial ARN and ARN, with the qualifier or without."""
    answer = cloud.call("Invoke", FunctionName=name, Payload=b'{"a": 1}')
    assert answer == {"StatusCode": 200, "ExecutedVersion": "$LATEST", "Payload": b'{"a": 1}'}


def test_the_tail_of_the_log_comes_back_as_cloudwatch_would_have_it(tmp_path: Path) -> None:
    """With the platform's lines, and 4 KB at the most."""
    cloud = Lambda(tmp_path, ("f0",))  # not by the fixture: pytest gives the test a stdout of its own
    answer = cloud.call("Invoke", FunctionName="f0", Payload=b"1", LogType="Tail")
    lines = base64.b64decode(answer["LogResult"]).decode().splitlines()
    assert lines[0].startswith("START RequestId: ")
    assert lines[1:3] == ["hello 1", '{"level":"INFO"}']
    assert lines[-1].startswith("REPORT RequestId: ")
    long = cloud.call("Invoke", FunctionName="f0", Payload=json.dumps("x" * 9000).encode(), LogType="Tail")
    assert len(base64.b64decode(long["LogResult"])) == 4096
    assert "LogResult" not in cloud.call("Invoke", FunctionName="f0", LogType="None")
    cloud.service.close()


def test_a_function_that_fails_is_an_answer_with_the_error(cloud: Lambda) -> None:
    """Status 200, FunctionError, and the runtime's payload."""
    answer = cloud.call("Invoke", FunctionName="f0", Payload=b'"fail"')
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert json.loads(answer["Payload"])["errorType"] == "KeyError"


@pytest.mark.parametrize(
    ("request_", "name", "status", "words"),
    [
        ({"FunctionName": "nope"}, "ResourceNotFoundException", 404, f"Function not found: {ARN}:nope:$LATEST"),
        ({"FunctionName": "f0", "Qualifier": "7"}, "ResourceNotFoundException", 404, f"not found: {ARN}:f0:7"),
        ({"FunctionName": "f0:live"}, "ResourceNotFoundException", 404, f"Function not found: {ARN}:f0:live"),
        (
            {"FunctionName": "f0:1", "Qualifier": "2"},
            "InvalidParameterValueException",
            400,
            "The derived qualifier from the function name does not match the specified qualifier.",
        ),
        (
            {"FunctionName": ARN.replace("ap-northeast-1", "us-east-1") + ":f0"},
            "ResourceNotFoundException",
            404,
            "Functions from 'us-east-1' are not reachable in this region ('ap-northeast-1')",
        ),
        ({"FunctionName": "f0", "Payload": b"{"}, "InvalidRequestContentException", 400, "Could not parse request"),
        (
            {"FunctionName": "f0", "Payload": b'"' + b"x" * 6_291_455 + b'"'},
            "RequestTooLargeException",
            413,
            "6291457 byte payload is too large for the RequestResponse invocation type (limit 6291456 bytes)",
        ),
        (
            {"FunctionName": "f0", "InvocationType": "Event", "Payload": b'"' + b"x" * 1_048_575 + b'"'},
            "RequestTooLargeException",
            413,
            "1048577 byte payload is too large for the Event invocation type (limit 1048576 bytes)",
        ),
        ({"FunctionName": "f0", "ClientContext": "!"}, "InvalidRequestContentException", 400, "Client context must"),
        ({"FunctionName": "nope", "InvocationType": "DryRun"}, "ResourceNotFoundException", 404, "nope"),
    ],
)
def test_calls_that_lambda_refuses(cloud: Lambda, request_: Any, name: str, status: int, words: str) -> None:
    """By the API's names, statuses and words."""
    error = cloud.refused("Invoke", **request_)
    assert (error.name, error.status) == (name, status)
    assert words in error.message


def test_a_throttled_invocation_is_refused_with_429(tmp_path: Path) -> None:
    """The function has all environments that it may have, and they are busy."""
    one = Lambda(tmp_path, ("f0", "f1"))
    (tmp_path / "code.py").write_text("import time\ndef handle(event, context):\n    time.sleep(0.5)\n")
    busy = threading.Thread(target=lambda: one.call("Invoke", FunctionName="f1"))
    busy.start()
    time.sleep(0.2)
    error = one.refused("Invoke", FunctionName="f1")
    busy.join()
    one.service.close()
    assert (error.name, error.status, error.message) == ("TooManyRequestsException", 429, "Rate Exceeded.")


def test_a_dry_run_runs_nothing(cloud: Lambda) -> None:
    """204, and no line in the log."""
    assert cloud.call("Invoke", FunctionName="f0", InvocationType="DryRun") == {"StatusCode": 204}
    assert cloud.records == []


def test_an_event_is_taken_at_once_and_tried_three_times_with_one_id(cloud: Lambda) -> None:
    """As Lambda retries an asynchronous invocation whose function fails; one that succeeds runs once."""
    assert cloud.call("Invoke", FunctionName="f0", InvocationType="Event", Payload=b'"fail"')["StatusCode"] == 202
    cloud.call("Invoke", FunctionName="f1", InvocationType="Event", Payload=b'"fine"')
    deadline = time.monotonic() + 5
    while len(_starts(cloud, "f0")) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.2)
    assert len(_starts(cloud, "f0")) == 3
    assert len({record["requestId"] for record in _starts(cloud, "f0")}) == 1
    assert len(_starts(cloud, "f1")) == 1


def _starts(cloud: Lambda, function: str) -> list[dict[str, Any]]:
    return [
        record
        for record in list(cloud.records)
        if record["function"] == function and str(record["message"]).startswith("START")
    ]


def test_the_handler_sees_the_client_context(cloud: Lambda) -> None:
    """Decoded, as the Python runtime gives it."""
    text = json.dumps({"custom": {"a": "b"}, "client": {"app_title": "t"}})
    answer = cloud.call(
        "Invoke", FunctionName="f0", Payload=b'"context"', ClientContext=base64.b64encode(text.encode()).decode()
    )
    assert json.loads(answer["Payload"]) == {"custom": {"a": "b"}, "app": "t"}


def test_functions_are_listed_in_pages(cloud: Lambda) -> None:
    """By name; the marker leads on, and a made-up one is refused."""
    first = cloud.call("ListFunctions", MaxItems=2)
    second = cloud.call("ListFunctions", MaxItems=2, Marker=first["NextMarker"])
    assert [one["FunctionName"] for one in first["Functions"] + second["Functions"]] == ["f0", "f1", "f2"]
    assert "NextMarker" not in second
    assert cloud.refused("ListFunctions", Marker="zz").name == "InvalidParameterValueException"
    [every, *_] = cloud.call("ListFunctions", FunctionVersion="ALL")["Functions"]
    assert every["FunctionArn"] == f"{ARN}:f0:$LATEST"


def test_a_function_is_described_and_its_hash_follows_its_code(cloud: Lambda, tmp_path: Path) -> None:
    """What waiters look at, and a CodeSha256 that changes with the file."""
    before = cloud.call("GetFunction", FunctionName="f1")
    assert before["Configuration"]["FunctionArn"] == f"{ARN}:f1"
    assert (before["Configuration"]["State"], before["Configuration"]["LastUpdateStatus"]) == ("Active", "Successful")
    assert before["Concurrency"] == {"ReservedConcurrentExecutions": 1}
    (tmp_path / "code.py").write_text(SOURCE + "\n# changed\n")
    after = cloud.call("GetFunctionConfiguration", FunctionName="f1", Qualifier="$LATEST")
    assert after["FunctionArn"] == f"{ARN}:f1:$LATEST"
    assert after["CodeSha256"] != before["Configuration"]["CodeSha256"]
    assert after["CodeSize"] == (tmp_path / "code.py").stat().st_size
    error = cloud.refused("GetFunction", FunctionName="nope")
    assert (error.name, error.status, error.message) == (
        "ResourceNotFoundException",
        404,
        f"Function not found: {ARN}:nope",
    )

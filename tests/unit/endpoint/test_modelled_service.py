"""From an HTTP request to an operation, and back."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from botocore.parsers import QueryParser
from multidict import CIMultiDict

from simulator.aws.endpoint.answering.identity import identity_api
from simulator.aws.endpoint.service_api import ServiceApi
from simulator.aws.endpoint.wire.message import WireAnswer, WireRequest
from simulator.aws.endpoint.wire.modelled_service import ModelledService
from simulator.aws.errors import ApiError
from simulator.aws.integrations.shapes.api_model import service_model

ARN = "arn:aws:lambda:ap-northeast-1:123456789012:function:f"


def _service(service: str, **operations: Any) -> ModelledService:
    return ModelledService(ServiceApi(service, operations))


def _call(service: ModelledService, operation: str, body: bytes = b"{}") -> tuple[WireAnswer, Any]:
    headers = CIMultiDict({"x-amz-target": f"{service.target_prefix}.{operation}"})
    answer = service.answer(WireRequest("POST", "/", "", headers, body))
    return answer, json.loads(answer.body)


def _rest(service: ModelledService, method: str, path: str, query: str = "", body: bytes = b"", **headers: str) -> Any:
    named = CIMultiDict({name.replace("_", "-"): value for name, value in headers.items()})
    return service.answer(WireRequest(method, path, query, named, body))


def _raise(error: Exception) -> Any:
    raise error


def test_an_answer_has_the_models_form() -> None:
    """Times are seconds, members that are None are left out."""
    started = datetime(2026, 11, 28, 1, 2, 3, 456789, tzinfo=UTC)
    service = _service("stepfunctions", StartExecution=lambda r: {"executionArn": r["name"], "startDate": started})
    answer, body = _call(service, "StartExecution", b'{"stateMachineArn": "a", "name": "n"}')
    assert (answer.status, body) == (200, {"executionArn": "n", "startDate": 1795827723.457})
    assert answer.headers["Content-Type"] == "application/x-amz-json-1.0"
    assert answer.headers["x-amzn-RequestId"]


def test_an_error_has_the_status_of_its_shape() -> None:
    """And the members that the operation gives it."""
    error = ApiError("ResourceNotFoundException", "no rule", status=499)
    _, body = _call(_service("events", DescribeRule=lambda _r: _raise(error)), "DescribeRule", b'{"Name": "x"}')
    assert body == {"__type": "ResourceNotFoundException", "message": "no rule"}
    gone = ApiError("ResourceNotFoundException", "no function")
    service = _service("lambda", GetFunction=lambda _r: _raise(gone))
    answer = _rest(service, "GET", "/2015-03-31/functions/f")
    assert answer.status == 404
    assert json.loads(answer.body) == {"Message": "no function", "Type": "User"}
    assert answer.headers["x-amzn-ErrorType"] == "ResourceNotFoundException"


def test_an_error_that_the_model_does_not_name_keeps_its_status() -> None:
    """ValidationException of Step Functions is one."""
    error = ApiError("Odd", "odd", status=418, members={"resourceName": "r"})
    answer, body = _call(_service("stepfunctions", ListStateMachines=lambda _r: _raise(error)), "ListStateMachines")
    assert (answer.status, body) == (418, {"__type": "Odd", "message": "odd", "resourceName": "r"})


def test_members_come_from_path_query_headers_and_body() -> None:
    """An ARN in the path is percent-encoded or not."""
    seen: list[dict[str, Any]] = []

    def invoke(request: dict[str, Any]) -> dict[str, Any]:
        seen.append(request)
        return {"StatusCode": 202, "FunctionError": "Unhandled", "Payload": b'{"a": 1}', "LogResult": None}

    service = _service("lambda", Invoke=invoke)
    for path in (ARN, quote(ARN, safe="")):
        answer = _rest(
            service,
            "POST",
            f"/2015-03-31/functions/{path}/invocations",
            "Qualifier=%24LATEST",
            b"\x00payload",
            X_Amz_Invocation_Type="Event",
        )
        assert (answer.status, answer.body) == (202, b'{"a": 1}')
        assert answer.headers["X-Amz-Function-Error"] == "Unhandled"
        assert "X-Amz-Log-Result" not in answer.headers
    assert seen == 2 * [
        {
            "FunctionName": ARN,
            "Qualifier": "$LATEST",
            "InvocationType": "Event",
            "Payload": b"\x00payload",
        }
    ]


def test_of_two_paths_the_more_literal_one_is_taken() -> None:
    """`/functions/f/configuration` is not the function `f/configuration`."""
    service = _service(
        "lambda",
        GetFunctionConfiguration=lambda r: {"FunctionName": r["FunctionName"]},
        ListFunctions=lambda r: {"NextMarker": str(r["MaxItems"])},
    )
    answer = _rest(service, "GET", "/2015-03-31/functions/f/configuration")
    assert json.loads(answer.body) == {"FunctionName": "f"}
    for path in ("/2015-03-31/functions/", "/2015-03-31/functions"):
        assert json.loads(_rest(service, "GET", path, "MaxItems=7").body) == {"NextMarker": "7"}
    assert _rest(service, "GET", "/2015-03-31/nothing").status == 404
    assert _rest(service, "GET", "/2015-03-31/functions", "MaxItems=x").status == 400


def test_what_is_not_simulated_is_named() -> None:
    """With what is; an operation that AWS does not have either is another error."""
    service = _service("stepfunctions", ListStateMachines=lambda _r: {"stateMachines": []})
    answer, body = _call(service, "CreateActivity")
    assert (answer.status, body["__type"]) == (501, "NotImplemented")
    assert body["message"] == (
        "states:CreateActivity is not simulated. Of states the local cloud has ListStateMachines."
    )
    answer, body = _call(service, "Nonsense")
    assert (answer.status, body["__type"]) == (404, "UnknownOperationException")


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 100_000, b"NaN", b'{"maxResults": 1e999}'])
def test_a_body_that_is_not_json_is_refused(body: bytes) -> None:
    """Without a traceback."""
    answer, error = _call(_service("stepfunctions", ListStateMachines=lambda _r: {}), "ListStateMachines", body)
    assert (answer.status, error["__type"]) == (400, "SerializationException")


@pytest.mark.parametrize("answer", [{"unknown": 1}, None])
def test_a_failure_of_ours_is_logged_and_hidden(answer: Any, caplog: pytest.LogCaptureFixture) -> None:
    """A member that the API does not have is one."""
    with caplog.at_level(logging.ERROR):
        found, body = _call(_service("stepfunctions", ListStateMachines=lambda _r: answer), "ListStateMachines")
    assert (found.status, body["__type"]) == (500, "InternalFailure")
    assert "Traceback" in caplog.text
    assert "Traceback" not in str(body)


def test_half_a_surrogate_pair_and_large_numbers_are_written() -> None:
    """AWS passes on what it was given."""
    service = _service("stepfunctions", GetActivityTask=lambda _r: {"input": "\ud800"})
    answer, _ = _call(service, "GetActivityTask", b'{"activityArn": "a"}')
    assert answer.body == b'{"input":"\\ud800"}'


def test_the_query_protocol_answers_xml() -> None:
    """STS speaks it."""
    service = ModelledService(identity_api("123456789012"))
    answer = service.answer(WireRequest("POST", "/", "", {}, b"Action=GetCallerIdentity&Version=2011-06-15"))
    assert answer.status == 200
    assert b"<Account>123456789012</Account>" in answer.body
    refused = service.answer(WireRequest("GET", "/", "Action=GetSessionToken", {}, b""))
    assert refused.status == 501
    assert b"<Code>NotImplemented</Code><Message>sts:GetSessionToken is not simulated." in refused.body


def test_an_operation_that_aws_does_not_have_is_an_error_at_the_start() -> None:
    """As is a service."""
    with pytest.raises(LookupError, match="ListNonsense"):
        _service("stepfunctions", ListNonsense=lambda _r: {})
    with pytest.raises(LookupError, match="nonsense"):
        _service("nonsense")


def test_the_query_protocol_writes_lists_and_structures() -> None:
    """As CloudFormation's client reads them."""
    when = datetime(2026, 11, 28, 1, 2, 3, 456000, tzinfo=UTC)
    stack = {
        "StackName": "s",
        "CreationTime": when,
        "StackStatus": "CREATE_COMPLETE",
        "DisableRollback": False,
        "Outputs": [{"OutputKey": "A", "OutputValue": "<1&2>"}, {"OutputKey": "B", "OutputValue": "2"}],
    }
    service = _service("cloudformation", DescribeStacks=lambda _r: {"Stacks": [stack], "NextToken": None})
    form = b"Action=DescribeStacks&Version=2010-05-15&StackName=s"
    answer = service.answer(WireRequest("POST", "/", "", CIMultiDict(), form))
    shape = service_model("cloudformation").operation_model("DescribeStacks").output_shape
    read = QueryParser().parse({"status_code": answer.status, "headers": {}, "body": answer.body}, shape)
    assert read["Stacks"] == [stack]

"""Functions called by their ARN and through lambda:invoke."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.aws.asl.errors import StateError
from simulator.aws.errors import ApiError
from simulator.aws.lambda_runtime.errors import (
    CallerTimeout,
    InvalidRequestContentException,
    ResourceNotFoundException,
    TooManyRequestsException,
)
from tests.unit.integrations.fakes import FUNCTION, Answer, Setting, without_metadata

RAISED = b'{"errorMessage": "\xe3\x83\xa6", "errorType": "UserNotFoundError", "requestId": "r", "stackTrace": []}'


@pytest.fixture
def setting() -> Setting:
    """Return a registry with stand-ins."""
    return Setting()


def failure(setting: Setting, resource: str, parameters: Any = None) -> StateError:
    """Return the error of a call that must fail."""
    with pytest.raises(StateError) as failed:
        setting.call(resource, parameters if parameters is not None else {"FunctionName": FUNCTION})
    return failed.value


@pytest.mark.parametrize("value", [{"k": "値"}, [], "text", 0, 0.0, False, None])
def test_a_function_is_given_the_input_and_its_answer_is_the_result(setting: Setting, value: Any) -> None:
    """Any JSON value, both ways; the Task's timeout goes along."""
    setting.functions.answer = Answer(json.dumps(value).encode())
    assert setting.call(FUNCTION, value, 15) == value
    [(function, payload, timeout)] = setting.functions.calls
    assert (function, json.loads(payload), timeout) == (FUNCTION, value, 15)


def test_invoke_gives_the_answer_under_payload_with_metadata_beside_it(setting: Setting) -> None:
    """In AWS's spelling."""
    setting.functions.answer = Answer(b'{"a": [1]}')
    result = setting.call("lambda:invoke", {"FunctionName": FUNCTION, "Payload": {"x": "y"}})
    assert setting.functions.calls == [(FUNCTION, b'{"x":"y"}', None)]
    assert without_metadata(result) == {"ExecutedVersion": "$LATEST", "Payload": {"a": [1]}, "StatusCode": 200}
    assert result["SdkResponseMetadata"] == {"RequestId": "req-1"}
    http = result["SdkHttpMetadata"]
    assert http["HttpStatusCode"] == 200
    assert http["AllHttpHeaders"] == {name: [value] for name, value in http["HttpHeaders"].items()}
    assert http["HttpHeaders"]["X-Amz-Executed-Version"] == "$LATEST"
    assert http["HttpHeaders"]["Content-Length"] == "10"


@pytest.mark.parametrize("parameters", [{"Payload": None}, {}])
def test_invoke_without_a_payload_sends_an_empty_one(setting: Setting, parameters: dict[str, Any]) -> None:
    """Recorded: the function then gets {}."""
    setting.call("lambda:invoke", {"FunctionName": "f", **parameters})
    assert setting.functions.calls[0][1] == b""


@pytest.mark.parametrize("resource", ["lambda:invoke", "aws-sdk:lambda:invoke"])
@pytest.mark.parametrize(
    ("payload", "sent"),
    [
        ('{"city":"Ube"}', b'{"city":"Ube"}'),
        ("12", b"12"),
        ('"quoted"', b'"quoted"'),
        ("text", b"text"),
        ("値", "値".encode()),
        (" [1] ", b" [1] "),
        ("", b""),
        (12, b"12"),
        (False, b"false"),
        ([], b"[]"),
        ({"a": "1"}, b'{"a":"1"}'),
    ],
)
def test_a_string_payload_is_the_body_itself_and_any_other_value_is_sent_as_json(
    setting: Setting, resource: str, payload: Any, sent: bytes
) -> None:
    """Recorded on AWS: what `States.JsonToString($)` makes of an object reaches the function as the object."""
    setting.call(resource, {"FunctionName": "f", "Payload": payload})
    assert setting.functions.calls[0][1] == sent


@pytest.mark.parametrize(
    ("resource", "service"), [("lambda:invoke", "AWSLambda;"), ("aws-sdk:lambda:invoke", "Lambda,")]
)
def test_a_payload_that_lambda_cannot_read_has_lambdas_error(setting: Setting, resource: str, service: str) -> None:
    """A string that is not JSON is refused by Lambda, not by Step Functions."""
    setting.functions.answer = InvalidRequestContentException("Could not parse request body into json: x", "r1")
    error = failure(setting, resource, {"FunctionName": "f", "Payload": "text"})
    assert error.error == "Lambda.InvalidRequestContentException"
    assert str(error.cause).startswith(
        f"Could not parse request body into json: x (Service: {service} Status Code: 400"
    )


def test_the_sdk_integration_answers_as_lambdas_api_does(setting: Setting) -> None:
    """The Payload is text, and there is no metadata beside it."""
    setting.functions.answer = Answer(b'{"a": [1]}')
    assert setting.call("aws-sdk:lambda:invoke", {"FunctionName": "f", "Payload": {}}) == {
        "ExecutedVersion": "$LATEST",
        "Payload": '{"a": [1]}',
        "StatusCode": 200,
    }


def test_a_function_that_fails_does_not_fail_a_task_of_the_sdk_integration(setting: Setting) -> None:
    """The API's call has succeeded: FunctionError says that the function has not."""
    setting.functions.answer = Answer(RAISED, "Unhandled")
    assert setting.call("aws-sdk:lambda:invoke", {"FunctionName": "f"}) == {
        "ExecutedVersion": "$LATEST",
        "FunctionError": "Unhandled",
        "Payload": RAISED.decode(),
        "StatusCode": 200,
    }


def test_an_error_of_the_sdk_integration_tells_the_attempts(setting: Setting) -> None:
    """Recorded on AWS since November 2025."""
    setting.functions.answer = ResourceNotFoundException(f"Function not found: {FUNCTION}:$LATEST", "r1")
    error = failure(setting, "aws-sdk:lambda:invoke")
    assert (error.error, error.cause) == (
        "Lambda.ResourceNotFoundException",
        (
            f"Function not found: {FUNCTION}:$LATEST (Service: Lambda, Status Code: 404, Request ID: r1) "
            "(SDK Attempt Count: 1)"
        ),
    )


@pytest.mark.parametrize(
    ("parameters", "function"),
    [
        ({"FunctionName": "f", "Qualifier": "$LATEST"}, "f"),
        ({"FunctionName": f"{FUNCTION}:$LATEST"}, FUNCTION),
        ({"FunctionName": "f", "Qualifier": "live"}, "f:live"),
    ],
)
def test_a_qualifier_is_part_of_the_functions_name(setting: Setting, parameters: dict[str, Any], function: str) -> None:
    """`$LATEST` is what is called anyway."""
    setting.call("lambda:invoke", parameters)
    assert setting.functions.calls[0][0] == function


def test_a_log_tail_is_given_where_it_is_asked_for(setting: Setting) -> None:
    """Base64, as Invoke answers it."""
    assert "LogResult" in setting.call("lambda:invoke", {"FunctionName": "f", "LogType": "Tail"})
    assert "LogResult" not in setting.call("lambda:invoke", {"FunctionName": "f"})


def test_an_exception_is_the_tasks_error_with_the_runtimes_own_text(setting: Setting) -> None:
    """The text stays as it is where the function is called by its ARN."""
    setting.functions.answer = Answer(RAISED, "Unhandled")
    error = failure(setting, FUNCTION)
    assert (error.error, error.cause) == ("UserNotFoundError", RAISED.decode())


def test_invoke_writes_the_exceptions_text_anew_without_spaces(setting: Setting) -> None:
    """Recorded: compact JSON, non-ASCII letters as they are."""
    setting.functions.answer = Answer(RAISED, "Unhandled")
    error = failure(setting, "lambda:invoke")
    assert error.error == "UserNotFoundError"
    assert error.cause == '{"errorMessage":"ユ","errorType":"UserNotFoundError","requestId":"r","stackTrace":[]}'


@pytest.mark.parametrize("resource", [FUNCTION, "lambda:invoke"])
@pytest.mark.parametrize("payload", [b'{"errorMessage": "x"}', b"Killed", b"[]", b'{"errorType": ""}'])
def test_a_failure_without_a_type_is_lambda_unknown(setting: Setting, resource: str, payload: bytes) -> None:
    """As for an environment that ran out of memory."""
    setting.functions.answer = Answer(payload, "Unhandled")
    error = failure(setting, resource)
    assert error.error == "Lambda.Unknown"
    assert error.cause is not None
    assert error.cause.endswith(f"Lambda did not return an error type. Returned payload: {payload.decode()}")


@pytest.mark.parametrize("resource", [FUNCTION, "lambda:invoke"])
def test_what_lambda_refuses_has_its_name_and_aws_words(setting: Setting, resource: str) -> None:
    """Name after `Lambda.`, service, status, code and request in the cause."""
    setting.functions.answer = ResourceNotFoundException(f"Function not found: {FUNCTION}:$LATEST", "r1")
    error = failure(setting, resource)
    assert (error.error, error.cause) == (
        "Lambda.ResourceNotFoundException",
        (
            f"Function not found: {FUNCTION}:$LATEST (Service: AWSLambda; Status Code: 404; "
            "Error Code: ResourceNotFoundException; Request ID: r1; Proxy: null)"
        ),
    )
    setting.functions.answer = TooManyRequestsException("Rate Exceeded.")
    assert failure(setting, resource).error == "Lambda.TooManyRequestsException"


@pytest.mark.parametrize("resource", [FUNCTION, "lambda:invoke"])
def test_a_function_that_takes_longer_than_the_task_has_is_a_timeout_without_a_cause(
    setting: Setting, resource: str
) -> None:
    """States.Timeout; the function's own timeout is another error."""
    setting.functions.answer = CallerTimeout("late")
    error = failure(setting, resource)
    assert (error.error, error.cause) == ("States.Timeout", None)


def test_an_answer_that_is_no_json_fails_the_direct_call_and_is_text_in_invokes_payload(setting: Setting) -> None:
    """NaN is what Python's json makes of one."""
    setting.functions.answer = Answer(b"NaN")
    assert failure(setting, FUNCTION).error == "Lambda.Unknown"
    assert setting.call("lambda:invoke", {"FunctionName": "f"})["Payload"] == "NaN"


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"FunctionName": 5}, "The value for the field 'FunctionName' must be a STRING"),
        ({"FunctionName": "f", "Function": "g"}, "The field 'Function' is not supported by Step Functions"),
        ({"FunctionName": "f", "ClientContext": "e30="}, "The field 'ClientContext' is not simulated"),
        ({"FunctionName": "f", "InvocationType": "Event"}, "The InvocationType Event is not simulated"),
        ([], "The Parameters must be a JSON object"),
    ],
)
def test_parameters_that_only_the_execution_shows_to_be_wrong_end_it(
    setting: Setting, parameters: Any, words: str
) -> None:
    """States.Runtime, which nothing catches."""
    error = failure(setting, "lambda:invoke", parameters)
    assert error.error == "States.Runtime"
    assert words in str(error.cause)
    assert setting.functions.calls == []


@pytest.mark.parametrize(("kind", "status"), [("Event", 202), ("DryRun", 204)])
def test_an_invocation_that_nobody_waits_for_is_handed_to_lambda(kind: str, status: int) -> None:
    """If the process has Lambda's API; the result has its status and no answer, an error Lambda's name."""
    setting = Setting()
    requests: list[dict[str, Any]] = []

    def invoke(request: dict[str, Any]) -> dict[str, Any]:
        requests.append(request)
        if request["FunctionName"] == "gone":
            raise ApiError("ResourceNotFoundException", "Function not found", status=404)
        return {"StatusCode": status, "Payload": b""}

    setting.tasks.offer("lambda", {"Invoke": invoke})
    parameters = {"FunctionName": "f", "InvocationType": kind, "Payload": {"a": 1}}
    assert setting.faults("lambda:invoke", parameters) == []
    result = setting.call("lambda:invoke", parameters)
    assert without_metadata(result) == {"StatusCode": status, "Payload": ""}
    assert setting.call("aws-sdk:lambda:invoke", parameters) == {"StatusCode": status, "Payload": ""}
    sent = {"FunctionName": "f", "InvocationType": kind, "Payload": b'{"a":1}'}
    assert (requests, setting.functions.calls) == ([sent, sent], [])
    with pytest.raises(StateError) as failed:
        setting.call("lambda:invoke", {**parameters, "FunctionName": "gone"})
    assert failed.value.error == "Lambda.ResourceNotFoundException"
    assert setting.faults("lambda:invoke", {"FunctionName": "f", "InvocationType": "Evnt"}) == [
        "invoke: there is no InvocationType Evnt, only RequestResponse, Event and DryRun"
    ]

"""Services of this process and of the engine behind one address, by real clients."""

from __future__ import annotations

import json
import socket
import threading
import time
import urllib.request
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from simulator.aws.endpoint.endpoint import Endpoint, PortTaken
from tests.integration.endpoint.conftest import ARN, Served


def _refusal(call: Any, **parameters: Any) -> dict[str, Any]:
    with pytest.raises(ClientError) as refused:
        call(**parameters)
    response: dict[str, Any] = refused.value.response
    return response


def test_each_service_is_found_by_its_signature(served: Served) -> None:
    """Ours and the engine's."""
    assert served.client("stepfunctions").list_state_machines()["stateMachines"] == []
    answer = served.client("lambda").invoke(FunctionName="f", Payload=b"ab")
    assert (answer["Payload"].read(), answer["StatusCode"], answer["FunctionError"]) == (b"abab", 200, "Unhandled")
    assert served.client("sts").get_caller_identity()["Account"] == "123456789012"
    tables = {served.aws.resources.table, served.aws.resources.file_gate_table}
    assert set(served.client("dynamodb").list_tables()["TableNames"]) == tables
    assert [one["Name"] for one in served.client("s3").list_buckets()["Buckets"]]


def test_a_queue_is_reached_by_the_url_that_it_is_given(served: Served) -> None:
    """It leads to the endpoint, not past it."""
    sqs = served.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    assert url.startswith(served.url)
    sqs.send_message(QueueUrl=url, MessageBody="hello")
    assert sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"] == "hello"


def test_an_error_is_the_clients_exception(served: Served) -> None:
    """With the status of its shape, and its members from headers and body."""
    client = served.client("lambda")
    with pytest.raises(client.exceptions.TooManyRequestsException) as refused:
        client.invoke(FunctionName="busy")
    response = refused.value.response
    assert (response["Reason"], response["retryAfterSeconds"]) == ("ConcurrentInvocationLimitExceeded", "7")
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 429
    served.go_on.set()
    machines = served.client("stepfunctions")
    with pytest.raises(machines.exceptions.StateMachineDoesNotExist, match="State Machine Does Not Exist: 'm'"):
        machines.start_sync_execution(stateMachineArn=ARN)


@pytest.mark.slow
def test_a_long_call_holds_up_nobody(served: Served) -> None:
    """Forty of them run side by side, and a short one passes."""
    calls = [
        threading.Thread(
            target=_refusal, args=[served.client("stepfunctions").start_sync_execution], kwargs={"stateMachineArn": ARN}
        )
        for _ in range(40)
    ]
    for call in calls:
        call.start()
    served.client("stepfunctions").list_state_machines()
    assert all(call.is_alive() for call in calls)
    served.go_on.set()
    for call in calls:
        call.join(15)
    assert not any(call.is_alive() for call in calls)


@pytest.mark.parametrize(
    ("service", "operation", "words"),
    [
        ("kms", "list_keys", "kms is not simulated. The local cloud has dynamodb, lambda, s3, sns, sqs, states, sts."),
        ("kinesis", "list_streams", "kinesis is not simulated."),
        ("ec2", "describe_instances", "ec2 is not simulated."),
        ("route53", "list_hosted_zones", "route53 is not simulated."),
        ("apigateway", "get_rest_apis", "apigateway is not simulated."),
        ("cloudwatch", "list_metrics", "monitoring is not simulated."),
        ("logs", "describe_log_groups", "logs is not simulated."),
        ("lambda", "list_functions", "lambda:ListFunctions is not simulated. Of lambda the local cloud has Invoke."),
        ("sts", "get_session_token", "sts:GetSessionToken is not simulated."),
        pytest.param(
            *("sqs", "list_message_move_tasks", "does not simulate this request"),
            marks=pytest.mark.engine_differs("roto", reason="it says so in its own words"),
        ),
    ],
)
def test_what_is_not_simulated_is_named(served: Served, service: str, operation: str, words: str) -> None:
    """In whatever protocol the client speaks, and with a status that it does not try again."""
    parameters = {"SourceArn": "arn:aws:sqs:ap-northeast-1:123456789012:q"} if service == "sqs" else {}
    error = _refusal(getattr(served.client(service), operation), **parameters)
    assert error["Error"]["Code"] == "NotImplemented"
    assert words in error["Error"]["Message"]
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_another_region_is_refused_with_the_right_one(served: Served) -> None:
    """It would look like a cloud without state machines."""
    error = _refusal(served.client("stepfunctions", region="us-east-1").list_state_machines)["Error"]
    assert error["Code"] == "InvalidSignatureException"
    assert error["Message"].endswith("Set AWS_REGION=ap-northeast-1.")
    assert served.client("sts", region="us-east-1").get_caller_identity()["Account"]


def _control(served: Served, route: str, body: bytes | None = None) -> tuple[int, Any]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{served.url}/_simulator/{route}", data=body, timeout=10) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def test_our_own_routes_take_and_give_json(served: Served) -> None:
    """Their errors have a name and a message."""
    assert _control(served, "echo", b'{"a": 1}') == (200, {"got": {"a": 1}})
    assert _control(served, "echo") == (200, {"got": {}})
    assert _control(served, "echo", b'{"refuse": 1}') == (409, {"error": "Conflict", "message": "refused"})
    assert _control(served, "echo", b"[]")[0] == 400
    assert _control(served, "echo", b"{")[0] == 400
    assert _control(served, "none")[0] == 404


def test_a_route_sends_its_lines_as_they_come_and_ends_with_its_client(served: Served) -> None:
    """The first is there before the last is made."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{served.url}/_simulator/lines", timeout=10) as answer:
        assert [json.loads(answer.readline())["number"] for _ in range(3)] == [0, 1, 2]
        assert not served.left.is_set()
    assert served.left.wait(10)


def test_a_taken_port_is_named(served: Served) -> None:
    """So that another one can be offered."""
    port = urlsplit(served.url).port or 0
    with pytest.raises(PortTaken, match=f"Another program listens on port {port} of 127.0.0.1."):
        Endpoint("127.0.0.1", port, apis=[], engine_url=served.url, on_object_created=served.take, control={})


def test_closing_ends_connections_and_frees_the_port(served: Served) -> None:
    """Calls that still run are dropped after some seconds; a second close does nothing."""
    other = Endpoint(
        "127.0.0.1", 0, apis=served.apis(), engine_url=served.aws.endpoint, on_object_created=served.take, control={}
    )
    port = urlsplit(other.url).port or 0
    with socket.create_connection(("127.0.0.1", port)):
        began = time.monotonic()
        other.close()
        other.close()
        assert time.monotonic() - began < 10
    with socket.socket() as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind(("127.0.0.1", port))


def test_an_engine_that_does_not_answer_is_named(served: Served) -> None:
    """With the status that clients try again."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        with Endpoint("127.0.0.1", 0, apis=[], engine_url=url, on_object_created=served.take, control={}) as endpoint:
            served.url = endpoint.url
            for call in (served.client("s3").list_buckets, served.client("dynamodb").list_tables):
                error = _refusal(call)
                assert error["ResponseMetadata"]["HTTPStatusCode"] == 503
                assert "does not answer" in error["Error"]["Message"]


@pytest.mark.slow
def test_receivers_that_wait_do_not_hold_up_the_sender(served: Served) -> None:
    """However many there are; one of them gets the message, the others wait on."""
    url = served.client("sqs").create_queue(QueueName="q")["QueueUrl"]
    received: list[str] = []

    def receive() -> None:
        answer = served.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=4)
        received.extend(message["Body"] for message in answer.get("Messages", []))

    receivers = [threading.Thread(target=receive) for _ in range(6)]
    for receiver in receivers:
        receiver.start()
    time.sleep(0.5)
    began = time.monotonic()
    served.client("sqs").send_message(QueueUrl=url, MessageBody="hello")
    assert time.monotonic() - began < 3.5
    for receiver in receivers:
        receiver.join(15)
    assert received == ["hello"]


def test_a_queue_says_how_long_its_receivers_wait(served: Served) -> None:
    """If they do not say it; what SQS does not allow is an error at once."""
    sqs = served.client("sqs")
    attributes = {"ReceiveMessageWaitTimeSeconds": "2"}
    patient = sqs.create_queue(QueueName="patient", Attributes=attributes)["QueueUrl"]
    for parameters, least, most in (
        ({}, 1.9, 6.0),
        ({"WaitTimeSeconds": 0}, 0.0, 1.5),
        ({"WaitTimeSeconds": 1}, 0.9, 5),
    ):
        began = time.monotonic()
        assert "Messages" not in sqs.receive_message(QueueUrl=patient, **parameters)
        assert least <= time.monotonic() - began <= most
    assert (
        _refusal(sqs.receive_message, QueueUrl=patient, WaitTimeSeconds=21)["Error"]["Code"] == "InvalidParameterValue"
    )

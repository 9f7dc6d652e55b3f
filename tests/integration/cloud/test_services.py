"""Lambda, EventBridge and CloudWatch Logs at the real endpoint, as boto3 calls them."""

from __future__ import annotations

import base64
import json
import time
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from simulator.aws.asl.runtime.clock import RealClock
from simulator.aws.asl.runtime.listener import SilentListener
from simulator.aws.endpoint.endpoint import Endpoint
from simulator.aws.endpoint.service_api import ServiceApi
from simulator.aws.engine.environment import REGION, local_aws
from simulator.fault_injection.spec import FaultPlan
from simulator.pipeline.local_cloud.service_operations import service_operations
from simulator.pipeline.session import Session
from simulator.pipeline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VALIDATOR = "user-log-csv-validator"
PREFIX = f"arn:aws:%s:{REGION}:123456789012"
ECHO = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}


class Cloud:
    """boto3 clients of an endpoint, and its session."""

    def __init__(self, session: Session, url: str) -> None:
        self.session = session
        self._url = url

    def client(self, service: str) -> Any:
        """Return a client that does not try again."""
        config = Config(retries={"total_max_attempts": 1}, proxies={})
        return boto3.Session().client(service, endpoint_url=self._url, region_name=REGION, config=config)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """Serve a pipeline with an embedded database."""
    home: Path = tmp_path_factory.mktemp("h")
    with (
        Session(
            Settings(simulator_home=home, simulator_database_url=None),
            tell=lambda _: None,
            listener=SilentListener(),
            clock=RealClock(),
            plan=FaultPlan(),
            restored=True,
        ) as session,
        Endpoint(
            "127.0.0.1",
            0,
            apis=[ServiceApi(name, operations) for name, operations in service_operations(session).items()],
            engine_url=session.aws.endpoint,
            on_object_created=lambda _: None,
            control={},
            region=REGION,
        ) as endpoint,
        local_aws(endpoint.url),
    ):
        yield Cloud(session, endpoint.url)


def test_a_function_is_found_invoked_and_its_log_read(cloud: Cloud) -> None:
    """From the list of functions to the event in the log."""
    functions, logs = cloud.client("lambda"), cloud.client("logs")
    pages = functions.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 2})
    assert VALIDATOR in [one["FunctionName"] for page in pages for one in page["Functions"]]
    functions.get_waiter("function_active_v2").wait(FunctionName=VALIDATOR)
    answer = functions.invoke(FunctionName=VALIDATOR, Payload=b"{}", LogType="Tail")
    assert (answer["StatusCode"], answer["FunctionError"], answer["ExecutedVersion"]) == (200, "Unhandled", "$LATEST")
    assert "errorType" in json.load(answer["Payload"])
    request_id = base64.b64decode(answer["LogResult"]).decode().partition("START RequestId: ")[2].split()[0]
    found = logs.filter_log_events(logGroupName=f"/aws/lambda/{VALIDATOR}", filterPattern=f'"{request_id}"')["events"]
    words = [event["message"].split()[0] for event in found]
    assert [word for word in words if word in ("START", "END", "REPORT")] == ["START", "END", "REPORT"]
    [stream] = {event["logStreamName"] for event in found}
    read = logs.get_log_events(logGroupName=f"/aws/lambda/{VALIDATOR}", logStreamName=stream, startFromHead=True)[
        "events"
    ]
    assert any(request_id in event["message"] for event in read)
    assert functions.invoke(FunctionName=VALIDATOR, InvocationType="DryRun")["StatusCode"] == 204


@pytest.mark.parametrize(
    ("call", "request_", "code", "status"),
    [
        ("lambda.invoke", {"FunctionName": "nope"}, "ResourceNotFoundException", 404),
        ("lambda.invoke", {"FunctionName": VALIDATOR, "Payload": b"{"}, "InvalidRequestContentException", 400),
        ("events.describe_rule", {"Name": "nope"}, "ResourceNotFoundException", 400),
        ("events.put_rule", {"Name": "r", "EventPattern": "{"}, "InvalidEventPatternException", 400),
        ("logs.filter_log_events", {"logGroupName": "nope"}, "ResourceNotFoundException", 400),
    ],
)
def test_errors_come_as_boto3_knows_them(cloud: Cloud, call: str, request_: Any, code: str, status: int) -> None:
    """With the code and the HTTP status."""
    service, _, operation = call.partition(".")
    with pytest.raises(ClientError) as raised:
        getattr(cloud.client(service), operation)(**request_)
    assert raised.value.response["Error"]["Code"] == code
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


def test_start_and_end_of_an_execution_are_events(cloud: Cloud) -> None:
    """A rule that a user makes gets both; an EXPRESS execution has none."""
    functions, events, sqs = cloud.session.step_functions, cloud.client("events"), cloud.client("sqs")
    queue = sqs.create_queue(QueueName="statuses")["QueueUrl"]
    arns = [
        functions.create_state_machine(name=f"watched-{kind}", definition=json.dumps(ECHO), kind=kind)
        for kind in ("EXPRESS", "STANDARD")
    ]
    pattern = {"source": ["aws.states"], "detail": {"stateMachineArn": arns}}
    events.put_rule(Name="statuses", EventPattern=json.dumps(pattern))
    target = {"Id": "q", "Arn": f"{PREFIX % 'sqs'}:statuses", "InputPath": "$.detail"}
    events.put_targets(Rule="statuses", Targets=[target])
    for arn in arns:
        assert functions.start_execution(arn, input_text='{"n": 1}').wait(10)
    found = [json.loads(one["Body"]) for one in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]]
    assert sorted((one["status"], one["stateMachineArn"], one["output"]) for one in found) == [
        ("RUNNING", arns[1], None),
        ("SUCCEEDED", arns[1], '{"n":1}'),
    ]
    events.remove_targets(Rule="statuses", Ids=["q"])
    events.delete_rule(Name="statuses")


def test_an_event_reaches_a_queue_a_machine_and_a_function(cloud: Cloud) -> None:
    """Three targets of one rule that a user made."""
    session, events, sqs = cloud.session, cloud.client("events"), cloud.client("sqs")
    machine = session.step_functions.create_state_machine(name="echo", definition=json.dumps(ECHO), kind="STANDARD")
    queue = sqs.create_queue(QueueName="orders")["QueueUrl"]
    events.put_rule(Name="orders", EventPattern=json.dumps({"source": ["shop"]}))
    put = events.put_targets(
        Rule="orders",
        Targets=[
            {"Id": "q", "Arn": f"{PREFIX % 'sqs'}:orders", "InputPath": "$.detail"},
            {"Id": "m", "Arn": machine, "RoleArn": "arn:aws:iam::123456789012:role/r"},
            {"Id": "f", "Arn": f"{PREFIX % 'lambda'}:function:{VALIDATOR}", "Input": '{"marker": "from-the-bus"}'},
        ],
    )
    assert put["FailedEntryCount"] == 0
    assert {one["Name"] for one in events.list_rules()["Rules"]} == {
        "orders",
        "s3-csv-upload-rule",
        "user-log-file-gate-rule",
        "user-log-report-rule",
    }
    [entry] = events.put_events(Entries=[{"Source": "shop", "DetailType": "sold", "Detail": '{"n": 1}'}])["Entries"]
    [message] = sqs.receive_message(QueueUrl=queue)["Messages"]
    assert json.loads(message["Body"]) == {"n": 1}
    [running] = session.step_functions.executions(machine)
    assert running.wait(10)
    assert running.name.startswith(entry["EventId"])
    assert running.info.input["detail"] == {"n": 1}
    deadline = time.monotonic() + 10
    search = {"logGroupName": f"/aws/lambda/{VALIDATOR}", "startTime": int(time.time() * 1000) - 5_000}
    while time.monotonic() < deadline:
        ends = cloud.client("logs").filter_log_events(**search, filterPattern='"REPORT RequestId"')["events"]
        if ends:
            break
        time.sleep(0.1)
    assert ends


def test_tasks_call_the_services_of_this_process(cloud: Cloud) -> None:
    """EventBridge, Lambda and Step Functions; a request is compared with the model first."""
    steps: list[tuple[str, dict[str, Any]]] = [
        (
            "aws-sdk:eventbridge:putRule",
            {"Name": "by-a-task", "EventPattern.$": "States.JsonToString($$.Execution.Input)"},
        ),
        ("events:putEvents", {"Entries": [{"Source": "task", "DetailType": "t", "Detail": {"a": 1}}]}),
        ("aws-sdk:lambda:getFunctionConfiguration", {"FunctionName": VALIDATOR}),
        ("lambda:invoke", {"FunctionName": VALIDATOR, "InvocationType": "DryRun"}),
        ("aws-sdk:sfn:describeExecution", {"ExecutionArn.$": "$$.Execution.Id"}),
        ("aws-sdk:sns:createTopic", {"Name": "by-a-task"}),
        ("aws-sdk:eventbridge:describeRule", {"Name": "no good name"}),
    ]
    states = {
        f"S{number}": {
            "Type": "Task",
            "Resource": f"arn:aws:states:::{resource}",
            "Parameters": parameters,
            "ResultPath": f"$.r{number}",
            "Next": f"S{number + 1}",
        }
        for number, (resource, parameters) in enumerate(steps)
    }
    states[f"S{len(steps)}"] = {"Type": "Succeed"}
    service = cloud.session.step_functions
    definition = json.dumps({"StartAt": "S0", "States": states})
    arn = service.create_state_machine(name="caller", definition=definition, kind="STANDARD")
    running = service.start_execution(arn, input_text='{"source": ["nobody"]}')
    assert running.wait(30)
    assert running.info.error == "EventBridge.EventBridgeException"
    assert "1 validation error detected: Value 'no good name' at 'name' failed" in str(running.info.cause)
    rule = cloud.client("events").describe_rule(Name="by-a-task")
    assert json.loads(rule["EventPattern"]) == {"source": ["nobody"]}
    assert "by-a-task" in str(cloud.client("sns").list_topics()["Topics"])

"""Tasks that wait: for the end of another execution (`.sync`), or to be called back with their token."""

from __future__ import annotations

import json
import time
from typing import Any
from unittest.mock import ANY

import pytest

from tests.unit.stepfunctions.cloud import PASS, Cloud

FUNCTION = "arn:aws:lambda:ap-northeast-1:123456789012:function:f"
WAIT = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 60, "End": True}}}
FAIL = {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "Mine", "Cause": "because"}}}
QUEUE = "http://127.0.0.1:1/123456789012/q"


@pytest.fixture
def cloud() -> Cloud:
    """Return a cloud."""
    return Cloud()


def one(state: dict[str, Any]) -> dict[str, Any]:
    """Return a machine of one Task."""
    return {"StartAt": "T", "States": {"T": {"Type": "Task", "End": True, **state}}}


def starting(machine: str, pattern: str, **more: Any) -> dict[str, Any]:
    """Return a machine that starts another and waits for it."""
    parameters = {"StateMachineArn": machine, "Input": {"a": 1}}
    return one({"Resource": f"arn:aws:states:::states:startExecution{pattern}", "Parameters": parameters, **more})


def calling(**more: Any) -> dict[str, Any]:
    """Return a machine that hands its token to a function and waits."""
    parameters = {"FunctionName": FUNCTION, "Payload": {"token.$": "$$.Task.Token"}}
    return one({"Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "Parameters": parameters, **more})


def events(cloud: Cloud, arn: str) -> list[dict[str, Any]]:
    """Return an execution's events."""
    found: list[dict[str, Any]] = cloud.call("GetExecutionHistory", executionArn=arn)["events"]
    return found


def token_of(cloud: Cloud, number: int = 0) -> str:
    """Return the token that the function was given, once it was called so often."""
    cloud.until(lambda: len(cloud.function.calls), lambda calls: calls > number)
    token: str = cloud.function.calls[number]["token"]
    return token


@pytest.mark.parametrize(("pattern", "parsed"), [(".sync", False), (".sync:2", True)])
def test_a_task_waits_for_the_execution_that_it_starts(cloud: Cloud, pattern: str, parsed: bool) -> None:
    """The result describes it: Input and Output as text, or as values."""
    child = cloud.create("child", PASS)
    arn = cloud.run(cloud.create("parent", starting(child, pattern)))
    ended = cloud.ended(arn)
    assert ended["status"] == "SUCCEEDED"
    result = json.loads(ended["output"])
    assert (result["Output"], result["Input"]) == (({"a": 1}, {"a": 1}) if parsed else ('{"a":1}', '{"a":1}'))
    assert (result["Status"], result["StateMachineArn"]) == ("SUCCEEDED", child)
    assert result["StopDate"] >= result["StartDate"] > 1e12
    told = events(cloud, arn)
    kinds = ["TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskSucceeded"]
    assert [event["type"] for event in told[2:6]] == kinds
    submitted = told[4]["taskSubmittedEventDetails"]
    assert (submitted["resourceType"], submitted["resource"]) == ("states", f"startExecution{pattern}")
    assert json.loads(submitted["output"])["ExecutionArn"] == result["ExecutionArn"]


@pytest.mark.parametrize("pattern", [".sync", ".sync:2"])
def test_an_execution_that_fails_fails_the_task_that_waits_for_it(cloud: Cloud, pattern: str) -> None:
    """With States.TaskFailed, and the description as its cause."""
    caught = [{"ErrorEquals": ["States.TaskFailed"], "Next": "C"}]
    definition = starting(cloud.create("child", FAIL), pattern, Catch=caught)
    definition["States"]["C"] = {"Type": "Pass", "End": True}
    output = json.loads(cloud.ended(cloud.run(cloud.create("parent", definition)))["output"])
    cause = json.loads(output["Cause"])
    assert (output["Error"], cause["Status"], cause["Error"], cause["Cause"]) == (
        "States.TaskFailed",
        "FAILED",
        "Mine",
        "because",
    )
    assert "Output" not in cause


def test_to_stop_the_parent_stops_the_child(cloud: Cloud) -> None:
    """And the parent's TimeoutSeconds does too."""
    child = cloud.create("child", WAIT)
    parent = cloud.start(cloud.create("parent", starting(child, ".sync")))
    listed = lambda: cloud.call("ListExecutions", stateMachineArn=child)["executions"]  # noqa: E731
    [running] = cloud.until(listed, bool)
    cloud.call("StopExecution", executionArn=parent)
    assert cloud.ended(parent)["status"] == "ABORTED"
    assert cloud.ended(running["executionArn"])["status"] == "ABORTED"
    late = cloud.run(cloud.create("late", starting(child, ".sync:2", TimeoutSeconds=1)))
    assert cloud.ended(late)["error"] == "States.Timeout"
    cloud.until(listed, lambda found: {one["status"] for one in found} == {"ABORTED"})


def test_nobody_waits_for_an_express_execution(cloud: Cloud) -> None:
    """The Task fails and says so."""
    child = cloud.create("child", PASS, type="EXPRESS")
    ended = cloud.ended(cloud.run(cloud.create("parent", starting(child, ".sync"))))
    assert (ended["error"], "EXPRESS" in ended["cause"]) == ("States.Runtime", True)


def test_a_task_goes_on_with_the_output_that_its_token_brings(cloud: Cloud) -> None:
    """Whatever the function answered."""
    arn = cloud.start(cloud.create("m", calling()))
    token = token_of(cloud)
    assert cloud.call("DescribeExecution", executionArn=arn)["status"] == "RUNNING"
    assert cloud.call("SendTaskSuccess", taskToken=token, output='{"done": [1]}') == {}
    assert json.loads(cloud.ended(arn)["output"]) == {"done": [1]}
    told = events(cloud, arn)
    assert [event["type"] for event in told[2:6]] == ["TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskSucceeded"]
    submitted = told[4]["taskSubmittedEventDetails"]
    assert (submitted["resourceType"], submitted["resource"]) == ("lambda", "invoke.waitForTaskToken")
    assert json.loads(submitted["output"])["Payload"] == {"token": token}
    assert cloud.refused("SendTaskSuccess", taskToken=token, output="1") == (
        "TaskTimedOut",
        "Task Timed Out: 'Provided task does not exist anymore'",
    )


def test_a_jsonata_task_hands_its_token_on_and_a_queue_takes_it(cloud: Cloud) -> None:
    """`$states.context.Task.Token`; sqs:sendMessage."""
    cloud.aws.stubs["sqs"].add_response("send_message", {"MessageId": "m"}, {"QueueUrl": QUEUE, "MessageBody": ANY})
    arguments = {"QueueUrl": QUEUE, "MessageBody": {"token": "{% $states.context.Task.Token %}"}}
    resource = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
    machine = cloud.create("m", {"QueryLanguage": "JSONata", **one({"Resource": resource, "Arguments": arguments})})
    arn = cloud.start(machine)
    submitted = lambda: [event for event in events(cloud, arn) if event["type"] == "TaskSubmitted"]  # noqa: E731
    assert cloud.until(submitted, bool)
    scheduled = json.loads(events(cloud, arn)[2]["taskScheduledEventDetails"]["parameters"])
    cloud.call("SendTaskSuccess", taskToken=scheduled["MessageBody"]["token"], output='"ok"')
    assert json.loads(cloud.ended(arn)["output"]) == "ok"


def test_a_failure_that_is_sent_is_retried_with_another_token(cloud: Cloud) -> None:
    """And fails the Task with its error and cause in the end."""
    retry = [{"ErrorEquals": ["Mine"], "IntervalSeconds": 1, "MaxAttempts": 1}]
    arn = cloud.start(cloud.create("m", calling(Retry=retry)))
    tokens = []
    for number in range(2):
        tokens.append(token_of(cloud, number))
        cloud.call("SendTaskFailure", taskToken=tokens[-1], error="Mine", cause=f"number {number}")
    ended = cloud.ended(arn)
    assert (ended["status"], ended["error"], ended["cause"]) == ("FAILED", "Mine", "number 1")
    assert len(set(tokens)) == 2
    assert [event["type"] for event in events(cloud, arn)].count("TaskFailed") == 2


@pytest.mark.parametrize(
    ("limit", "data"), [({"HeartbeatSeconds": 1}, {}), ({"HeartbeatSecondsPath": "$.seconds"}, {"seconds": 1})]
)
def test_a_task_without_a_heartbeat_fails(cloud: Cloud, limit: dict[str, Any], data: dict[str, Any]) -> None:
    """As soon as HeartbeatSeconds have gone by since the last one."""
    arn = cloud.start(cloud.create("m", calling(**limit)), data)
    token = token_of(cloud)
    began = time.monotonic()
    while time.monotonic() < began + 1.3:
        cloud.call("SendTaskHeartbeat", taskToken=token)
        time.sleep(0.1)
    assert cloud.call("DescribeExecution", executionArn=arn)["status"] == "RUNNING"
    ended = cloud.ended(arn)
    assert (ended["status"], ended["error"]) == ("FAILED", "States.HeartbeatTimeout")
    told = events(cloud, arn)
    assert told[2]["taskScheduledEventDetails"]["heartbeatInSeconds"] == 1
    assert told[-2]["type"] == "TaskTimedOut"
    assert cloud.refused("SendTaskHeartbeat", taskToken=token)[0] == "TaskTimedOut"


def test_a_task_that_is_never_called_back_times_out_or_is_stopped(cloud: Cloud) -> None:
    """By TimeoutSeconds, or StopExecution."""
    assert cloud.ended(cloud.run(cloud.create("m", calling(TimeoutSeconds=1))))["error"] == "States.Timeout"
    arn = cloud.start(cloud.create("n", calling()))
    token = token_of(cloud, 1)
    cloud.call("StopExecution", executionArn=arn)
    assert cloud.ended(arn)["status"] == "ABORTED"
    assert cloud.refused("SendTaskFailure", taskToken=token)[0] == "TaskTimedOut"


def test_a_function_that_fails_fails_the_task_at_once(cloud: Cloud) -> None:
    """Nobody waits for its token."""
    parameters = {"FunctionName": FUNCTION, "Payload": "3"}
    cloud.function.bad = {3}
    task = {"Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "Parameters": parameters}
    assert cloud.ended(cloud.run(cloud.create("m", one(task))))["error"] == "Bad"


def test_bad_tokens_and_outputs_are_refused(cloud: Cloud) -> None:
    """By their names in the API; the Task goes on waiting."""
    arn = cloud.start(cloud.create("m", calling()))
    token = token_of(cloud)
    assert cloud.refused("SendTaskSuccess", taskToken="x", output="1")[0] == "InvalidToken"
    name, message = cloud.refused("SendTaskSuccess", taskToken=token, output="{no")
    assert (name, message.startswith("Invalid Output: ")) == ("InvalidOutput", True)
    assert cloud.call("DescribeExecution", executionArn=arn)["status"] == "RUNNING"
    cloud.call("SendTaskSuccess", taskToken=token, output="1")
    assert cloud.ended(arn)["output"] == "1"


def test_a_task_answers_another_one_by_its_token(cloud: Cloud) -> None:
    """aws-sdk:sfn:sendTaskSuccess, whose Output is any JSON value, and its error for a bad token."""
    arn = cloud.start(cloud.create("m", calling()))
    parameters = {"TaskToken.$": "$.token", "Output": {"by": "task"}}
    answering = one({"Resource": "arn:aws:states:::aws-sdk:sfn:sendTaskSuccess", "Parameters": parameters})
    machine = cloud.create("n", answering)
    assert cloud.ended(cloud.run(machine, {"token": token_of(cloud)}))["output"] == "{}"
    assert json.loads(cloud.ended(arn)["output"]) == {"by": "task"}
    ended = cloud.ended(cloud.run(machine, {"token": "x"}))
    assert ended["error"] == "Sfn.InvalidTokenException"
    assert ended["cause"].startswith("Invalid Token: 'Invalid token' (Service: Sfn, Status Code: 400, Request ID: ")

"""Which resources a Task may name, and what is said of the others when the machine is created."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from simulator.aws.asl.errors import StateError
from tests.unit.integrations.fakes import FUNCTION, Setting

DEFINITIONS = Path(__file__).parents[3] / "cdk" / "definitions"


@pytest.fixture(scope="module")
def setting() -> Setting:
    """Return one registry for all questions about resources."""
    return Setting()


def tasks_of(value: Any) -> list[dict[str, Any]]:
    """Return all Task states in a definition."""
    if isinstance(value, list):
        return [task for entry in value for task in tasks_of(entry)]
    if not isinstance(value, dict):
        return []
    return [value] * (value.get("Type") == "Task") + [task for inner in value.values() for task in tasks_of(inner)]


@pytest.mark.parametrize("file", ["workflow.asl.json", "dispatcher.asl.json"])
def test_every_task_of_the_deployed_machines_can_be_run(setting: Setting, file: str) -> None:
    """No resource is missing and no parameter misspelt."""
    text = (DEFINITIONS / file).read_text(encoding="utf-8")
    for name in ("CsvValidatorFunctionArn", "UserLogProcessorFunctionArn"):
        text = text.replace(f"${{{name}}}", FUNCTION)
    tasks = tasks_of(json.loads(text))
    assert len(tasks) >= 2
    assert [fault for task in tasks for fault in setting.tasks.problems(task["Resource"], task.get("Parameters"))] == []


@pytest.mark.parametrize(
    ("resource", "words"),
    [
        ("sns:subscribe", "arn:aws:states:::sns:subscribe is not simulated"),
        ("aws-sdk:kms:encrypt", "is not simulated"),
        ("aws-sdk:dynamodb:listImports", "arn:aws:states:::aws-sdk:dynamodb:listImports is not simulated"),
        ("aws-sdk:s3:selectObjectContent", "is not simulated"),
        ("aws-sdk:lambda:createFunction", "is not simulated"),
        ("dynamodb:putItem.waitForTaskToken", "the pattern .waitForTaskToken of dynamodb:putItem is not simulated"),
        ("sqs:sendMessage.sync", "the pattern .sync of sqs:sendMessage is not simulated"),
        ("aws-sdk:sfn:startExecution.sync:2", "is not simulated"),
        ("ecs:runTask.sync", "is not simulated"),
        ("glue:startJobRun.waitForTaskToken", "is not simulated"),
        ("aws-sdk:cloudwatchlogs:putLogEvents", "is not simulated"),
        ("aws-sdk:cognitoidentityprovider:adminGetUser", "is not simulated"),
        ("aws-sdk:elasticloadbalancingv2:describeTargetHealth", "is not simulated"),
        ("aws-sdk:rdsdata:executeStatement", "is not simulated"),
    ],
)
def test_what_aws_has_and_the_simulator_has_not_is_refused_by_name(setting: Setting, resource: str, words: str) -> None:
    """The sentence ends as the contract says."""
    [fault] = setting.faults(resource)
    assert words in fault
    assert fault.endswith("is not simulated")


@pytest.mark.parametrize(
    ("resource", "words"),
    [
        ("dynamodb:putItm", "did you mean arn:aws:states:::dynamodb:putItem?"),
        ("sqs:sendmessage", "did you mean arn:aws:states:::sqs:sendMessage?"),
        ("dynamdb:putItem", "did you mean"),
        ("aws-sdk:sqs:deletemessage", "did you mean arn:aws:states:::aws-sdk:sqs:deleteMessage?"),
        ("aws-sdk:sqs:DeleteMessage", "did you mean arn:aws:states:::aws-sdk:sqs:deleteMessage?"),
        ("aws-sdk:sqs:teleport", "is unknown: aws-sdk:sqs has no action teleport"),
        ("aws-sdk:events:putEvents", "there is no service aws-sdk:events (did you mean aws-sdk:eventbridge?)"),
        ("lamda:call", "there is no service lamda (did you mean lambda?)"),
        ("aws-sdk:sfm:startExecution", "did you mean arn:aws:states:::aws-sdk:sfn:startExecution?"),
        ("lambda:invoke.async", "there is no pattern .async, only .sync, .sync:2, .waitForTaskToken"),
        ("lambda", "is not a resource of a Task"),
        ("arn:aws:lambda:ap-northeast-1:1:function:x", "is not a resource of a Task"),
        ("arn:aws:s3:::bucket", "is not a resource of a Task"),
        ("arn:aws:states:ap-northeast-1:1:activity:a", "is not a resource of a Task"),
    ],
)
def test_a_typing_error_is_told_from_what_is_not_simulated(setting: Setting, resource: str, words: str) -> None:
    """And the right spelling is offered where there is one close by."""
    [fault] = setting.faults(resource)
    assert words in fault
    assert "not simulated" not in fault


@pytest.mark.parametrize(
    ("resource", "parameters", "words"),
    [
        (
            "dynamodb:putItem",
            {"TableNme": "T", "Item": {}},
            "putItem has no parameter TableNme (did you mean TableName?)",
        ),
        ("dynamodb:putItem", {"TableNme": "T", "Item": {}}, "putItem needs the parameter TableName"),
        ("dynamodb:putItem", {"TableName": "T", "Item": {"a": {"Str": "x"}}}, "no parameter Item.a.Str"),
        ("dynamodb:putItem", {"TableName": "T", "Item": {"a": {"L": [{"X": 1}]}}}, "no parameter Item.a.L[0].X"),
        ("dynamodb:getItem", {"TableName": "T", "Item": {}}, "getItem has no parameter Item"),
        ("aws-sdk:s3:putObject", {"Bucket": "b", "Key": "k", "body": {}}, "did you mean Body?"),
        ("aws-sdk:s3:putObject", {"Bucket": "b"}, "putObject needs the parameter Key"),
        ("sqs:sendMessage", {"QueueURL": "u", "MessageBody": "m"}, "did you mean QueueUrl?"),
        ("states:startExecution", {"stateMachineArn": "a"}, "did you mean StateMachineArn?"),
        ("states:startExecution", {"StateMachineArn": "a", "TraceHeader": "x"}, "TraceHeader is not simulated"),
        ("lambda:invoke", {"Payload": {}}, "invoke needs the parameter FunctionName"),
        ("lambda:invoke", {"FunctionName": "f", "InvocationType": "Event"}, "InvocationType Event is not simulated"),
        ("lambda:invoke", {"FunctionName": "f", "ClientContext": "e30="}, "ClientContext is not simulated"),
    ],
)
def test_a_wrong_parameter_is_found_when_the_machine_is_created(
    setting: Setting, resource: str, parameters: dict[str, Any], words: str
) -> None:
    """Unknown names at any depth, missing required ones, and those that are not simulated."""
    assert any(words in fault for fault in setting.faults(resource, parameters))


@pytest.mark.parametrize(
    ("resource", "parameters"),
    [
        ("dynamodb:putItem", None),
        ("dynamodb:putItem", {"TableName.$": "$.t", "Item.$": "$.i"}),
        ("aws-sdk:s3:putObject", {"Bucket": "b", "Key.$": "$.k", "Body": {"any.$": "$.x", "thing": [1]}}),
        ("sqs:sendMessage", {"QueueUrl": "u", "MessageBody": {"a": {"b.$": "$"}}}),
        (
            "states:startExecution",
            {"StateMachineArn": "a", "Input": {"AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID": "x"}},
        ),
        (
            "lambda:invoke",
            {"FunctionName": "f", "Payload.$": "$", "LogType": "Tail", "InvocationType": "RequestResponse"},
        ),
        (FUNCTION, {"anything": [1]}),
        (f"{FUNCTION}:$LATEST", None),
    ],
)
def test_right_parameters_have_no_fault(setting: Setting, resource: str, parameters: Any) -> None:
    """Paths are not looked into, nor are free-form values."""
    assert setting.faults(resource, parameters) == []


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_resources_of_every_partition_are_taken(setting: Setting, partition: str) -> None:
    """An integration's and a function's."""
    item = {"TableName": "t", "Key": {"id": {"S": "1"}}}
    assert setting.faults(f"arn:{partition}:states:::dynamodb:getItem", item) == []
    assert setting.faults(FUNCTION.replace("arn:aws:", f"arn:{partition}:"), {}) == []
    assert "is not simulated" in setting.faults(f"arn:{partition}:states:::glue:startJobRun")[0]


def test_a_resource_that_is_called_though_it_is_unknown_is_a_runtime_error(setting: Setting) -> None:
    """No machine with one can be created; should one be called all the same, the execution fails."""
    with pytest.raises(StateError) as failed:
        setting.call("glue:startJobRun", {})
    assert (failed.value.error, failed.value.cause) == (
        "States.Runtime",
        "arn:aws:states:::glue:startJobRun is not simulated",
    )

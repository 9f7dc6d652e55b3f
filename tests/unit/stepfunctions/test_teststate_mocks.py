"""What TestState answers when the state's work is mocked, and which mocks it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.aws.asl.definition.fields import InvalidDefinition
from simulator.aws.errors import ApiError
from tests.unit.stepfunctions.harness import LAMBDA, ask


def task(resource: str, **fields: Any) -> dict[str, Any]:
    """Return a Task of an integration."""
    return {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "Parameters": {}, **fields, "End": True}


def machine(**states: Any) -> dict[str, Any]:
    """Return a machine of a Pass."""
    return {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}, **states}}


def a_map(mode: str = "INLINE", **fields: Any) -> dict[str, Any]:
    """Return a Map."""
    config = {"Mode": mode, **({"ExecutionType": "STANDARD"} if mode == "DISTRIBUTED" else {})}
    return {"Type": "Map", "ItemProcessor": {"ProcessorConfig": config, **machine()}, **fields, "End": True}


PARALLEL = {"Type": "Parallel", "Branches": [machine(), {"StartAt": "Q", "States": {"Q": {"Type": "Succeed"}}}]}
PARALLEL |= {"End": True}
READER = {
    "Resource": "arn:aws:states:::s3:getObject",
    "ReaderConfig": {"InputType": "JSON", "ItemsPointer": "/data/0/rows"},
    "Parameters": {"Bucket": "b", "Key": "k"},
}
WRITER = {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "b"}}

NO_TOKEN = (
    "Context object contains 'Task' when state is not a Task state with a '.sync' or '.waitForTaskToken' service "
    "integration pattern"
)


def refusal(state: Any, data: Any = None, **arguments: Any) -> str:
    """Return the words in which TestState refuses a request."""
    with pytest.raises(ApiError) as refused:
        ask(state, data, **arguments)
    assert refused.value.name == "ValidationException"
    return refused.value.message


def test_a_mocked_task_calls_nothing_and_hands_the_mock_through_its_data_flow() -> None:
    """Parameters are evaluated still, and ResultSelector and ResultPath work on the mock."""

    def never(_parameters: Any) -> Any:
        raise AssertionError("called")

    state = {**LAMBDA, "Parameters": {"n.$": "$.n"}, "ResultSelector": {"v.$": "$.x"}, "ResultPath": "$.r"}
    answer = ask(state, {"n": 1}, function=never, mock_result={"x": 2})
    assert answer["output"] == {"n": 1, "r": {"v": 2}}
    assert answer["inspectionData"]["afterParameters"] == {"n": 1}
    assert answer["inspectionData"]["result"] == {"x": 2}


def test_a_task_that_is_not_simulated_can_be_mocked() -> None:
    """Whatever service or pattern it calls."""
    assert ask(task("sns:publish"), 1, mock_result={"MessageId": "m"})["output"] == {"MessageId": "m"}
    with pytest.raises(InvalidDefinition):
        ask(task("sns:publish"), 1)


@pytest.mark.parametrize("kind", ["Pass", "Succeed", "Fail", "Wait", "Choice"])
@pytest.mark.parametrize("mock", [{"result": "{}"}, {"errorOutput": {"error": "E"}}])
def test_only_states_that_do_work_can_be_mocked(kind: str, mock: dict[str, Any]) -> None:
    """Task, Parallel and Map."""
    assert refusal({"Type": kind}, mock=mock) == f"State type '{kind}' is not supported when a mock is specified"


@pytest.mark.parametrize("state", [a_map(), a_map("DISTRIBUTED"), PARALLEL])
def test_a_state_with_states_inside_needs_a_mock(state: dict[str, Any]) -> None:
    """Map and Parallel."""
    assert "is not supported when a mock is not specified" in refusal(state, [1])


def test_a_mock_has_a_result_or_an_error() -> None:
    """Not both, not neither, and the result is JSON."""
    both = {"result": "1", "errorOutput": {"error": "E"}}
    words = "A test mock should have only one of the following fields: [result, errorOutput]."
    assert refusal(LAMBDA, mock=both) == words
    assert "one of the following fields" in refusal(LAMBDA, mock={})
    assert refusal(LAMBDA, mock={"result": "{", "fieldValidationMode": "NONE"}) == "Mocked result must be valid JSON"


@pytest.mark.parametrize(
    ("error", "status"), [({"error": "E", "cause": "why"}, "CAUGHT_ERROR"), ({"error": "F"}, "FAILED"), ({}, "FAILED")]
)
@pytest.mark.parametrize("state", [LAMBDA, PARALLEL, a_map()])
def test_a_mocked_error_is_caught_as_a_real_one(state: dict[str, Any], error: dict[str, str], status: str) -> None:
    """For each type that can be mocked."""
    catch = [{"ErrorEquals": ["E"], "Next": "H"}]
    answer = ask({**state, "Catch": catch}, [1], mock={"errorOutput": error})
    assert (answer["status"], answer.get("error"), answer.get("cause")) == (
        status,
        error.get("error"),
        error.get("cause"),
    )


@pytest.mark.parametrize(
    ("state", "result", "words"),
    [
        (PARALLEL, {}, "Mocked result must be an array."),
        (PARALLEL, [1], "Mocked result must contain the same number of items as number of Parallel branches."),
        (PARALLEL, [1, 2, 3], "Mocked result must contain the same number of items as number of Parallel branches."),
        (a_map(), {"a": 1}, "Mocked result must be an array."),
        (a_map("DISTRIBUTED", ResultWriter=WRITER), [], "Mocked result must be a JSON object."),
        (a_map("DISTRIBUTED", ResultWriter={"WriterConfig": {"Transformation": "FLATTEN"}}), {}, "must be an array."),
        (task("sqs:sendMessage"), "text", "Mocked result must be a JSON object."),
    ],
)
def test_a_mock_of_another_shape_than_the_states_result_is_refused(
    state: dict[str, Any], result: Any, words: str
) -> None:
    """An array for a Parallel and a Map; an object for a Map that exports its results and for an API's answer."""
    assert refusal(state, [1], mock_result=result).endswith(words)


@pytest.mark.parametrize(
    ("resource", "result", "words"),
    [
        ("aws-sdk:kms:encrypt", {"CiphertextBlob": ""}, "'CiphertextBlob' is smaller than the minimum length"),
        ("aws-sdk:kms:encrypt", {"CiphertextBlob": "x" * 6145}, "'CiphertextBlob' is larger than the maximum length"),
        ("aws-sdk:s3:getObject", {"StorageClass": "Clay"}, "'StorageClass' is not an expected value"),
        ("aws-sdk:s3:getObject", {"LastModified": 5}, "'LastModified' must be a string"),
        ("aws-sdk:s3:getObject", {"DeleteMarker": "true"}, "'DeleteMarker' must be a boolean"),
        ("aws-sdk:s3:getObject", {"ContentLength": True}, "'ContentLength' must be a number"),
        ("aws-sdk:s3:listObjectsV2", {"Contents": {}}, "'Contents' must be an array"),
        ("aws-sdk:s3:listObjectsV2", {"Contents": [{"Key": "k"}, {"Key": 1}]}, "'Key' must be a string"),
        ("dynamodb:getItem", {"Item": {"id": {"S": 1}}}, "'S' must be a string"),
        ("dynamodb:getItem", {"Item": []}, "'Item' must be an object"),
        ("aws-sdk:lambda:invoke", {"Payload": {"a": 1}}, "'Payload' must be a string"),
        ("aws-sdk:sfn:describeExecution", {"Status": "DONE"}, "'Status' is not an expected value"),
    ],
)
def test_a_field_that_the_api_would_not_give_is_refused(resource: str, result: Any, words: str) -> None:
    """At any depth, in STRICT and in PRESENT; NONE takes it."""
    state = task(resource)
    told = refusal(state, 1, mock_result=result, mock={"fieldValidationMode": "PRESENT"})
    assert told == f"Mock result schema validation error: Field {words}"
    assert ask(state, 1, mock_result=result, mock={"fieldValidationMode": "NONE"})["output"] == result


def test_a_missing_field_is_refused_in_strict_mode_only() -> None:
    """STRICT is the default."""
    state, result = task("states:startExecution"), {"ExecutionArn": "arn"}
    assert "'StartDate'" in refusal(state, 1, mock_result=result)
    assert ask(state, 1, mock_result=result, mock={"fieldValidationMode": "PRESENT"})["status"] == "SUCCEEDED"


@pytest.mark.parametrize(
    "state",
    [LAMBDA, task("http:invoke"), task("sqs:sendMessage.waitForTaskToken"), task("states:startExecution.sync:2")],
)
def test_a_result_that_is_no_apis_answer_may_be_anything(state: dict[str, Any]) -> None:
    """That of a function, of a callback, of a job."""
    assert ask(state, 1, mock_result=[1, "two"])["output"] == [1, "two"]


def test_the_payload_of_the_optimised_invoke_may_be_any_json() -> None:
    """It is the function's answer, read."""
    assert ask(task("lambda:invoke"), 1, mock_result={"Payload": [1]})["output"] == {"Payload": [1]}


def test_fields_that_the_api_does_not_have_are_accepted() -> None:
    """Recorded on AWS, in STRICT mode too."""
    assert ask(task("events:putEvents"), 1, mock_result={"other": 1})["output"] == {"other": 1}


def test_a_mocked_map_shows_its_items_and_limits() -> None:
    """Each item is selected, none is run."""
    state = a_map(
        "DISTRIBUTED",
        ItemsPath="$.rows",
        ItemSelector={"v.$": "$$.Map.Item.Value", "i.$": "$$.Map.Item.Index", "k.$": "$.k"},
        MaxConcurrencyPath="$.k",
        ToleratedFailureCount=3,
        ToleratedFailurePercentage=12.5,
    )
    answer = ask(state, {"rows": ["a", "b"], "k": 4}, mock_result=["x"])
    assert answer["output"] == ["x"]
    inspected = answer["inspectionData"]
    assert inspected["afterItemsPath"] == ["a", "b"]
    assert inspected["afterItemSelector"] == [{"v": "a", "i": 0, "k": 4}, {"v": "b", "i": 1, "k": 4}]
    assert (inspected["maxConcurrency"], inspected["toleratedFailureCount"]) == (4, 3)
    assert inspected["toleratedFailurePercentage"] == 12.5


@pytest.mark.parametrize("mode", ["INLINE", "DISTRIBUTED"])
def test_items_that_are_no_array_fail_the_map(mode: str) -> None:
    """Before its limits are read."""
    answer = ask(a_map(mode, ItemsPath="$.rows"), {"rows": "ab"}, mock_result=[])
    assert (answer["error"], answer["cause"]) == ("States.Runtime", 'Reference path "$.rows" must point to array.')
    assert "maxConcurrency" not in answer["inspectionData"]


def test_what_an_item_reader_has_read_is_given_as_text() -> None:
    """`mapItemReaderData` goes through ItemsPointer and ItemSelector."""
    state = a_map("DISTRIBUTED", ItemReader=READER, ItemSelector={"v.$": "$$.Map.Item.Value"})
    read = '{"data": [{"rows": [1, 2]}]}'
    inspected = ask(state, 1, mock_result=[], stateConfiguration={"mapItemReaderData": read})["inspectionData"]
    assert inspected["afterItemsPointer"] == [1, 2]
    assert inspected["afterItemSelector"] == [{"v": 1}, {"v": 2}]
    assert "mapItemReaderData must be valid JSON" in refusal(
        state, 1, mock_result=[], stateConfiguration={"mapItemReaderData": "a,b"}
    )


@pytest.mark.parametrize("read", ["[]", '{"data": []}', '{"data": [{"rows": 5}]}', '{"data": [{"rows": null}]}'])
def test_an_items_pointer_that_finds_no_items_fails_the_reader(read: str) -> None:
    """States.ItemReaderFailed."""
    state = a_map("DISTRIBUTED", ItemReader=READER)
    answer = ask(state, 1, mock_result=[], stateConfiguration={"mapItemReaderData": read})
    assert answer["error"] == "States.ItemReaderFailed"


@pytest.mark.parametrize(
    ("tolerance", "failed", "status"),
    [
        ({}, 4, "SUCCEEDED"),
        ({"ToleratedFailureCount": 1}, 1, "SUCCEEDED"),
        ({"ToleratedFailureCount": 1}, 2, "FAILED"),
        ({"ToleratedFailureCount": 0}, 1, "FAILED"),
        ({"ToleratedFailurePercentage": 50}, 2, "SUCCEEDED"),
        ({"ToleratedFailurePercentage": 50}, 3, "FAILED"),
        ({"ToleratedFailureCount": 4, "ToleratedFailurePercentage": 10}, 1, "FAILED"),
    ],
)
def test_failed_iterations_above_the_tolerance_fail_a_mocked_map(
    tolerance: dict[str, Any], failed: int, status: str
) -> None:
    """Recorded on AWS: without a tolerance none is too many."""
    configuration = {"mapIterationFailureCount": failed}
    state = a_map("DISTRIBUTED", **tolerance)
    answer = ask(state, [1, 2, 3, 4], mock_result=[0, 0, 0, 0], stateConfiguration=configuration)
    assert answer["status"] == status
    if status == "FAILED":
        assert answer["error"] == "States.ExceedToleratedFailureThreshold"
        assert answer["cause"] == "The specified tolerated failure threshold was exceeded"


def test_more_failed_iterations_than_there_are_is_refused() -> None:
    """By the mocked result, or by the items if the result is an object."""
    words = "Map iteration failure count must be less than or equal to the number of Map iterations"
    three = {"mapIterationFailureCount": 3}
    assert refusal(a_map(), [1, 2], mock_result=[1, 2], stateConfiguration=three) == words
    exported = a_map("DISTRIBUTED", ResultWriter=WRITER)
    assert refusal(exported, [1, 2], mock_result={}, stateConfiguration=three) == words
    without_mock = refusal(a_map(), [1], stateConfiguration={"mapIterationFailureCount": 0})
    assert without_mock == "TestState does not support MapIterationFailureCount when a mock is not specified."


def test_the_state_that_caused_an_error_must_be_inside() -> None:
    """`errorCausedByState`."""
    error = {"errorOutput": {"error": "E"}}
    assert ask(a_map(), [1], mock=error, stateConfiguration={"errorCausedByState": "P"})["error"] == "E"
    assert "'Z'" in refusal(a_map(), [1], mock=error, stateConfiguration={"errorCausedByState": "Z"})


def test_a_given_context_is_the_one_that_paths_read() -> None:
    """As it is given."""
    state = {"Type": "Pass", "Parameters": {"v.$": "$$.Execution.Input.v"}, "End": True}
    assert ask(state, {}, context={"Execution": {"Input": {"v": [1]}}})["output"] == {"v": [1]}


@pytest.mark.parametrize(
    ("context", "words"),
    [
        ({"Map": {}}, "'Map' field is not supported when mocking a Context object"),
        ({"Pokedex": {}}, "Field 'Pokedex' is not allowed"),
        ({"State": {"Id": "x"}}, "Field 'Id' is not allowed"),
        ({"StateMachine": {"Name": 1}}, "StateMachine.Name must be a string"),
        ({"State": {"RetryCount": "0"}}, "State.RetryCount must be a number"),
        ({"Execution": []}, "Execution must be an object"),
        (
            {"Task": {"Token": "t"}},
            NO_TOKEN,
        ),
    ],
)
def test_a_context_that_aws_would_not_make_is_refused(context: dict[str, Any], words: str) -> None:
    """In AWS's words."""
    assert refusal(LAMBDA, {}, context=context, mock_result=1) == f"Invalid Context object provided: {words}"


def test_a_task_with_a_callback_may_have_a_token_in_its_context() -> None:
    """`$$.Task.Token` is read from there."""
    state = task("sqs:sendMessage.waitForTaskToken", ResultSelector={"t.$": "$$.Task.Token"})
    assert ask(state, {}, context={"Task": {"Token": "t"}}, mock_result=1)["output"] == {"t": "t"}

"""What TestState answers for a state that is not mocked, and which steps of its data flow it shows."""

from __future__ import annotations

import re
from typing import Any

import pytest

from simulator.aws.asl.definition.fields import InvalidDefinition
from simulator.aws.asl.errors import StateError
from simulator.aws.errors import ApiError
from tests.unit.stepfunctions.harness import LAMBDA, ask


def failing(error: str, cause: str = "it broke") -> Any:
    """Return a function that fails."""

    def fail(_parameters: Any) -> Any:
        raise StateError(error, cause)

    return fail


def test_each_step_of_a_task_is_shown() -> None:
    """InputPath, Parameters, the result, ResultSelector, ResultPath; the output is after OutputPath."""
    state = {
        **LAMBDA,
        "InputPath": "$.in",
        "Parameters": {"n.$": "$.n"},
        "ResultSelector": {"double.$": "$.doubled"},
        "ResultPath": "$.out",
        "OutputPath": "$.out",
    }
    answer = ask(state, {"in": {"n": 2}}, function=lambda given: {"doubled": given["n"] * 2})
    assert answer["output"] == {"double": 4}
    assert answer["inspectionData"] == {
        "input": {"in": {"n": 2}},
        "afterInputPath": {"n": 2},
        "afterParameters": {"n": 2},
        "result": {"doubled": 4},
        "afterResultSelector": {"double": 4},
        "afterResultPath": {"in": {"n": 2}, "out": {"double": 4}},
    }


@pytest.mark.parametrize(
    ("state", "steps"),
    [
        (
            {"Type": "Pass", "End": True},
            {"afterInputPath", "afterParameters", "afterResultSelector", "afterResultPath"},
        ),
        ({"Type": "Pass", "Result": 1, "End": True}, {"result", "afterResultSelector", "afterResultPath"}),
        (
            {"Type": "Pass", "Result": None, "End": True},
            {"afterInputPath", "afterParameters", "afterResultSelector", "afterResultPath"},
        ),
        ({"Type": "Succeed"}, {"afterInputPath"}),
        ({"Type": "Wait", "Seconds": 5, "End": True}, {"afterInputPath"}),
        ({"Type": "Fail", "Error": "E"}, {"afterInputPath"}),
    ],
)
def test_a_type_of_state_shows_its_own_steps(state: dict[str, Any], steps: set[str]) -> None:
    """As recorded; a Result that is null counts as none."""
    assert ask(state, {"k": 1})["inspectionData"].keys() == {"input", *steps}


def test_a_failed_state_shows_the_steps_before_the_failure() -> None:
    """Parameters that cannot be evaluated leave afterInputPath only."""
    answer = ask({"Type": "Pass", "Parameters": {"v.$": "$.gone"}, "End": True}, {"k": 1})
    assert (answer["status"], answer["error"]) == ("FAILED", "States.Runtime")
    assert answer["inspectionData"].keys() == {"input", "afterInputPath"}


def test_level_info_shows_no_steps_and_is_the_default() -> None:
    """`inspectionData` is there for DEBUG and TRACE only."""
    assert ask({"Type": "Succeed"}, 1, inspectionLevel="INFO")["inspectionData"] == {}
    assert ask({"Type": "Succeed"}, 1, inspectionLevel=None)["inspectionData"] == {}
    assert ask({"Type": "Succeed"}, 1, inspectionLevel="TRACE")["inspectionData"] != {}


def test_the_next_state_need_not_exist() -> None:
    """A state alone leads to states that are not in the request; one with End names none."""
    assert ask({"Type": "Pass", "Next": "Elsewhere"}, 1)["nextState"] == "Elsewhere"
    assert "nextState" not in ask({"Type": "Pass", "End": True}, 1)


def test_without_input_a_state_gets_an_empty_object() -> None:
    """As the API reference says."""
    assert ask({"Type": "Succeed"})["output"] == {}


@pytest.mark.parametrize("data", ["text", 5, True, None])
def test_a_result_path_below_a_scalar_is_a_conflict(data: Any) -> None:
    """Recorded on AWS for TestState: States.ReferencePathConflict."""
    state = {"Type": "Pass", "Result": {"a": 1}, "ResultPath": "$.r", "InputPath": "$.in", "End": True}
    answer = ask({**state, "ResultPath": "$.in.r"}, {"in": data})
    assert (answer["status"], answer["error"]) == ("FAILED", "States.ReferencePathConflict")


def test_a_result_path_conflict_can_be_caught_by_its_name() -> None:
    """The name that TestState gives is the one that a Catch sees."""
    catch = [{"ErrorEquals": ["States.ReferencePathConflict"], "Next": "H"}]
    answer = ask({**LAMBDA, "ResultPath": "$.r", "Catch": catch}, "text")
    assert (answer["status"], answer["nextState"]) == ("CAUGHT_ERROR", "H")


@pytest.mark.parametrize(
    ("call", "function"),
    [
        ("States.StringSplit($.n, ',')", "States.StringSplit"),
        ("States.MathAdd('a', 1)", "States.MathAdd"),
        ("States.Array(States.StringToJson('{'))", "States.StringToJson"),
    ],
)
def test_a_wrong_argument_of_an_intrinsic_is_a_runtime_error_that_nothing_catches(call: str, function: str) -> None:
    """Recorded on AWS for TestState, with these words; no Catch matches States.Runtime."""
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "H"}]
    answer = ask({**LAMBDA, "Parameters": {"v.$": call}, "Catch": catch}, {"n": 5})
    assert (answer["status"], answer["error"]) == ("FAILED", "States.Runtime")
    words = f"There was an error while evaluating the intrinsic function: {call}. Invalid arguments in {function}"
    assert answer["cause"].endswith(words)


RETRY = {"ErrorEquals": ["E"], "IntervalSeconds": 3, "BackoffRate": 2.0, "MaxAttempts": 2, "MaxDelaySeconds": 5}


@pytest.mark.parametrize(
    ("retries", "status", "details"),
    [
        (0, "RETRIABLE", {"retryIndex": 1, "retryBackoffIntervalSeconds": 3}),
        (1, "RETRIABLE", {"retryIndex": 1, "retryBackoffIntervalSeconds": 5}),
        (2, "FAILED", {"retryIndex": 1}),
        (9, "FAILED", {"retryIndex": 1}),
    ],
)
def test_a_failure_is_retriable_until_its_retrier_is_used_up(
    retries: int, status: str, details: dict[str, int]
) -> None:
    """`retrierRetryCount` counts the retries so far; the wait is that of the next one, MaxDelaySeconds at most."""
    state = {**LAMBDA, "Retry": [{"ErrorEquals": ["Other"]}, RETRY]}
    answer = ask(state, 1, function=failing("E"), stateConfiguration={"retrierRetryCount": retries})
    assert (answer["status"], answer["error"], answer["cause"]) == (status, "E", "it broke")
    assert answer["inspectionData"]["errorDetails"] == details
    assert "output" not in answer


def test_a_used_up_retrier_leaves_the_failure_to_the_catchers() -> None:
    """The catcher's ResultPath puts the error output into the raw input; `errorDetails` names both."""
    catch = [{"ErrorEquals": ["Other"], "Next": "X"}, {"ErrorEquals": ["E"], "ResultPath": "$.why", "Next": "H"}]
    state = {**LAMBDA, "Retry": [{**RETRY, "MaxAttempts": 0}], "Catch": catch}
    answer = ask(state, {"k": 1}, function=failing("E"))
    assert answer["status"] == "CAUGHT_ERROR"
    assert answer["output"] == {"k": 1, "why": {"Error": "E", "Cause": "it broke"}}
    assert (answer["error"], answer["cause"], answer["nextState"]) == ("E", "it broke", "H")
    assert answer["inspectionData"]["errorDetails"] == {"retryIndex": 0, "catchIndex": 1}


def test_variables_are_read_and_shown_with_those_assigned() -> None:
    """`inspectionData.variables` has the given ones and the state's own."""
    state = {"Type": "Pass", "Parameters": {"v.$": "$given"}, "Assign": {"made.$": "$.v"}, "End": True}
    answer = ask(state, {}, variables={"given": 7})
    assert answer["output"] == {"v": 7}
    assert answer["inspectionData"]["variables"] == {"given": 7, "made": 7}


def test_without_a_context_the_state_sees_one_made_for_it() -> None:
    """Recorded on AWS: the state is called StateName, the execution is an EXPRESS one and has no RedriveCount."""
    context = ask({"Type": "Pass", "InputPath": "$$", "End": True}, {"k": 1}, roleArn="arn:aws:iam::1:role/r")["output"]
    assert context["State"]["Name"] == "StateName"
    assert context["Execution"].keys() == {"Id", "Input", "Name", "RoleArn", "StartTime"}
    assert (context["Execution"]["Input"], context["Execution"]["RoleArn"]) == ({"k": 1}, "arn:aws:iam::1:role/r")
    assert ":express:" in context["Execution"]["Id"]


MACHINE = {
    "StartAt": "Split",
    "States": {
        "Split": {
            "Type": "Parallel",
            "Branches": [{"StartAt": "Inner", "States": {"Inner": {"Type": "Pass", "Result": 5, "End": True}}}],
            "Next": "Last",
        },
        "Last": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "End": True},
    },
}


def test_a_state_of_a_machine_is_named_wherever_it_is() -> None:
    """Also inside a branch; Tasks beside it may be of services that are not simulated."""
    assert ask(MACHINE, 1, stateName="Inner")["output"] == 5


def test_a_name_that_no_state_has_is_refused() -> None:
    """By name."""
    with pytest.raises(ApiError, match="The state 'Nobody' does not exist"):
        ask(MACHINE, 1, stateName="Nobody")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"Type": "Nap"}, "The field 'Type' should have one of these values: .* at /Type'"),
        ({"End": True}, r"These fields are required: \[Type\] at /'"),
        (MACHINE, r"These fields are required: \[Type\]"),
        ({"Type": "Pass", "QueryLanguage": "XPath", "End": True}, "must be JSONPath or JSONata"),
        ({"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "End": True}, "is not simulated"),
        ([], "must be a JSON object"),
    ],
)
def test_a_state_that_cannot_be_run_is_an_invalid_definition(state: Any, words: str) -> None:
    """With AWS's words where they are known; a whole machine needs a stateName."""
    with pytest.raises(InvalidDefinition) as refused:
        ask(state, 1)
    assert re.search(words, refused.value.aws_message)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"inspectionLevel": "ALL"}, "Member must satisfy enum value set: \\[INFO, DEBUG, TRACE\\]"),
        ({"stateName": ""}, "'stateName' failed to satisfy constraint: Member must have length greater"),
        ({"stateConfiguration": {"retrierRetryCount": -1}}, "'stateConfiguration.retrierRetryCount'"),
        ({"stateConfiguration": {"retrierRetryCount": True}}, "Member must be a whole number"),
        ({"mock": {"errorOutput": "E"}}, "'mock.errorOutput' failed to satisfy constraint: Member must be an object"),
        ({"level": "INFO"}, "'level' is not an argument of TestState"),
        ({"definition": None}, "'definition' failed to satisfy constraint: Member must not be null"),
        ({"variables": [1]}, "Invalid variables provided: it must be a JSON object"),
    ],
)
def test_a_wrong_argument_is_a_validation_error(arguments: dict[str, Any], words: str) -> None:
    """Each is checked against the API's model."""
    with pytest.raises(ApiError, match=words) as refused:
        ask({"Type": "Succeed"}, 1, **arguments)
    assert refused.value.name == "ValidationException"


def test_an_input_that_is_not_json_is_refused() -> None:
    """As StartExecution refuses it."""
    with pytest.raises(ApiError) as refused:
        ask({"Type": "Succeed"}, input="{")
    assert refused.value.name == "InvalidExecutionInput"

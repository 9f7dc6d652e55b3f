"""The Task state: calls, retries, catches, timeouts, and their history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from simulator.aws.asl.errors import StateError
from tests.unit.states.harness import FUNCTION, Result, execute, faults, one

INVOKE = "arn:aws:states:::lambda:invoke"


def failing(*errors: str | None) -> Callable[[Any], Any]:
    """Return a function that fails with these errors in turn (None: succeeds), and then goes on succeeding."""
    left = list(errors)

    def call(parameters: Any) -> Any:
        error = left.pop(0) if left else None
        if error is not None:
            raise StateError(error, f"cause of {error}")
        return parameters

    return call


def task(function: Callable[[Any], Any], **fields: Any) -> Result:
    """Run one Task, with a Pass called Caught to go to."""
    catching = {"Caught": {"Type": "Pass", "End": True}} if "Catch" in fields else {}
    return execute(one({"Type": "Task", "Resource": FUNCTION, **fields}, **catching), {"in": 1}, function=function)


def test_parameters_go_in_and_the_selected_result_comes_out() -> None:
    """Parameters, ResultSelector, ResultPath."""
    result = task(
        lambda parameters: {"r": parameters["p"] + 1, "noise": 0},
        Parameters={"p.$": "$.in"},
        ResultSelector={"only.$": "$.r"},
        ResultPath="$.out",
    )
    assert result.output == {"in": 1, "out": {"only": 2}}


def test_a_function_and_a_service_have_their_own_events() -> None:
    """Direct Lambda has LambdaFunction..., everything else Task... events."""
    assert task(failing()).types == [
        "ExecutionStarted",
        "TaskStateEntered",
        "LambdaFunctionScheduled",
        "LambdaFunctionStarted",
        "LambdaFunctionSucceeded",
        "TaskStateExited",
        "ExecutionSucceeded",
    ]
    result = task(failing("Bad"), Resource=INVOKE)
    assert result.types[2:] == ["TaskScheduled", "TaskStarted", "TaskFailed", "ExecutionFailed"]
    assert result.details("TaskScheduled")[0]["resource"] == "invoke"
    assert result.details("TaskScheduled")[0]["resourceType"] == "lambda"
    assert result.details("TaskFailed")[0]["error"] == "Bad"


def test_events_name_their_causes() -> None:
    """The first state is caused by nothing, each further event by the one before it."""
    assert [event["previousEventId"] for event in task(failing()).events] == [0, 0, 2, 3, 4, 5, 6]


def test_the_default_retry_calls_four_times_with_growing_waits() -> None:
    """One call and three retries after 1, 2 and 4 seconds."""
    result = task(failing(*["Bad"] * 9), Retry=[{"ErrorEquals": ["States.ALL"]}])
    assert len(result.tasks.requests) == 4
    assert [request.attempt for request in result.tasks.requests] == [1, 2, 3, 4]
    assert result.clock.skipped_seconds == 7
    assert result.types.count("TaskStateEntered") == 1


def test_each_retrier_counts_for_itself_and_the_first_that_matches_is_used() -> None:
    """A and B may both be retried, though each only once."""
    retry = [
        {"ErrorEquals": ["A"], "MaxAttempts": 1, "IntervalSeconds": 10},
        {"ErrorEquals": ["States.ALL"], "MaxAttempts": 1, "IntervalSeconds": 100},
    ]
    result = task(failing("A", "B"), Retry=retry)
    assert result.ended.status == "SUCCEEDED"
    assert result.clock.skipped_seconds == 110
    assert task(failing("A", "A"), Retry=retry).ended.error == "A"


def test_max_attempts_zero_never_retries() -> None:
    """It shields an error from the retriers after it."""
    retry = [{"ErrorEquals": ["A"], "MaxAttempts": 0}, {"ErrorEquals": ["States.ALL"]}]
    assert len(task(failing("A"), Retry=retry).tasks.requests) == 1


def test_max_delay_caps_the_wait_and_jitter_only_shortens_it() -> None:
    """MaxDelaySeconds and JitterStrategy FULL."""
    retry = {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 2, "BackoffRate": 10, "MaxDelaySeconds": 5}
    assert task(failing("A", "A", "A"), Retry=[retry]).clock.skipped_seconds == 2 + 5 + 5
    jittered = task(failing("A", "A", "A"), Retry=[{**retry, "JitterStrategy": "FULL"}])
    assert 0 < jittered.clock.skipped_seconds < 12


def test_the_retry_count_is_in_the_context_object() -> None:
    """$$.State.RetryCount counts retries, from 0."""
    result = task(failing("A"), Parameters={"n.$": "$$.State.RetryCount"}, Retry=[{"ErrorEquals": ["A"]}])
    assert result.output == {"n": 1}


def test_a_caught_error_goes_on_as_the_catchers_output() -> None:
    """ResultPath puts it into the raw input; by default it replaces it."""
    catch = {"ErrorEquals": ["Bad"], "Next": "Caught", "ResultPath": "$.error"}
    caught = {"Error": "Bad", "Cause": "cause of Bad"}
    result = task(failing("Bad"), Catch=[catch])
    assert result.output == {"in": 1, "error": caught}
    assert result.types[4:6] == ["LambdaFunctionFailed", "TaskStateExited"]
    del catch["ResultPath"]
    assert task(failing("Bad"), Catch=[catch]).output == caught


def test_retries_come_before_catches() -> None:
    """Only a failure that is not retried any more is caught."""
    fields = {
        "Retry": [{"ErrorEquals": ["Bad"], "MaxAttempts": 1}],
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}],
    }
    result = task(failing("Bad", "Bad"), **fields)
    assert len(result.tasks.requests) == 2
    assert result.output["Error"] == "Bad"


@pytest.mark.parametrize(
    ("names", "error", "caught"),
    [
        (["States.TaskFailed"], "Anything", True),
        (["States.TaskFailed"], "States.Timeout", False),
        (["States.ALL"], "States.Timeout", True),
        (["State.ALL"], "Anything", False),
        (["bad"], "Bad", False),
        (["States.ALL"], "States.Runtime", False),
        (["States.Runtime"], "States.Runtime", False),
    ],
)
def test_error_names_match_as_on_aws(names: list[str], error: str, caught: bool) -> None:
    """States.Runtime is never caught, States.TaskFailed is all but a timeout."""
    result = task(failing(error), Catch=[{"ErrorEquals": names, "Next": "Caught"}])
    assert (result.ended.status == "SUCCEEDED") is caught


def test_an_output_path_that_finds_nothing_fails_and_no_catch_sees_it() -> None:
    """States.Runtime ends the execution even where the Task succeeded."""
    result = task(failing(), OutputPath="$.no", Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Caught"}])
    assert result.ended.error == "States.Runtime"
    assert (result.ended.cause or "").endswith("Invalid path '$.no' : No results for path: $['no']")


def test_a_result_too_large_is_a_failure_of_the_task_and_can_be_caught() -> None:
    """States.DataLimitExceeded, the function's ARN in the cause."""
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]
    result = task(lambda _parameters: "x" * 262_144, Catch=catch)
    assert result.output["Error"] == "States.DataLimitExceeded"
    assert FUNCTION in result.output["Cause"]


def test_a_timeout_is_handed_to_the_service_and_has_its_own_event() -> None:
    """TimeoutSeconds and TimeoutSecondsPath; the error has no cause, the catcher's output an empty one."""

    def time_out(_parameters: Any) -> Any:
        raise StateError("States.Timeout")

    result = task(time_out, TimeoutSeconds=5, Catch=[{"ErrorEquals": ["States.Timeout"], "Next": "Caught"}])
    assert result.tasks.requests[0].timeout == 5
    assert result.details("LambdaFunctionTimedOut") == [{"error": "States.Timeout"}]
    assert result.output == {"Error": "States.Timeout", "Cause": ""}
    assert task(failing(), TimeoutSecondsPath="$.in").tasks.requests[0].timeout == 1


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"Resource": "arn:aws:states:::sns:publish"}, "States.State.Resource is not simulated"),
        ({"Resource": 1}, "States.State.Resource must be a string, not 1"),
        ({"TimeoutSeconds": 0}, "States.State.TimeoutSeconds must be between 1 and 99999999, not 0"),
        ({"TimeoutSeconds": True}, "States.State.TimeoutSeconds must be a whole number, not True"),
        ({"Credentials": {}}, "States.State.Credentials is not simulated"),
        ({"Colour": "red"}, "States.State.Colour is not a field of a Task state"),
        ({"QueryLanguage": "XPath"}, "States.State.QueryLanguage must be JSONPath or JSONata, not 'XPath'"),
        ({"Retry": [{"ErrorEquals": []}]}, "States.State.Retry[0].ErrorEquals needs at least one error name"),
        (
            {"Retry": [{"ErrorEquals": ["States.ALL", "A"]}]},
            "States.State.Retry[0].ErrorEquals must have States.ALL alone and in the last entry",
        ),
        ({"Retry": [{"ErrorEquals": ["A"], "Tries": 3}]}, "States.State.Retry[0].Tries is not a field of Retry"),
        ({"Catch": [{"ErrorEquals": ["A"]}]}, "States.State.Catch[0] needs the field Next"),
        ({"ResultPath": "$.a[*]"}, "States.State.ResultPath cannot be read"),
    ],
)
def test_a_bad_task_is_refused_by_name(fields: dict[str, Any], fault: str) -> None:
    """A fault names the field and says what is wrong in words."""
    found = faults(one({"Type": "Task", "Resource": FUNCTION, **fields}))
    assert any(line.startswith(fault) for line in found), found

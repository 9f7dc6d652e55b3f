"""One execution starts another."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.aws.asl.errors import StateError
from simulator.aws.errors import ApiError
from tests.unit.integrations.fakes import MACHINE, Setting, without_metadata

OPTIMISED, SDK = "states:startExecution", "aws-sdk:sfn:startExecution"


@pytest.mark.parametrize("resource", [OPTIMISED, SDK])
@pytest.mark.parametrize("data", [{"a": "値"}, [1], 5])
def test_the_input_is_sent_as_json_text(resource: str, data: Any) -> None:
    """An object needs no States.JsonToString."""
    setting = Setting()
    setting.call(resource, {"StateMachineArn": MACHINE, "Name": "n", "Input": data})
    [(machine, name, text)] = setting.machines.calls
    assert (machine, name, json.loads(text)) == (MACHINE, "n", data)


def test_a_string_is_the_json_text_itself_and_the_default_is_an_empty_object() -> None:
    """As StartExecution takes it."""
    setting = Setting()
    setting.call(OPTIMISED, {"StateMachineArn": MACHINE, "Input": '{"a": 1}'})
    setting.call(OPTIMISED, {"StateMachineArn": MACHINE, "Input": None})
    assert [text for _, _, text in setting.machines.calls] == ['{"a": 1}', "{}"]


def test_the_result_is_the_executions_arn_and_start_with_metadata_where_it_is_optimised() -> None:
    """In AWS's spelling."""
    setting = Setting()
    results = [setting.call(resource, {"StateMachineArn": MACHINE, "Name": "n"}) for resource in (OPTIMISED, SDK)]
    expected = {
        "ExecutionArn": f"{MACHINE.replace('stateMachine', 'execution')}:n",
        "StartDate": "2025-08-02T09:30:00.123Z",
    }
    assert without_metadata(results[0]) == results[1] == expected
    assert {"SdkHttpMetadata", "SdkResponseMetadata"} <= results[0].keys()


@pytest.mark.parametrize(
    ("resource", "name", "error", "words"),
    [
        (
            OPTIMISED,
            "ExecutionAlreadyExists",
            "StepFunctions.ExecutionAlreadyExistsException",
            "(Service: AWSStepFunctions; Status Code: 400; Error Code: ExecutionAlreadyExists; Request ID: ",
        ),
        (SDK, "ExecutionAlreadyExists", "Sfn.ExecutionAlreadyExistsException", "(Service: Sfn, Status Code: 400, "),
        (OPTIMISED, "StateMachineDoesNotExist", "StepFunctions.StateMachineDoesNotExistException", "said"),
        (OPTIMISED, "InvalidName", "StepFunctions.InvalidNameException", "said"),
        (OPTIMISED, "SomethingNew", "StepFunctions.AWSStepFunctionsException", "Error Code: SomethingNew"),
    ],
)
def test_what_the_service_refuses_has_the_sdks_name(resource: str, name: str, error: str, words: str) -> None:
    """The dispatcher's catchers depend on the first of these."""
    setting = Setting()
    setting.machines.error = ApiError(name, "said")
    with pytest.raises(StateError) as failed:
        setting.call(resource, {"StateMachineArn": MACHINE})
    assert failed.value.error == error
    assert words in str(failed.value.cause)


def test_a_missing_machine_is_a_validation_error_of_the_service() -> None:
    """A path that gave null is as good as no parameter."""
    with pytest.raises(StateError) as failed:
        Setting().call(OPTIMISED, {"StateMachineArn": None})
    assert failed.value.error == "StepFunctions.ValidationException"
    assert "Value null at 'stateMachineArn' failed to satisfy constraint" in str(failed.value.cause)

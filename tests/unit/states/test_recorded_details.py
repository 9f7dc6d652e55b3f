"""Details of histories, causes and refusals that were recorded on AWS."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.aws.asl.definition.compiler import build
from simulator.aws.asl.definition.fields import InvalidDefinition
from tests.unit.states.harness import FUNCTION, FakeMaps, FakeTasks, execute, faults, one
from tests.unit.states.test_distributed_map import mapped


def inline(processor: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """Return a machine with an inline Map."""
    machine = {"StartAt": "K", "States": {"K": {"Type": "Pass", "End": True}}}
    return one({"Type": "Map", "ItemProcessor": processor or machine, **fields})


def refused(definition: dict[str, Any], kind: str = "STANDARD") -> str:
    """Return the message of CreateStateMachine's error."""
    with pytest.raises(InvalidDefinition) as caught:
        build(definition, tasks=FakeTasks(), machine_type=kind)
    return caught.value.aws_message


def test_a_null_result_is_no_result() -> None:
    """The input is handed on; false, 0 and an empty text are results."""
    assert execute(one({"Type": "Pass", "Result": None}), {"k": "v"}).output == {"k": "v"}
    assert execute(one({"Type": "Pass", "Result": None, "ResultPath": "$.r"}), {"k": 1}).output == {
        "k": 1,
        "r": {"k": 1},
    }
    for value in (False, 0, "", {}, []):
        assert execute(one({"Type": "Pass", "Result": value}), {"k": "v"}).output == value


def test_iterations_one_after_the_other_name_their_causes_as_recorded() -> None:
    """An iteration begins after the last event inside the one before; the exit has the cause of the success."""
    events = execute(inline(MaxConcurrency=1), [1, 2]).events
    assert [event["previousEventId"] for event in events[3:13]] == [3, 4, 5, 6, 6, 8, 9, 10, 11, 11]


def test_the_exit_of_a_parallel_has_the_cause_of_its_success() -> None:
    """And not the success itself."""
    branch = {"StartAt": "B", "States": {"B": {"Type": "Pass", "End": True}}}
    events = execute(one({"Type": "Parallel", "Branches": [branch]})).events
    by_type = {event["type"]: event for event in events}
    assert (
        by_type["ParallelStateExited"]["previousEventId"]
        == by_type["ParallelStateSucceeded"]["previousEventId"]
        == by_type["PassStateExited"]["id"]
    )


def test_a_selector_that_cannot_be_evaluated_begins_no_iteration() -> None:
    """Four events, as recorded."""
    result = execute(inline(ItemsPath="$.rows", ItemSelector={"v.$": "$.nope"}), {"rows": [1, 2]})
    assert result.types == ["ExecutionStarted", "MapStateEntered", "MapStateStarted", "ExecutionFailed"]
    assert result.ended.error == "States.Runtime"


def test_a_selector_sees_the_item_the_index_and_the_state() -> None:
    """In the context object."""
    selector = {"i.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value", "s.$": "$$.State.Name", "p.$": "$.p"}
    result = execute(inline(ItemsPath="$.rows", ItemSelector=selector), {"rows": ["a", "b"], "p": 7})
    assert result.output == [
        {"i": 0, "v": "a", "s": "State", "p": 7},
        {"i": 1, "v": "b", "s": "State", "p": 7},
    ]


@pytest.mark.parametrize("items", ["abc", 5, None, True, {"a": 1}])
def test_items_that_are_no_array_fail_with_the_bare_cause(items: Any) -> None:
    """Without the state's name before it; no Catch sees it."""
    machine = inline(ItemsPath="$.rows", Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Caught"}])
    machine["States"]["Caught"] = {"Type": "Succeed"}
    result = execute(machine, {"rows": items})
    assert (result.ended.error, result.ended.cause) == (
        "States.Runtime",
        'Reference path "$.rows" must point to array.',
    )
    assert "MapStateStarted" not in result.types


def test_the_cause_names_a_path_of_the_context_object_with_one_dollar() -> None:
    """Recorded by TestState."""
    result = execute(inline(ItemsPath="$$.Execution.Input"), {"rows": 1})
    assert result.ended.cause == 'Reference path "$.Execution.Input" must point to array.'


def test_items_of_a_distributed_map_that_are_no_array_fail_with_the_same_cause() -> None:
    """Before any Map Run."""
    maps = FakeMaps()
    result = execute(mapped(ItemsPath="$.rows"), {"rows": "abc"}, maps=maps)
    assert result.ended.cause == 'Reference path "$.rows" must point to array.'
    assert maps.requests == []


A_TO_B = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}}}


def test_a_machine_that_nothing_can_end_is_refused() -> None:
    """The machine itself, a branch or a processor."""
    words = "has no state that can end it: each has Next or Choices"
    assert faults(A_TO_B) == [f"The state machine {words}"]
    assert faults(one({"Type": "Parallel", "Branches": [A_TO_B]})) == [f"States.State.Branches[0] {words}"]
    assert faults(inline(A_TO_B)) == [f"States.State.ItemProcessor {words}"]
    assert "MISSING_END_STATE: Workflow has no terminal state" in refused(A_TO_B)


@pytest.mark.parametrize("end", [{"Type": "Succeed"}, {"Type": "Fail"}, {"Type": "Wait", "Seconds": 1, "End": True}])
def test_one_state_that_can_end_it_is_enough(end: dict[str, Any]) -> None:
    """Reached through a Choice or a Catch."""
    choice = {"Type": "Choice", "Choices": [{"Variable": "$.a", "IsPresent": True, "Next": "E"}], "Default": "A"}
    machine = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "C"}, "C": choice, "E": end}}
    assert faults(machine) == []
    task = {"Type": "Task", "Resource": FUNCTION, "Next": "T", "Catch": [{"ErrorEquals": ["X"], "Next": "E"}]}
    assert faults({"StartAt": "T", "States": {"T": task, "E": end}}) == []


@pytest.mark.parametrize(
    ("definition", "told"),
    [
        ({"StartAt": "A"}, "These fields are required: [States] at /"),
        ({"States": {"A": {"Type": "Succeed"}}}, "These fields are required: [StartAt] at /"),
        (
            one({"Type": "Wait", "Timestamp": "2016-12-05"}),
            "String does not match RFC3339 timestamp at /States/State/Timestamp",
        ),
        (
            one({"Type": "Pass", "Parameters": {"v.$": "States.Array('tab\\there')"}}),
            (
                "The value for the field 'v.$' must be a valid JSONPath or a valid intrinsic function call "
                "at /States/State/Parameters"
            ),
        ),
        (
            one({"Type": "Pass", "Parameters": {"in": {"v.$": "nope"}}}),
            (
                "The value for the field 'v.$' must be a valid JSONPath or a valid intrinsic function call "
                "at /States/State/Parameters/in"
            ),
        ),
        (
            inline(MaxConcurrencyPath="$$.Execution.Input.n"),
            "Value is not a Reference Path at /States/State/MaxConcurrencyPath",
        ),
    ],
)
def test_create_state_machine_refuses_in_recorded_words(definition: dict[str, Any], told: str) -> None:
    """The whole message of InvalidDefinition."""
    assert refused(definition) == f"Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: {told}'"


@pytest.mark.parametrize("pattern", [".sync", ".sync:2", ".waitForTaskToken"])
def test_an_express_machine_has_no_such_integration_pattern(pattern: str) -> None:
    """Refused with the name of the pattern."""
    task = one({"Type": "Task", "Resource": f"arn:aws:states:::states:startExecution{pattern}"})
    named = pattern.partition(":")[0]
    assert refused(task, "EXPRESS") == (
        "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: Express state machine does not support "
        f"'{named}' service integration at /States/State/Resource'"
    )


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov", "aws-iso-b"])
def test_resources_of_every_partition_are_taken(partition: str) -> None:
    """By an ItemReader and a ResultWriter."""
    reader = {
        "Resource": f"arn:{partition}:states:::s3:getObject",
        "Parameters": {"Bucket": "b", "Key": "k"},
        "ReaderConfig": {"InputType": "JSON"},
    }
    writer = {"Resource": f"arn:{partition}:states:::s3:putObject", "Parameters": {"Bucket": "b"}}
    assert faults(mapped(ItemReader=reader, ResultWriter=writer)) == []
    assert faults(mapped(ResultWriter={**writer, "Resource": "arn:other:states:::s3:putObject"})) != []

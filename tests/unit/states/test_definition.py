"""What is checked when a state machine is created: every fault at once."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.aws.asl.definition.compiler import build
from simulator.aws.asl.definition.fields import InvalidDefinition
from simulator.aws.asl.errors import StateError
from simulator.aws.asl.runtime.ports import TaskRequest
from tests.unit.states.harness import FUNCTION, FakeTasks, execute, faults, one, prepare


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ({"States": {"A": {"Type": "Succeed"}}}, ["The state machine needs the field StartAt"]),
        ({"StartAt": "A"}, ["The state machine needs the field States"]),
        ({"StartAt": "A", "States": {}}, ["States needs at least one state"]),
        (
            {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}},
            ["States.A leads to the state 'B', which does not exist"],
        ),
        (
            {"StartAt": "A", "States": {"A": {"Type": "Succeed"}, "B": {"Type": "Succeed"}}},
            ["States.B is never reached"],
        ),
        ({"StartAt": "A", "States": {"A": {"Type": "Pass"}}}, ['States.A needs "Next" or "End": true']),
        (
            {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "A", "End": True}}},
            ["States.A has both Next and End; only one of them is allowed"],
        ),
        (
            {"StartAt": "A", "States": {"A": {"Type": "Activity", "End": True}}},
            ["States.A.Type must be Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map, not 'Activity'"],
        ),
        (
            {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}, "QueryLanguage": "JSON"},
            ["QueryLanguage must be JSONPath or JSONata, not 'JSON'"],
        ),
        (
            {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}, "Colour": 1},
            ["Colour is not a field of a state machine"],
        ),
        ([1], ["The state machine must be a JSON object"]),
    ],
)
def test_a_bad_machine_is_refused_in_words(definition: Any, expected: list[str]) -> None:
    """Each fault has the path of what is wrong."""
    assert faults(definition) == expected


def test_every_fault_is_told_at_once() -> None:
    """Nobody corrects a machine problem by problem."""
    machine = {
        "StartAt": "A",
        "TimeoutSeconds": "soon",
        "States": {
            "A": {"Type": "Pass", "Next": "B", "Size": 1},
            "B": {"Type": "Wait", "Seconds": -1, "Next": "C"},
            "C": {"Type": "Fail", "Error": 5},
        },
    }
    assert faults(machine) == [
        "TimeoutSeconds must be a whole number, not 'soon'",
        "States.A.Size is not a field of a Pass state",
        "States.B.Seconds must be between 0 and 99999999, not -1",
        "States.C.Error must be a string, not 5",
    ]


def test_a_comment_is_allowed_everywhere() -> None:
    """It is the one field that is read by people only."""
    machine = one({"Type": "Pass", "Comment": "c"})
    assert faults({**machine, "Comment": "c", "Version": "1.0"}) == []


def test_two_states_of_one_name_are_refused_across_branches() -> None:
    """Names are unique within the whole machine."""
    inner = {"StartAt": "State", "States": {"State": {"Type": "Succeed"}}}
    assert faults(one({"Type": "Parallel", "Branches": [inner]})) == [
        (
            "States.State.Branches[0].States.State has a name that another state of this machine has too; "
            "names must be unique"
        )
    ]


def test_fail_takes_text_from_paths_and_functions() -> None:
    """ErrorPath and CausePath."""
    state = {"Type": "Fail", "ErrorPath": "$.e", "CausePath": "States.Format('because {}', $.c)"}
    ended = execute(one(state), {"e": "Bad", "c": 1}).ended
    assert (ended.error, ended.cause) == ("Bad", "because 1")
    assert execute(one(state), {"e": 1, "c": 1}).ended.error == "States.Runtime"


def test_a_standard_execution_ends_at_25000_events() -> None:
    """A loop without an end is ended by AWS, and here."""
    machine = {
        "StartAt": "A",
        "States": {
            "A": {"Type": "Choice", "Choices": [{"Variable": "$.end", "IsPresent": True, "Next": "E"}], "Default": "B"},
            "B": {"Type": "Pass", "Next": "A"},
            "E": {"Type": "Succeed"},
        },
    }
    result = execute(machine)
    assert result.ended.status == "FAILED"
    assert len(result.events) == 25_000
    assert result.events[-1]["type"] == "ExecutionFailed"


def test_the_context_object_has_the_recorded_shape() -> None:
    """Execution, StateMachine, State, and no more on a Pass."""
    context = execute(one({"Type": "Pass", "InputPath": "$$"}), {"a": 1}).output
    assert list(context) == ["Execution", "StateMachine", "State"]
    assert list(context["Execution"]) == ["Id", "Input", "StartTime", "Name", "RoleArn", "RedriveCount"]
    assert context["StateMachine"]["Name"] == "machine"
    assert list(context["State"]) == ["Name", "EnteredTime"]


def test_a_fail_without_error_gives_none() -> None:
    """Neither in the event nor in the outcome."""
    result = execute(one({"Type": "Fail"}))
    assert (result.ended.status, result.ended.error, result.ended.cause) == ("FAILED", None, None)
    assert result.details("ExecutionFailed") == [{}]


def test_a_task_that_outlasts_the_machines_time_ends_the_execution_timed_out() -> None:
    """The Task is given what is left of the machine's time, and its timeout is the machine's."""
    machine = {**one({"Type": "Task", "Resource": FUNCTION}), "TimeoutSeconds": 5}
    execution, result = prepare(machine)

    def outlast(request: TaskRequest) -> None:
        assert request.timeout is not None
        assert request.timeout <= 5
        execution.clock.sleep(request.timeout, execution.root_stop.event)
        raise StateError("States.Timeout")

    result.tasks.call = outlast  # type: ignore[method-assign,assignment]
    assert execution.run().status == "TIMED_OUT"
    assert result.types[-2:] == ["LambdaFunctionStarted", "ExecutionTimedOut"]


def test_a_key_written_twice_is_refused() -> None:
    """One of the two would be ignored."""
    text = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}, "A": {"Type": "Succeed"}}}'
    with pytest.raises(InvalidDefinition, match="has 'A' twice in one object"):
        build(text, tasks=FakeTasks())


def test_a_state_with_faults_hides_no_others() -> None:
    """Transitions are checked all the same, and no state is called unreached for it."""
    machine = {
        "StartAt": "A",
        "States": {
            "A": {"Type": "Nothing"},
            "B": {"Type": "Pass", "Next": "Nowhere"},
            "C": {"Type": "Choice", "Choices": [{"Variable": "$.v", "Next": "D"}], "Default": "D"},
            "D": {"Type": "Succeed"},
        },
    }
    found = faults(machine)
    assert "States.B leads to the state 'Nowhere', which does not exist" in found
    assert not any("never reached" in fault for fault in found)


def test_a_branch_may_not_assign_what_a_machine_around_it_assigns() -> None:
    """A child execution of a Distributed Map may: it sees none of them."""
    inner = {"StartAt": "I", "States": {"I": {"Type": "Pass", "Assign": {"v": 2}, "End": True}}}
    parallel = one({"Type": "Parallel", "Branches": [inner], "Assign": {"v": 1}})
    assert faults(parallel) == [
        "States.State.Branches[0] assigns the variable 'v', which a machine around it assigns too; names must differ"
    ]
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **inner}
    assert faults(one({"Type": "Map", "ItemProcessor": processor, "Assign": {"v": 1}})) == []


def test_variables_may_have_any_letters_and_no_reserved_name() -> None:
    """Unicode letters; `states` is JSONata's."""
    second = {"Type": "Pass", "Parameters": {"x.$": "$名前"}, "End": True}
    machine = one({"Type": "Pass", "Assign": {"名前": 1}, "Next": "B"}, B=second)
    assert execute(machine).output == {"x": 1}
    assert faults(one({"Type": "Pass", "Assign": {"x" * 81: 1}})) != []
    assert "not simulated" in faults(one({"Type": "Pass", "Parameters": {"x.$": "$states.input"}}))[0]

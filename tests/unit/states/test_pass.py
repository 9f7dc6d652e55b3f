"""The Pass state and the data flow that all states share."""

from __future__ import annotations

from tests.unit.states.harness import execute, one


def test_a_pass_hands_its_input_on() -> None:
    """Without fields the output is the input."""
    assert execute(one({"Type": "Pass"}), {"a": 1}).output == {"a": 1}


def test_result_is_put_at_result_path_of_the_raw_input() -> None:
    """ResultPath makes the objects on its way."""
    state = {"Type": "Pass", "Result": 1, "ResultPath": "$.x.y"}
    assert execute(one(state), {"a": 1}).output == {"a": 1, "x": {"y": 1}}


def test_a_null_result_path_drops_the_result() -> None:
    """The raw input goes on."""
    assert execute(one({"Type": "Pass", "Result": 1, "ResultPath": None}), {"a": 1}).output == {"a": 1}


def test_null_paths_give_an_empty_object() -> None:
    """InputPath and OutputPath of null."""
    assert execute(one({"Type": "Pass", "InputPath": None}), {"a": 1}).output == {}
    assert execute(one({"Type": "Pass", "OutputPath": None}), {"a": 1}).output == {}


def test_parameters_take_values_from_paths_contexts_and_functions() -> None:
    """Keys ending in .$ are evaluated, others are constants."""
    state = {
        "Type": "Pass",
        "InputPath": "$.in",
        "Parameters": {"p.$": "$.a", "c.$": "$$.State.Name", "f.$": "States.Format('{}!', $.a)", "k": [{"n.$": "$.a"}]},
    }
    assert execute(one(state), {"in": {"a": "x"}}).output == {"p": "x", "c": "State", "f": "x!", "k": [{"n": "x"}]}


def test_a_missing_path_fails_with_runtime_and_names_state_field_and_input() -> None:
    """The cause is AWS's wording."""
    result = execute(one({"Type": "Pass", "Parameters": {"p.$": "$.no"}}), {"a": 1})
    assert result.ended.error == "States.Runtime"
    assert result.ended.cause == (
        "An error occurred while executing the state 'State' (entered at the event id #2). "
        "The JSONPath '$.no' specified for the field 'p.$' could not be found in the input '{\"a\":1}'"
    )


def test_an_output_larger_than_256_kib_of_utf8_fails() -> None:
    """Bytes count, not characters: three for a kana."""
    text = "あ" * (262_144 // 3)
    result = execute(one({"Type": "Pass", "Result": text}))
    assert (result.ended.status, result.ended.error) == ("FAILED", "States.DataLimitExceeded")
    assert execute(one({"Type": "Pass", "Result": text[:-1]})).ended.status == "SUCCEEDED"


def test_assigned_variables_are_seen_by_the_next_state_only() -> None:
    """A state's own fields see the old values."""
    first = {"Type": "Pass", "Result": 1, "Assign": {"v.$": "$"}, "Next": "Second"}
    second = {"Type": "Pass", "Parameters": {"got.$": "$v"}, "End": True}
    assert execute(one(first, Second=second)).output == {"got": 1}
    own = {"Type": "Pass", "Assign": {"v": 1}, "Parameters": {"got.$": "$v"}}
    assert execute(one(own)).ended.error == "States.Runtime"

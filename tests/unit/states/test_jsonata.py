# ruff: noqa: E501 - one case a line reads best
"""States whose query language is JSONata: where expressions stand, what they see, and how they fail."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.aws.asl.definition.compiler import build
from simulator.aws.asl.definition.fields import InvalidDefinition
from simulator.aws.asl.errors import StateError
from tests.unit.states.harness import FUNCTION, FakeMaps, FakeTasks, Result, execute

INPUT = {"user": "U1", "rows": [3, 1, 2], "ok": True, "n": 2}


def machine(*states: dict[str, Any], language: str | None = "JSONata") -> dict[str, Any]:
    """Return a machine that runs the states one after the other."""
    names = [f"S{index}" for index in range(len(states))]
    made = {}
    for index, state in enumerate(states):
        onward = {"Next": names[index + 1]} if index + 1 < len(states) else {"End": True}
        made[names[index]] = state if state["Type"] in ("Choice", "Fail", "Succeed") else {**onward, **state}
    return {"StartAt": "S0", "States": made} | ({} if language is None else {"QueryLanguage": language})


def problems(definition: dict[str, Any]) -> list[str]:
    """Return what is wrong with a definition."""
    try:
        build(definition, tasks=FakeTasks())
    except InvalidDefinition as error:
        return [str(problem) for problem in error.problems]
    return []


def failed(result: Result) -> tuple[str | None, str | None]:
    """Return where the expression stood that failed, and what was said of it after the state's name."""
    assert result.ended.error == "States.QueryEvaluationError", result.ended
    (details,) = result.details("EvaluationFailed")
    assert details["cause"] == result.ended.cause
    return details.get("location"), details["cause"].partition("). ")[2]


def test_an_expression_sees_input_context_and_variables() -> None:
    """And text around the braces makes a plain string."""
    result = execute(
        machine(
            {"Type": "Pass", "Assign": {"factor": "{% $states.input.n * 10 %}", "plain": " {% no %} "}},
            {
                "Type": "Pass",
                "Output": {
                    "total": "{% $sum($states.input.rows) * $factor %}",
                    "state": "{% $states.context.State.Name %}",
                    "plain": "{% $plain %}",
                    "deep": [1, {"user": "{% $states.input.user %}", "key.$": "$.user"}],
                },
            },
        ),
        INPUT,
    )
    assert result.output == {
        "total": 120,
        "state": "S1",
        "plain": " {% no %} ",
        "deep": [1, {"user": "U1", "key.$": "$.user"}],
    }


def test_a_task_makes_its_call_of_arguments_and_its_output_of_the_result() -> None:
    """Assign sees the result as well; without Output the result is the output."""
    task = {"Type": "Task", "Resource": FUNCTION, "Arguments": {"id": "{% $states.input.user %}"}}
    output = {"Output": "{% $states.input.user & '=' & $states.result.id %}", "Assign": {"r": "{% $states.result %}"}}
    last = {"Type": "Pass", "Output": ["{% $states.input %}", "{% $r %}"]}
    assert execute(machine(task), INPUT).output == {"id": "U1"}
    assert execute(machine(task | output, last), INPUT).output == ["U1=U1", {"id": "U1"}]


def test_a_catcher_sees_the_error_and_the_input() -> None:
    """Without Output the error is the output."""

    def fail(_: Any) -> Any:
        raise StateError("Bad", "because")

    task = {"Type": "Task", "Resource": FUNCTION, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "S1"}]}
    caught = {"Type": "Pass"}
    assert execute(machine(task, caught), INPUT, function=fail).output == {"Error": "Bad", "Cause": "because"}
    task["Catch"][0] |= {"Output": "{% [$states.input.user, $states.errorOutput.Error] %}"}  # type: ignore[index, operator]
    assert execute(machine(task, caught), INPUT, function=fail).output == ["U1", "Bad"]


@pytest.mark.parametrize(("ok", "output"), [(True, "yes"), (False, {"no": 2})])
def test_a_choice_takes_the_first_condition_that_is_true(ok: bool, output: Any) -> None:
    """A rule's Output and Assign are its own; the state's are Default's."""
    choice = {
        "Type": "Choice",
        "Choices": [{"Condition": "{% $states.input.ok %}", "Next": "S1", "Output": "yes", "Assign": {"a": 1}}],
        "Default": "S1",
        "Output": {"no": "{% $states.input.n %}"},
    }
    assert execute(machine(choice, {"Type": "Succeed"}), INPUT | {"ok": ok}).output == output


def test_a_map_takes_items_selector_and_limits_from_expressions() -> None:
    """The selector sees the item; the state's input stays what $states.input is."""
    one = {
        "Type": "Map",
        "Items": "{% $states.input.rows^($) %}",
        "ItemSelector": {"v": "{% $states.context.Map.Item.Value %}", "of": "{% $states.input.user %}"},
        "MaxConcurrency": "{% $states.input.n %}",
        "ItemProcessor": {
            "StartAt": "P",
            "States": {"P": {"Type": "Pass", "Output": "{% $states.input.v %}", "End": True}},
        },
    }
    assert execute(machine(one), INPUT).output == [1, 2, 3]


def test_a_distributed_map_reads_all_of_its_fields() -> None:
    """Reader, batcher, writer, tolerance and concurrency."""
    maps = FakeMaps()
    state = {
        "Type": "Map",
        "ItemReader": {
            "Resource": "arn:aws:states:::s3:getObject",
            "ReaderConfig": {"InputType": "JSON", "MaxItems": "{% $states.input.n * 5 %}"},
            "Arguments": {"Bucket": "{% 'bucket-' & $lowercase($states.input.user) %}", "Key": "k.json"},
        },
        "ItemBatcher": {"MaxItemsPerBatch": "{% $states.input.n %}", "BatchInput": {"u": "{% $states.input.user %}"}},
        "ResultWriter": {
            "Resource": "arn:aws:states:::s3:putObject",
            "Arguments": {"Bucket": "out", "Prefix": "{% $states.input.user %}"},
        },
        "MaxConcurrency": "{% $states.input.n + 3 %}",
        "ToleratedFailurePercentage": "{% $states.input.n / 4 %}",
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
            "StartAt": "P",
            "States": {"P": {"Type": "Pass", "End": True}},
        },
    }
    execute(machine(state), INPUT, maps=maps)
    (request,) = maps.requests
    assert request.reader is not None
    assert request.batcher is not None
    assert request.writer is not None
    assert request.reader.parameters == {"Bucket": "bucket-u1", "Key": "k.json"}
    assert request.reader.max_items == 10
    assert (request.batcher.max_items, request.batcher.batch_input) == (2, {"u": "U1"})
    assert (request.writer.bucket, request.writer.prefix) == ("out", "U1")
    assert (request.max_concurrency, request.tolerated_percentage) == (5, 0.5)


def test_one_state_of_a_jsonpath_machine_may_be_jsonata() -> None:
    """They share their variables."""
    states = (
        {"Type": "Pass", "Assign": {"u.$": "$.user"}},
        {"Type": "Pass", "QueryLanguage": "JSONata", "Output": {"u": "{% $u %}"}, "Assign": {"v": "{% $u & '!' %}"}},
        {"Type": "Pass", "Parameters": {"u.$": "$.u", "v.$": "$v"}},
    )
    assert execute(machine(*states, language=None), INPUT).output == {"u": "U1", "v": "U1!"}


@pytest.mark.parametrize(
    ("state", "location", "told"),
    [
        ({"Type": "Pass", "Output": "{% $nothing %}"}, "Output", "The JSONata expression '$nothing' specified for the field 'Output' returned nothing (undefined)."),
        ({"Type": "Pass", "Output": {"a": {"b": "{% $states.input.x %}"}}}, "Output/a/b", "returned nothing"),
        ({"Type": "Pass", "Output": ["{% $nothing %}"]}, "Output[0]", "returned nothing"),
        ({"Type": "Pass", "Output": "{% $nofunction() %}"}, "Output", "threw an error during evaluation. T1006: Attempted to invoke a non-function"),
        ({"Type": "Pass", "Output": "{% $eval('1') %}"}, "Output", "T1006"),
        ({"Type": "Pass", "Output": "{% $parse('{') %}"}, "Output", "threw an error during evaluation. D3137"),
        ({"Type": "Pass", "Output": "{% ($f := function($n) { 1 + $f($n) }; $f(1)) %}"}, "Output", "threw an error"),
        ({"Type": "Wait", "Seconds": "{% 'soon' %}"}, "Seconds", "Expected 'number', but was 'string' for value: \"soon\""),
        ({"Type": "Wait", "Seconds": "{% -1 %}"}, "Seconds", "Expected a whole number from 0"),
        ({"Type": "Wait", "Seconds": "{% 1.5 %}"}, "Seconds", "Expected a whole number from 0"),
        ({"Type": "Wait", "Timestamp": "{% 'soon' %}"}, "Timestamp", "Expected an RFC 3339 timestamp"),
        ({"Type": "Fail", "Error": "{% 1 %}"}, "Error", "Expected 'string', but was 'number' for value: 1"),
        ({"Type": "Task", "Resource": FUNCTION, "TimeoutSeconds": "{% 0 %}"}, "TimeoutSeconds", "from 1 to"),
    ],
)  # fmt: skip
def test_an_expression_that_fails_says_which_and_where(state: dict[str, Any], location: str, told: str) -> None:
    """The words are recorded on AWS, except for numbers out of bounds and times."""
    found, cause = failed(execute(machine(state), INPUT))
    assert found == location
    assert cause is not None
    assert told in cause


def test_a_condition_must_be_true_or_false() -> None:
    """A number does not count as one of them."""
    choice = {"Type": "Choice", "Choices": [{"Condition": "{% $states.input.n %}", "Next": "S1"}]}
    location, cause = failed(execute(machine(choice, {"Type": "Succeed"}), INPUT))
    assert location == "Choices[0]/Condition"
    assert cause is not None
    assert cause.endswith("Expected 'boolean', but was 'number' for value: 2")


def test_a_failed_expression_can_be_caught_and_retried() -> None:
    """It is not States.Runtime, which nothing catches."""
    state = {
        "Type": "Task",
        "Resource": FUNCTION,
        "Arguments": "{% $nothing %}",
        "Retry": [{"ErrorEquals": ["States.QueryEvaluationError"], "MaxAttempts": 1}],
        "Catch": [{"ErrorEquals": ["States.QueryEvaluationError"], "Next": "S1", "Output": "caught"}],
    }
    result = execute(machine(state, {"Type": "Succeed"}), INPUT)
    assert result.output == "caught"
    assert len(result.details("EvaluationFailed")) == 2


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ({"Type": "Pass", "Output": "{% 1 + %}"}, "States.S0.Output is not JSONata: S0207"),
        ({"Type": "Pass", "Output": {"a": ["{% ( %}"]}}, "States.S0.Output.a[0] is not JSONata: S0203"),
        ({"Type": "Pass", "Output": "{% 1"}, "States.S0.Output begins with {% and does not end with %}"),
        ({"Type": "Pass", "Output": "1 %}"}, "States.S0.Output ends with %} only"),
        ({"Type": "Pass", "InputPath": "$.a"}, "States.S0.InputPath is not a field of a Pass state whose QueryLanguage is JSONata"),
        ({"Type": "Pass", "Result": 1}, "States.S0.Result is not a field of a Pass state whose QueryLanguage is JSONata"),
        ({"Type": "Wait", "SecondsPath": "$.a", "Seconds": 1}, "States.S0.SecondsPath is not a field"),
        ({"Type": "Task", "Resource": FUNCTION, "Parameters": {}}, "States.S0.Parameters is not a field"),
        ({"Type": "Task", "Resource": FUNCTION, "Arguments": "{% $states.result %}"}, "States.S0.Arguments reads $states.result, which this field cannot see"),
        ({"Type": "Pass", "Output": "{% $states.errorOutput %}"}, "States.S0.Output reads $states.errorOutput"),
        ({"Type": "Pass", "Assign": 1}, "States.S0.Assign must be an object"),
        ({"Type": "Pass", "Assign": {"states": 1}}, "States.S0.Assign.states is not a name for a variable"),
        ({"Type": "Pass", "QueryLanguage": "JSONPath"}, "States.S0 has the QueryLanguage JSONPath in a state machine whose QueryLanguage is JSONata"),
        ({"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": True, "Next": "S0"}]}, "States.S0.Choices[0] needs the field Condition"),
        ({"Type": "Choice", "Choices": [{"Condition": "yes", "Next": "S0"}]}, "States.S0.Choices[0].Condition must be a JSONata expression"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_when_the_machine_is_created(state: dict[str, Any], told: str) -> None:
    """With the field's place."""
    assert any(problem.startswith(told) for problem in problems(machine(state))), problems(machine(state))


@pytest.mark.parametrize(
    "state",
    [
        {"Type": "Wait", "Seconds": "{% 1 + %}"},
        {"Type": "Wait", "Timestamp": "{% 1 + %}"},
        {"Type": "Task", "Resource": FUNCTION, "TimeoutSeconds": "{% 1 + %}"},
        {"Type": "Choice", "Choices": [{"Condition": "{% 1 + %}", "Next": "S0"}]},
        {"Type": "Map", "Items": "{% 1 + %}", "ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Succeed"}}}},
        {"Type": "Fail", "Error": "{% 1 + %}"},
    ],
)
def test_a_bad_expression_is_told_once(state: dict[str, Any]) -> None:
    """Not a second time as a literal."""
    found = [problem for problem in problems(machine(state)) if "S0" in problem and "terminal" not in problem]
    assert len(found) == 1, found
    assert "is not JSONata" in found[0]


def test_items_are_an_array_or_an_expression() -> None:
    """Text is neither."""
    processor = {"StartAt": "I", "States": {"I": {"Type": "Succeed"}}}
    found = problems(machine({"Type": "Map", "Items": "rows", "ItemProcessor": processor}))
    assert found == ["States.S0.Items must be an array, an object or a JSONata string"]


@pytest.mark.parametrize("field", ["Arguments", "Output", "Items", "Condition"])
def test_a_field_of_jsonata_is_refused_in_a_jsonpath_state(field: str) -> None:
    """So that nobody's expression is taken for text."""
    told = f"States.S0.{field} is not a field of a Pass state whose QueryLanguage is JSONPath"
    assert told in problems(machine({"Type": "Pass", field: "{% 1 %}"}, language=None))


def test_null_is_a_value_and_not_nothing() -> None:
    """An expression may give it."""
    assert execute(machine({"Type": "Pass", "Output": "{% $states.input.none %}"}), {"none": None}).output is None

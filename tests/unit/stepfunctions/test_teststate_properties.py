"""What holds for every request to TestState."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.aws.asl.definition.fields import InvalidDefinition
from simulator.aws.errors import ApiError
from tests.unit.states.harness import FUNCTION, execute
from tests.unit.stepfunctions.harness import ask

RENAMED = {
    "States.ReferencePathConflict": "States.ResultPathMatchFailure",
    "States.Runtime": "States.IntrinsicFailure",
}
LEAVES = st.sampled_from([None, True, 0, 5, "", "text", [], {}, "States.ALL", "$.a", "$", "arn:aws:states:::sqs:x"])
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner), max_leaves=6
)
PATHS = st.sampled_from(["$", "$.a", "$.a.b", "$.b[0]"])
TEMPLATES = st.fixed_dictionaries(
    {}, optional={"a.$": PATHS, "b.$": st.sampled_from(["States.StringSplit($.a, ',')", "States.ArrayLength($.b)"])}
)
STATES = st.fixed_dictionaries(
    {"Type": st.sampled_from(["Pass", "Task"]), "End": st.sampled_from([True])},
    optional={
        "InputPath": PATHS,
        "Parameters": TEMPLATES,
        "ResultPath": st.sampled_from(["$", "$.a", "$.a.b", None]),
        "OutputPath": PATHS,
    },
)


@settings(max_examples=60)
@given(state=STATES, data=VALUES.filter(lambda value: value is not None))
def test_a_state_alone_ends_as_in_an_execution(state: dict[str, Any], data: Any) -> None:
    """With the same output, or with the same error but for the two that TestState renames."""
    if state["Type"] == "Task":
        state = {**state, "Resource": FUNCTION}
    ended = execute({"StartAt": "S", "States": {"S": state}}, data).ended
    answer = ask(state, data)
    assert (answer["status"], answer.get("output")) == (ended.status, ended.output)
    assert ended.error in (answer.get("error"), RENAMED.get(answer.get("error", "")))


FIELDS = ("Type", "Resource", "ItemProcessor", "Branches", "ResultWriter", "Catch", "Retry", "States", "End", "Next")
WRITTEN = st.dictionaries(st.sampled_from(FIELDS), VALUES | st.sampled_from(["Task", "Map", "Parallel", "Pass"]))


@settings(max_examples=60)
@given(
    definition=st.recursive(WRITTEN, lambda inner: st.dictionaries(st.sampled_from(FIELDS), inner), max_leaves=4),
    mock=st.none() | st.fixed_dictionaries({}, optional={"result": VALUES.map(json.dumps), "errorOutput": VALUES}),
    name=st.none() | st.sampled_from(FIELDS),
    configuration=st.dictionaries(st.sampled_from(["retrierRetryCount", "mapIterationFailureCount"]), LEAVES),
)
def test_whatever_is_asked_is_answered_or_refused(definition: Any, mock: Any, name: Any, configuration: Any) -> None:
    """Never by another exception."""
    try:
        answer = ask(definition, {}, mock=mock, stateName=name, stateConfiguration=configuration)
    except (ApiError, InvalidDefinition):
        return
    assert answer["status"] in ("SUCCEEDED", "FAILED", "RETRIABLE", "CAUGHT_ERROR")


@pytest.mark.parametrize("text", ["", "[", "5", "null", '{"Type": "Pass", "Type": "Pass", "End": true}'])
def test_a_text_that_is_no_definition_is_refused(text: str) -> None:
    """As CreateStateMachine refuses it; an empty one by its length."""
    with pytest.raises((InvalidDefinition, ApiError)):
        ask(None, {}, definition=text)

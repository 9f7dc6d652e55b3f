"""The Choice state."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.states.harness import execute, faults, one


def chosen(rule: dict[str, Any], data: Any) -> bool | str:
    """Return whether a rule holds; the error's name where evaluating it fails."""
    machine = {
        "StartAt": "C",
        "States": {
            "C": {"Type": "Choice", "Choices": [{**rule, "Next": "Yes"}], "Default": "No"},
            "Yes": {"Type": "Pass", "Result": True, "End": True},
            "No": {"Type": "Pass", "Result": False, "End": True},
        },
    }
    result = execute(machine, data)
    return result.ended.output if result.ended.status == "SUCCEEDED" else str(result.ended.error)


@pytest.mark.parametrize(
    ("rule", "value", "expected"),
    [
        ({"StringEquals": "a"}, "a", True),
        ({"StringEquals": "1"}, 1, False),
        ({"StringLessThan": "b"}, "a", True),
        ({"StringGreaterThanEquals": "b"}, "b", True),
        ({"StringMatches": "log-*.txt"}, "log-1.txt", True),
        ({"StringMatches": "a\\*"}, "ab", False),
        ({"StringMatches": "a\\*"}, "a*", True),
        ({"NumericEquals": 1}, 1.0, True),
        ({"NumericEquals": 1}, True, False),
        ({"NumericLessThan": 2}, 1, True),
        ({"NumericGreaterThan": 2}, "3", False),
        ({"BooleanEquals": True}, True, True),
        ({"BooleanEquals": True}, "true", False),
        ({"TimestampEquals": "2020-01-01T00:00:00Z"}, "2020-01-01T09:00:00+09:00", True),
        ({"TimestampLessThan": "2020-01-01T00:00:00Z"}, "2019-01-01T00:00:00.5Z", True),
        ({"TimestampLessThan": "2020-01-01T00:00:00Z"}, "2019-01-01", False),
        ({"IsNull": True}, None, True),
        ({"IsNull": False}, 0, True),
        ({"IsNumeric": True}, True, False),
        ({"IsString": True}, "", True),
        ({"IsBoolean": True}, False, True),
        ({"IsTimestamp": True}, "2020-01-01T00:00:00Z", True),
        ({"IsTimestamp": True}, "2020-01-01 00:00:00Z", False),
        ({"IsPresent": True}, None, True),
    ],
)
def test_a_comparison_holds_for_values_of_its_own_type_only(rule: dict[str, Any], value: Any, expected: bool) -> None:
    """Another type makes it false, never an error."""
    assert chosen({"Variable": "$.v", **rule}, {"v": value}) is expected


@pytest.mark.parametrize(
    ("text", "is_time"),
    [
        ("2020-01-01T00:00:00+23:59", True),
        ("2020-01-01T00:00:00-23:59", True),
        ("2020-01-01T00:00:00.123456789Z", True),
        ("2020-02-29T23:59:59Z", True),
        ("0001-01-01T00:00:00+09:00", True),
        ("9999-12-31T23:59:59-09:00", True),
        ("2020-01-01T00:00:00+24:00", False),
        ("2020-01-01T00:00:00+99:00", False),
        ("2020-01-01T00:00:00-99:99", False),
        ("2020-01-01T00:00:00+09:60", False),
        ("2020-01-01T00:00:00+0900", False),
        ("2020-01-01T00:00:00.1234567890Z", False),
        ("2020-01-01T00:00:00.Z", False),
        ("2020-01-01t00:00:00Z", False),
        ("2020-01-01T00:00:00z", False),
        ("2020-01-01T00:00:00", False),
        ("0000-01-01T00:00:00Z", False),
        ("2020-13-01T00:00:00Z", False),
        ("2020-00-01T00:00:00Z", False),
        ("2021-02-29T00:00:00Z", False),
        ("2020-01-01T24:00:00Z", False),
        ("2016-12-31T23:59:60Z", False),
        ("２０２０-01-01T00:00:00Z", False),
        ("-2020-01-01T00:00:00Z", False),
        ("2020-01-01T00:00:00Z\n", False),
    ],
)
def test_a_time_is_rfc_3339_with_capitals_or_it_is_none(text: str, is_time: bool) -> None:
    """What is none makes a comparison false, and never an error; the same text is refused in a definition."""
    assert chosen({"Variable": "$.v", "IsTimestamp": True}, {"v": text}) is is_time
    least, most = "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"
    for operator, other in (("TimestampGreaterThanEquals", least), ("TimestampLessThanEquals", most)):
        assert chosen({"Variable": "$.v", operator: other}, {"v": text}) is is_time
        assert chosen({"Variable": "$.v", f"{operator}Path": "$.o"}, {"v": text, "o": other}) is is_time


def test_a_path_form_compares_with_another_part_of_the_input() -> None:
    """`...Path` operators."""
    assert chosen({"Variable": "$.v", "NumericLessThanPath": "$.w"}, {"v": 1, "w": 2}) is True
    assert chosen({"Variable": "$.v", "StringEqualsPath": "$.w"}, {"v": "a", "w": 1}) is False


def test_a_missing_variable_fails_unless_only_its_presence_is_asked() -> None:
    """IsPresent is there to be asked first."""
    assert chosen({"Variable": "$.no", "IsPresent": False}, {}) is True
    assert chosen({"Variable": "$.no", "StringEquals": "x"}, {}) == "States.Runtime"


def test_and_or_not_combine_rules_and_stop_early() -> None:
    """The second rule of this And is never evaluated: it would fail."""
    present = {"Variable": "$.v", "IsPresent": True}
    equal = {"Variable": "$.v", "NumericEquals": 1}
    assert chosen({"And": [present, equal]}, {}) is False
    assert chosen({"And": [present, equal]}, {"v": 1}) is True
    assert chosen({"Or": [{"Not": present}, equal]}, {"v": 1}) is True
    assert chosen({"Not": {"Or": [present, {"Not": present}]}}, {}) is False


UNMATCHED = {
    "StartAt": "C",
    "States": {
        "C": {"Type": "Choice", "Choices": [{"Variable": "$.v", "IsNull": True, "Next": "End"}]},
        "End": {"Type": "Succeed"},
    },
}


def test_without_a_match_and_default_it_fails_as_recorded() -> None:
    """With States.Runtime, not with the States Language's States.NoChoiceMatched."""
    ended = execute(UNMATCHED, {"v": 1}).ended
    assert (ended.error, ended.cause) == (
        "States.Runtime",
        (
            "An error occurred while executing the state 'C' (entered at the event id #2). "
            "Failed to transition out of the state. The state does not point to a next state."
        ),
    )


@pytest.mark.parametrize("name", ["States.ALL", "States.NoChoiceMatched", "States.Runtime", "States.TaskFailed"])
def test_no_catch_around_it_catches_a_choice_without_a_match(name: str) -> None:
    """A Catch that works locally and not on AWS would be a false promise."""
    around = {
        "Type": "Parallel",
        "Branches": [UNMATCHED],
        "Catch": [{"ErrorEquals": [name], "Next": "Caught"}],
        "Retry": [{"ErrorEquals": [name], "MaxAttempts": 1}],
    }
    ended = execute(one(around, Caught={"Type": "Pass", "End": True}), {"v": 1}).ended
    assert (ended.status, ended.error) == ("FAILED", "States.Runtime")


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"Variable": "$.v"}, "has no comparison operator"),
        ({"Variable": "$.v", "StringEquals": "a", "IsNull": True}, "a rule needs exactly one"),
        ({"Variable": "$.v", "NumericEquals": "1"}, "must be a number"),
        ({"Variable": "$.v", "TimestampEquals": "soon"}, "must be an RFC 3339 timestamp"),
        ({"StringEquals": "a"}, "needs the field Variable"),
        ({"And": []}, "needs at least one rule"),
        ({"Not": {"Variable": "$.v", "IsNull": True, "Next": "Yes"}}, "is allowed in a top-level rule only"),
        ({"Variable": "$.v", "IsNull": True, "Colour": 1}, "is not a field of a Choice rule"),
    ],
)
def test_a_bad_rule_is_refused_at_creation(rule: dict[str, Any], words: str) -> None:
    """With its place in the machine."""
    machine = {
        "StartAt": "C",
        "States": {
            "C": {"Type": "Choice", "Choices": [{**rule, "Next": "Yes"}], "Default": "Yes"},
            "Yes": {"Type": "Succeed"},
        },
    }
    found = faults(machine)
    assert any(fault.startswith("States.C.Choices[0]") and words in fault for fault in found), found

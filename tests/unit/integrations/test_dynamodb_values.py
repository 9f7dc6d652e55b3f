"""Numbers, sets and expressions: what DynamoDB refuses, and what it stores."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.aws.errors import ApiError
from simulator.aws.integrations.dynamodb_rules import check_attributes, check_expressions, stored_number


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("00012", "12"),
        ("1.50", "1.5"),
        ("-0", "0"),
        ("0.000e9999999999999", "0"),
        ("+5.", "5"),
        (".5", "0.5"),
        ("1e3", "1000"),
        ("-1E-3", "-0.001"),
        ("9" * 38 + "000", "9" * 38 + "000"),
        ("0" * 5000 + "1", "1"),
        ("9." + "9" * 37 + "E125", "9" * 38 + "0" * 88),
        ("1E-130", "0." + "0" * 129 + "1"),
    ],
)
def test_a_number_is_stored_normalised(written: str, stored: str) -> None:
    """Without what does not change its value."""
    assert stored_number(written) == stored


@given(st.decimals(allow_nan=False, allow_infinity=False, places=10, min_value=-(10**20), max_value=10**20))
def test_storing_keeps_the_value_and_is_done_once(number: Decimal) -> None:
    """A stored number is equal to the written one, and stays as it is."""
    stored = stored_number(str(number))
    assert Decimal(stored) == number
    assert stored_number(stored) == stored


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("1" * 39, "more than 38 significant digits"),
        ("0." + "1" * 39, "more than 38 significant digits"),
        ("1E126", "Number overflow"),
        ("-1" + "0" * 126, "Number overflow"),
        ("1E" + "9" * 5000, "Number overflow"),
        ("1E-131", "Number underflow"),
        ("1_000", "cannot be converted to a numeric value: 1_000"),
        ("１２", "cannot be converted"),
        ("", "cannot be converted to a numeric value$"),
        (".", "cannot be converted"),
        (" 1", "cannot be converted"),
        ("1\n", "cannot be converted"),
        ("NaN", "cannot be converted"),
        ("Infinity", "cannot be converted"),
        ("0x1", "cannot be converted"),
        ("1e", "cannot be converted"),
    ],
)
@pytest.mark.parametrize(
    "around",
    [
        lambda text: {"N": text},
        lambda text: {"NS": ["1", text]},
        lambda text: {"M": {"a": {"L": [{"S": "x"}, {"N": text}]}}},
    ],
)
def test_a_number_beyond_dynamodb_is_refused_at_any_depth(written: str, words: str, around: Any) -> None:
    """In its words."""
    with pytest.raises(ApiError, match=words):
        check_attributes([around(written)])


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"SS": []}, "An string set  may not be empty"),
        ({"NS": []}, "An number set  may not be empty"),
        ({"SS": ["a", "b", "a"]}, r"Input collection \[a, b, a\] contains duplicates"),
        ({"NS": ["1", "1.0"]}, "contains duplicates"),
        ({"NS": ["0", "-0"]}, "contains duplicates"),
        ({"SS": ["a"], "NS": ["1"]}, "more than one datatypes"),
        ({"L": [{"M": {"s": {"SS": []}}}]}, "may not be empty"),
    ],
)
def test_a_set_has_values_and_none_twice(value: dict[str, Any], words: str) -> None:
    """Numbers that are equal are the same value."""
    with pytest.raises(ApiError, match=words):
        check_attributes([value])


def test_numbers_inside_are_stored_normalised_too() -> None:
    """In sets, lists and maps; texts that look like numbers stay."""
    value = {"M": {"a": {"L": [{"N": "01"}, {"S": "01"}]}, "b": {"NS": ["2.0", "1"]}, "c": {"SS": ["1", "1.0"]}}}
    check_attributes([value])
    assert value == {"M": {"a": {"L": [{"N": "1"}, {"S": "01"}]}, "b": {"NS": ["2", "1"]}, "c": {"SS": ["1", "1.0"]}}}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"ConditionExpression": ""}, "Invalid ConditionExpression: The expression can not be empty;"),
        ({"UpdateExpression": " "}, "Invalid UpdateExpression: The expression can not be empty;"),
        ({"ExpressionAttributeNames": {"#a": "a"}}, "can only be specified when using expressions"),
        ({"ConditionExpression": "a = b", "ExpressionAttributeNames": {}}, "Names must not be empty"),
        ({"ConditionExpression": "a = b", "ExpressionAttributeValues": {}}, "Values must not be empty"),
        (
            {"ConditionExpression": "#ab = b", "ExpressionAttributeNames": {"#ab": "x", "#a": "y"}},
            "ExpressionAttributeNames unused in expressions: keys: {#a}",
        ),
        (
            {"UpdateExpression": "SET a = :v", "ExpressionAttributeValues": {":v": {"S": "x"}, ":w": {"S": "y"}}},
            "ExpressionAttributeValues unused in expressions: keys: {:w}",
        ),
        ({"ConditionExpression": "a = b", "ExpressionAttributeNames": {"a": "a"}}, 'Syntax error; key: "a"'),
        ({"ConditionExpression": "#a = b", "ExpressionAttributeNames": {"#a": ""}}, "must not be empty"),
    ],
)
def test_what_an_expression_does_not_use_is_refused(arguments: dict[str, Any], words: str) -> None:
    """And what is empty."""
    with pytest.raises(ApiError) as caught:
        check_expressions(arguments)
    assert words in str(caught.value)


def test_a_name_may_be_used_in_either_expression() -> None:
    """Or twice."""
    check_expressions(
        {
            "UpdateExpression": "SET #a = :v",
            "ConditionExpression": "attribute_exists(#b.#c) AND #a <> :v",
            "ExpressionAttributeNames": {"#a": "a", "#b": "b", "#c": "c"},
            "ExpressionAttributeValues": {":v": {"N": "1"}},
        }
    )

"""Conditions: the statements of the IAM user guide about operators, missing keys and several values."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.aws.iam.conditions import UnknownOperator
from tests.unit.iam.asked import holds

KEY = "aws:PrincipalTag/job-category"


@pytest.mark.parametrize(
    ("operator", "wanted", "given", "expected"),
    [
        ("StringEquals", "iamuser-admin", "iamuser-admin", True),
        ("StringEquals", "iamuser-admin", "IAMuser-admin", False),
        ("StringEqualsIgnoreCase", "iamuser-admin", "IAMuser-admin", True),
        ("StringLike", "home/*", "home/me", True),
        ("StringNotLike", "home/*", "home/me", False),
        ("StringNotEquals", ["a", "b"], "b", False),
        ("StringNotEquals", ["a", "b"], "c", True),
        ("NumericLessThan", "1.2", "1.3", False),
        ("NumericLessThanEquals", 10, "10", True),
        ("NumericEquals", "10", "ten", False),
        ("DateGreaterThan", "2020-04-01T00:00:00Z", "2026-01-01T00:00:00Z", True),
        ("DateLessThan", "2020-06-30T23:59:59Z", "1767225600", False),
        ("Bool", True, "true", True),
        ("Bool", "false", "true", False),
        ("IpAddress", "203.0.113.0/24", "203.0.113.7", True),
        ("NotIpAddress", "2001:DB8:1234:5678::/64", "2001:DB8:1234:5678::1", False),
        ("ArnLike", "arn:aws:sns:*:123456789012:*", "arn:aws:sns:us-east-1:123456789012:topic", True),
        ("ArnEquals", "arn:aws:iam::1:role/*", "arn:aws:iam::1:role/a", True),
        ("ArnLike", "arn:aws:sns:*", "arn:aws:sns:us-east-1:123456789012:topic", False),
        ("ArnNotLike", "arn:aws:sns:*:*:t*", "arn:aws:sns:r:1:topic", False),
    ],
)
def test_every_operator_compares_as_the_guide_says(operator: str, wanted: Any, given: str, expected: bool) -> None:
    """Several values of a policy are alternatives; of a negated operator none may match."""
    assert holds({operator: {KEY: wanted}}, **{KEY: given}) is expected


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("StringEquals", False),
        ("StringLike", False),
        ("Bool", False),
        ("StringNotEquals", True),
        ("ArnNotLike", True),
        ("StringEqualsIfExists", True),
        # "the request is still denied even if the condition key is not present": the condition is true.
        ("StringNotEqualsIfExists", True),
        ("ForAllValues:StringEquals", True),
        ("ForAnyValue:StringEquals", False),
        ("ForAnyValue:StringNotEquals", False),
    ],
)
def test_a_key_that_is_missing(operator: str, expected: bool) -> None:
    """IAM user guide, "...IfExists condition operators" and "Set operators"."""
    assert holds({operator: {KEY: "true"}}) is expected


def test_null_says_whether_a_key_is_there() -> None:
    """And in one statement with a negated operator it says that a header is there, and is another."""
    assert holds({"Null": {KEY: "true"}})
    assert not holds({"Null": {KEY: "true"}}, **{KEY: "a"})
    other = {"Null": {KEY: "false"}, "StringNotEquals": {KEY: "a"}}
    assert [holds(other), holds(other, **{KEY: "a"}), holds(other, **{KEY: "b"})] == [False, False, True]


def test_the_guides_example_of_several_values() -> None:
    """DynamoDB's attributes: all of them, any of them, one that may not be asked for."""
    allowed = ["ID", "Message", "Tags"]
    every = {"ForAllValues:StringEquals": {"dynamodb:Attributes": allowed}}
    assert holds(every, dynamodb__Attributes=["ID", "Message"])
    assert not holds(every, dynamodb__Attributes=["ID", "UserId"])
    some = {"ForAnyValue:StringEquals": {"dynamodb:Attributes": allowed}}
    assert holds(some, dynamodb__Attributes=["ID", "UserId"])
    assert not holds(some, dynamodb__Attributes=["UserId"])
    none = {"ForAllValues:StringNotEquals": {"dynamodb:Attributes": ["UserId"]}}
    assert not holds(none, dynamodb__Attributes=["ID", "UserId"])


def test_all_conditions_of_a_statement_must_hold() -> None:
    """Operators, and the keys of one operator."""
    both = {"StringEquals": {KEY: "a", "aws:PrincipalOrgID": "o-1"}, "Bool": {"aws:SecureTransport": "true"}}
    given = {KEY: "a", "aws:PrincipalOrgID": "o-1", "aws:SecureTransport": "true"}
    assert holds(both, **given)
    for key in given:
        assert not holds(both, **{**given, key: "x"})


def test_an_operator_that_does_not_exist_is_named() -> None:
    """AWS refuses such a policy when it is written."""
    with pytest.raises(UnknownOperator, match="StringMatches"):
        holds({"StringMatches": {KEY: "a"}}, **{KEY: "a"})

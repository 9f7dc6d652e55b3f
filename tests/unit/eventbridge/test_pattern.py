"""Event patterns: fields, arrays, $or, and what they say of an event they do not want."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.aws.eventbridge.errors import InvalidEventPatternException
from simulator.aws.eventbridge.pattern import EventPattern

UPLOADS: dict[str, Any] = {
    "source": ["aws.s3"],
    "detail-type": ["Object Created"],
    "detail": {"bucket": {"name": ["inbox"]}, "object": {"key": [{"suffix": ".csv"}]}},
}


def upload(key: str, bucket: str = "inbox") -> dict[str, Any]:
    """Return the fields of an upload's event that the pattern above looks at."""
    return {
        "source": "aws.s3",
        "detail-type": "Object Created",
        "detail": {"bucket": {"name": bucket}, "object": {"key": key}},
    }


@pytest.mark.parametrize("key", ["a.csv", "日報/2025 08.csv", ".csv", 'say "hi".csv', "a.CSV.csv"])
def test_the_rule_wants_every_key_that_ends_in_csv(key: str) -> None:
    """Slashes, spaces, quotes and Japanese make no difference."""
    assert EventPattern(UPLOADS).matches(upload(key))


@pytest.mark.parametrize("key", ["A.CSV", "a.csv.txt", "a.txt", "csv", "a.csv "])
def test_the_rule_wants_no_other_key(key: str) -> None:
    """The suffix is case-sensitive."""
    assert not EventPattern(UPLOADS).matches(upload(key))


def test_the_reasons_name_each_field_that_is_not_as_asked() -> None:
    """One sentence a field, and the difference in case is pointed out."""
    assert EventPattern(UPLOADS).mismatches(upload("A.CSV", "outbox")) == [
        "detail.bucket.name is 'outbox', but must be 'inbox'",
        "detail.object.key is 'A.CSV', but must end in '.csv' (upper and lower case differ)",
    ]
    assert EventPattern(UPLOADS).mismatches({"source": "aws.s3", "detail": {}})[:2] == [
        "detail-type is missing, but must be 'Object Created'",
        "detail.bucket.name is missing, but must be 'inbox'",
    ]
    assert EventPattern(UPLOADS).mismatches(upload("a.csv")) == []


@given(st.text(), st.sampled_from(["inbox", "outbox"]))
def test_there_are_reasons_exactly_where_an_event_does_not_match(key: str, bucket: str) -> None:
    """Whatever the key, reasons and match agree, and they agree with plain Python."""
    pattern, event = EventPattern(UPLOADS), upload(key, bucket)
    assert pattern.matches(event) == (pattern.mismatches(event) == []) == (key.endswith(".csv") and bucket == "inbox")


def test_fields_that_a_pattern_does_not_name_do_not_matter() -> None:
    """All named fields are asked for, and no other."""
    assert EventPattern({"a": [1]}).matches({"a": 1, "b": {"c": [2]}})


def test_an_array_in_the_event_matches_by_intersection() -> None:
    """One common value is enough, at any depth."""
    pattern = EventPattern({"tags": ["x", "y"]})
    assert pattern.matches({"tags": ["a", "y"]})
    assert pattern.matches({"tags": [["b"], ["x"]]})
    assert not pattern.matches({"tags": ["a"]})
    assert not pattern.matches({"tags": []})


def test_fields_of_an_array_of_objects_are_taken_from_one_element() -> None:
    """event-ruler's array consistency: a from one element and b from another is no match, and is explained."""
    pattern = EventPattern({"rows": {"a": [1], "b": [2]}})
    assert pattern.matches({"rows": [{"a": 0, "b": 0}, {"a": 1, "b": 2}]})
    apart = {"rows": [{"a": 1, "b": 0}, {"a": 0, "b": 2}]}
    assert not pattern.matches(apart)
    assert pattern.mismatches(apart) == ["no single element of an array in the event has all the values asked for"]


def test_or_is_met_by_one_of_its_objects_beside_all_other_fields() -> None:
    """`$or` stands at any level."""
    pattern = EventPattern({"s": ["a"], "$or": [{"x": [1]}, {"d": {"y": [{"prefix": "p"}]}}]})
    assert pattern.matches({"s": "a", "x": 1})
    assert pattern.matches({"s": "a", "d": {"y": "pq"}})
    assert not pattern.matches({"s": "b", "x": 1})
    assert pattern.mismatches({"s": "a", "x": 2}) == [
        "none of $or: x is 2, but must be 1; d.y is missing, but must start with 'p'"
    ]


def test_or_with_matchers_or_one_entry_is_a_field_of_that_name() -> None:
    """event-ruler's way of not breaking older patterns."""
    assert EventPattern({"$or": [{"prefix": "x"}, {"suffix": "y"}]}).matches({"$or": "xa"})
    with pytest.raises(InvalidEventPatternException, match="Unrecognized match type a"):
        EventPattern({"$or": [{"a": [1]}]})


def test_or_with_too_many_combinations_is_refused() -> None:
    """Ten times ten times eleven alternatives are more than 1,000."""
    three = {name: {"$or": [{"v": [n]} for n in range(count)]} for name, count in (("a", 10), ("b", 10), ("c", 10))}
    EventPattern(three)
    three["c"]["$or"].append({"v": [99]})
    with pytest.raises(InvalidEventPatternException, match="more than 1000 combinations"):
        EventPattern(three)


def test_exists_false_looks_at_leaves_only() -> None:
    """A node that is an object, or an empty array, has no value, and `exists: false` matches it."""
    absent, there = EventPattern({"a": {"b": [{"exists": False}]}}), EventPattern({"a": {"b": [{"exists": True}]}})
    without: list[dict[str, Any]] = [{}, {"a": 1}, {"a": {"b": {"c": 1}}}, {"a": {"b": []}}, {"a": [{"c": 1}]}]
    for event in without:
        assert absent.matches(event), event
        assert not there.matches(event), event
    having: list[dict[str, Any]] = [{"a": {"b": None}}, {"a": {"b": [1]}}, {"a": [{"c": 1}, {"b": 0}]}]
    for event in having:
        assert not absent.matches(event), event
        assert there.matches(event), event


def test_exists_false_is_one_alternative_among_others() -> None:
    """Missing or a certain value."""
    pattern = EventPattern({"a": [{"exists": False}, "x"]})
    assert pattern.matches({})
    assert pattern.matches({"a": "x"})
    assert not pattern.matches({"a": "y"})


@pytest.mark.parametrize(
    ("text", "reason", "where"),
    [
        ("{", "It is not JSON", ""),
        ('{"a": [NaN]}', "NaN", ""),
        ("[]", "Filter is not an object", ""),
        ("{}", "Empty objects are not allowed", ""),
        ('{"a": {"b": {}}}', "Empty objects are not allowed", "a.b"),
        ('{"a": {"b": []}}', "Empty arrays are not allowed", "a.b"),
        ('{"a": {"b": "x"}}', '"b" must be an object or an array', "a.b"),
        ('{"a": ["x", [1]]}', "An array inside an array is not allowed", "a[1]"),
        ('{"a": [{"prefix": "x", "suffix": "y"}]}', "Only one key allowed in match expression", "a[0]"),
        ('{"a": [{"sufix": "y"}]}', "Unrecognized match type sufix", "a[0]"),
    ],
)
def test_what_is_no_pattern_is_refused_with_its_place(text: str, reason: str, where: str) -> None:
    """The error has the place and the reason."""
    with pytest.raises(InvalidEventPatternException) as refused:
        EventPattern(text)
    assert refused.value.where == where
    assert reason in str(refused.value)
    assert str(refused.value).startswith("Event pattern is not valid. Reason: ")


def test_of_a_key_given_twice_the_last_one_counts() -> None:
    """As AWS reads patterns."""
    assert EventPattern('{"a": ["x"], "a": ["y"]}').matches({"a": "y"})

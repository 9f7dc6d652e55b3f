"""Event patterns: fields, arrays, $or, and what they say of an event they do not want."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.aws.eventbridge import pattern as pattern_module
from simulator.aws.eventbridge.errors import InvalidEventPatternException, ValidationException
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
    """event-ruler's array consistency: a from one element and b from another does not match, and is explained."""
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


OPERATORS = ("prefix", "suffix", "numeric", "exists", "cidr", "wildcard", "equals-ignore-case", "anything-but")


@pytest.mark.parametrize("name", [*OPERATORS, "exactly"])
def test_inside_or_no_field_has_the_name_of_an_operator(name: str) -> None:
    """At any depth; outside of `$or` it is a field like any other."""
    reason = f"{name} is Ruler reserved fieldName which cannot be used inside \\$or."
    for inside in ({name: ["csv"]}, {"file": {name: ["csv"]}}, {"$or": [{"a": [1]}, {"b": {"c": {name: [1]}}}]}):
        with pytest.raises(InvalidEventPatternException, match=reason):
            EventPattern({"detail": {"$or": [inside, {"x": [1]}]}})
    assert EventPattern({"detail": {name: {"y": ["csv"]}}}).matches({"detail": {name: {"y": "csv"}}})


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        (["a", "b"], "Only JSON object is allowed in array of \\$or relationship."),
        ([{"a": [1]}, "b"], "Only JSON object is allowed in array of \\$or relationship."),
        ([{"a": [1]}, [{"b": [1]}]], "Only JSON object is allowed in array of \\$or relationship."),
        ([{"a": [1]}], "There must have at least 2 Objects"),
        ([{"a": [1]}, {}], "Empty objects are not allowed"),
        ([], "Empty arrays are not allowed"),
    ],
)
def test_or_takes_two_objects_or_more(entries: list[Any], reason: str) -> None:
    """A table: the array, and the reason it is refused for."""
    with pytest.raises(InvalidEventPatternException, match=reason):
        EventPattern({"detail": {"$or": entries}})


def test_or_after_the_same_key_replaces_it_and_before_it_is_replaced() -> None:
    """In each alternative that has the key."""
    after = EventPattern({"detail": {"kind": ["csv"], "$or": [{"kind": ["tsv"]}, {"big": [True]}]}})
    assert after.matches({"detail": {"kind": "tsv"}})
    assert after.matches({"detail": {"kind": "csv", "big": True}})
    assert not after.matches({"detail": {"kind": "csv"}})
    assert not after.matches({"detail": {"kind": "txt", "big": True}})
    before = EventPattern({"detail": {"$or": [{"kind": ["tsv"]}, {"big": [True]}], "kind": ["csv"]}})
    assert before.matches({"detail": {"kind": "csv"}})
    assert not before.matches({"detail": {"kind": "tsv", "big": True}})


def test_two_ors_stand_for_every_combination() -> None:
    """One inside an alternative of another, and one beside it."""
    pattern = EventPattern(
        {"a": {"$or": [{"x": [1]}, {"$or": [{"y": [1]}, {"z": [1]}]}]}, "$or": [{"b": [1]}, {"c": [1]}]}
    )
    assert pattern.matches({"a": {"z": 1}, "b": 1})
    assert pattern.matches({"a": {"x": 1}, "c": 1})
    assert not pattern.matches({"a": {"x": 1}})
    assert not pattern.matches({"a": {}, "b": 1, "c": 1})


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


@pytest.mark.parametrize(
    ("pattern", "event", "matches"),
    [
        ('{"a": ["x"], "a": ["y"]}', '{"a": "y"}', True),
        ('{"a": ["x"], "a": ["y"]}', '{"a": "x"}', False),
        ('{"o": {"k": ["a"]}, "o": {"s": [1]}}', '{"o": {"s": 1}}', False),
        ('{"o": {"k": ["a"]}, "o": {"s": [1]}}', '{"o": {"s": 1, "k": "a"}}', True),
        ('{"o": {"k": ["a"]}, "o": {"k": ["b"]}}', '{"o": {"k": "b"}}', True),
        ('{"o": ["a"], "o": {"s": [1]}}', '{"o": {"s": 1}}', False),
        ('{"k": ["a"]}', '{"k": "a", "k": "b"}', True),
        ('{"k": ["b"]}', '{"k": "a", "k": "b"}', True),
        ('{"o": {"x": [1], "y": [2]}}', '{"o": {"x": 1}, "o": {"y": 2}}', True),
    ],
)
def test_of_a_key_given_twice_objects_are_merged_and_of_arrays_the_last_counts(
    pattern: str, event: str, matches: bool
) -> None:
    """An event has both values."""
    assert pattern_module.test_event_pattern(pattern, event) is matches


@pytest.mark.parametrize(
    "text",
    [
        '{"o": null, "o": ["a"]}',
        '{"o": {}, "o": ["a"]}',
        '{"o": [], "o": ["a"]}',
        '{"o": ["a"], "o": null}',
        '{"o": [{"prefix": "a", "prefix": "b"}]}',
        '{"o": [{"prefix": {"equals-ignore-case": "a", "equals-ignore-case": "b"}}]}',
        '{"o": [{"anything-but": {"prefix": "a", "prefix": "b"}}]}',
    ],
)
def test_each_value_of_a_key_given_twice_is_checked(text: str) -> None:
    """Also the value that does not count."""
    with pytest.raises(InvalidEventPatternException):
        EventPattern(text)


@pytest.mark.parametrize(
    ("pattern", "event", "matches"),
    [
        ({"a.b": [1]}, {"a": {"b": 1}}, True),
        ({"a.b": [1]}, {"a.b": 1}, True),
        ({"a": {"b": [1]}}, {"a.b": 1}, True),
        ({"a.b": {"c": [1]}}, {"a": {"b.c": 1}}, True),
        ({"a.b": [1], "a": {"b": [2]}}, {"a": {"b": 2}}, True),
        ({"a.b": [1], "a": {"b": [2]}}, {"a": {"b": 1}}, False),
        ({"a": {"b": [2]}, "a.b": [1]}, {"a": {"b": 1}}, True),
        ({"a.b": [1]}, {"a": {"c": 1}}, False),
        ({"a.b": [1], "a.c": [2]}, {"a": [{"b": 1}, {"c": 2}]}, False),
        ({"": {"b": [1]}}, {"b": 1}, False),
        ({"": {"b": [1]}}, {"": {"b": 1}}, True),
    ],
)
def test_a_dot_in_a_key_is_a_step_of_the_path(pattern: dict[str, Any], event: dict[str, Any], matches: bool) -> None:
    """Of two spellings of one path the later one counts."""
    assert EventPattern(pattern).matches(event) is matches


ABSENT = [{"exists": False}]


@pytest.mark.parametrize(
    ("parts", "matches"),
    [
        ([{"ok": True}, {"ok": False, "note": "x"}], True),
        ([{"ok": False, "note": "x"}, {"ok": True}], True),
        ([{"ok": True, "note": "x"}, {"ok": False}], False),
        ([{"ok": True, "note": "x"}, {"ok": True}], True),
        ([{"ok": True, "note": None}], False),
        ([{"note": "x"}], False),
        ({"ok": True}, True),
        ({"ok": True, "note": "x"}, False),
        ([[{"ok": True}], [{"note": "x"}]], True),
    ],
)
def test_exists_false_looks_at_the_element_that_the_other_fields_chose(parts: Any, matches: bool) -> None:
    """Any element that has the other fields will do."""
    pattern = {"parts": {"ok": [True], "note": ABSENT}}
    assert EventPattern(pattern).matches({"parts": parts}) is matches


def test_exists_false_alone_looks_at_every_element() -> None:
    """Fields beside the array choose no element of it."""
    alone = EventPattern({"id": [1], "other": {"x": [1]}, "parts": {"note": ABSENT, "more": ABSENT}})
    event = {"id": 1, "other": [{"x": 0}, {"x": 1}]}
    assert alone.matches({**event, "parts": [{"ok": True}, {}]})
    assert alone.matches({**event, "parts": []})
    assert not alone.matches({**event, "parts": [{"ok": True}, {"note": 1}]})
    assert not alone.matches({**event, "parts": [{"ok": True}, {"more": 1}]})


def test_exists_false_beside_values_is_either() -> None:
    """In the element that the other field chose."""
    pattern = EventPattern({"p": {"a": [{"exists": False}, 1], "z": [1]}})
    assert pattern.matches({"p": [{"z": 1}, {"a": 2, "z": 0}]})
    assert pattern.matches({"p": [{"z": 1, "a": 1}]})
    assert not pattern.matches({"p": [{"z": 1, "a": 2}, {"a": 1}]})


def test_nested_arrays_choose_an_element_of_each() -> None:
    """The inner element belongs to the outer one."""
    pattern = EventPattern({"a": {"x": [1], "b": {"y": [2], "z": [3]}}})
    assert pattern.matches({"a": [{"x": 0, "b": []}, {"x": 1, "b": [{"y": 0}, {"y": 2, "z": 3}]}]})
    assert not pattern.matches({"a": [{"x": 1, "b": [{"y": 2}, {"z": 3}]}]})
    assert not pattern.matches({"a": [{"x": 1}, {"b": [{"y": 2, "z": 3}]}]})


def test_long_arrays_are_matched_in_good_time() -> None:
    """Fields of one array, and arrays beside one another, do not multiply."""
    rows = [{"a": n, "b": n + 1, "c": n} for n in range(1000)]
    event = {"one": rows, "two": rows, "three": rows, "four": rows}
    wanted = {"a": [{"numeric": [">=", 0]}], "b": [{"exists": True}], "c": [{"anything-but": "x"}], "d": ABSENT}
    pattern = EventPattern(dict.fromkeys(event, wanted) | {"five": [1]})
    began = time.monotonic()
    assert not pattern.matches(event)
    assert pattern.matches({**event, "five": 1})
    assert time.monotonic() - began < 4


@pytest.mark.parametrize(
    ("pattern", "event", "matches"),
    [
        ('{"n": [1e2]}', '{"n": 100.0}', True),
        ('{"n": [0.1]}', '{"n": 1e-1}', True),
        ('{"n": [{"numeric": ["=", 0.1]}]}', '{"n": 0.10}', True),
        ('{"n": [0.1]}', '{"n": 0.1000000000000000000001}', False),
        ('{"n": [1e-400]}', '{"n": 1e-400}', False),
        ('{"n": [1e-999999999999999999999]}', '{"n": 0}', False),
        ('{"n": [{"numeric": ["<", 1]}]}', '{"n": 1e-400}', False),
        ('{"n": [{"anything-but": 0}]}', '{"n": 1e-400}', True),
    ],
)
def test_numbers_are_compared_if_a_double_holds_their_digits(pattern: str, event: str, matches: bool) -> None:
    """A text keeps every digit."""
    assert pattern_module.test_event_pattern(pattern, event) is matches


@pytest.mark.parametrize("number", ["36028797018963969", "0.1000000000000000000001", "1e-400", "-1e-400"])
def test_numbers_that_a_double_does_not_hold_are_refused(number: str) -> None:
    """In numeric and in anything-but."""
    for entry in (f'{{"numeric": ["=", {number}]}}', f'{{"anything-but": {number}}}'):
        with pytest.raises(InvalidEventPatternException, match="Cannot compare number : "):
            EventPattern(f'{{"n": [{entry}]}}')


@pytest.mark.parametrize("text", ["", "{", "[]", "1", "null", '{"a": NaN}'])
def test_an_event_that_is_not_a_json_object_is_refused_by_name(text: str) -> None:
    """As the API answers TestEventPattern."""
    with pytest.raises(ValidationException, match="Parameter Event is not valid"):
        pattern_module.test_event_pattern('{"a": [1]}', text)


SMALL_EVENTS = st.recursive(
    st.sampled_from([0, 1, None, "x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from("ab"), SMALL_EVENTS))
def test_reasons_and_matches_agree_for_any_event(event: dict[str, Any]) -> None:
    """With arrays in arrays, missing fields and alternatives."""
    one = [1]
    for source in (
        {"a": {"a": one, "b": ABSENT}},
        {"a": {"a": one, "b": one}, "b": [{"exists": False}, 0]},
        {"a": one, "$or": [{"b": one}, {"a": {"b": ["x"]}}]},
    ):
        pattern = EventPattern(source)
        assert pattern.matches(event) == (pattern.mismatches(event) == [])

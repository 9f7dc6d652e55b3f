"""Paths as AWS's JsonPath reads them."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.aws.asl.expressions.jsonpath import Path, PathNotFoundError, PathSyntaxError, ReferencePath

DATA: dict[str, Any] = {"a": {"b": [10, 20, 30]}, "x-y": 1, "ユーザーID": "U1", "u": [{"s": 0}, {"s": 1}], "t": "text"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$", DATA),
        ("$.a.b[1]", 20),
        ("$.a.b[-1]", 30),
        ("$['a']['b'][0]", 10),
        ("$.['a'].b[0]", 10),
        ("$.x-y", 1),
        ("$.ユーザーID", "U1"),
        ("$['ユーザーID']", "U1"),
        ("$.a.b[*]", [10, 20, 30]),
        ("$.a.b[1:]", [20, 30]),
        ("$.u[?(@.s == 1)]", [{"s": 1}]),
        ("$.u[?(@.s >= 0)].s", [0, 1]),
        ("$..s", [0, 1]),
        ("$.no.items[*]", []),
        ("$.no[1:].x", []),
    ],
)
def test_a_path_reads_what_it_names(text: str, value: Any) -> None:
    """One place gives a value, anything else a list."""
    assert Path(text).evaluate(DATA) == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("$.no", "No results for path: $['no']"),
        ("$.no.such.path", "Missing property in path $['no']"),
        ("$.a.no", "No results for path: $['a']['no']"),
        ("$.a.b[7]", "No results for path: $['a']['b'][7]"),
        ("$.t.x", "Expected to find an object with property ['x'] in path $['t'] but found 'java.lang.String'."),
        ("$.t[0]", "No results for path: $['t'][0]"),
    ],
)
def test_a_path_to_nothing_says_so_in_jayway_words(text: str, message: str) -> None:
    """The cause of States.Runtime is made of these."""
    with pytest.raises(PathNotFoundError) as caught:
        Path(text).evaluate(DATA)
    assert str(caught.value) == message


@pytest.mark.parametrize("text", ["", "a.b", "$.a[", "$.a[?(]", "$.a b"])
def test_a_text_that_is_no_path_is_refused(text: str) -> None:
    """At creation, not at run time."""
    with pytest.raises(PathSyntaxError):
        Path(text)


@pytest.mark.parametrize("text", ["$.a[*]", "$..a", "$$.State.Name", "$name.x", "$.a[?(@.b)]"])
def test_a_reference_path_names_one_place_of_the_input(text: str) -> None:
    """ResultPath may not be anything else."""
    with pytest.raises(PathSyntaxError):
        ReferencePath(text)


def test_putting_a_value_copies_only_what_is_on_the_way() -> None:
    """The input that other states hold is never changed."""
    document = {"a": {"b": 1}, "list": [1, 2]}
    assert ReferencePath("$.a.c").put(document, 2) == {"a": {"b": 1, "c": 2}, "list": [1, 2]}
    assert ReferencePath("$.list[1]").put(document, 9) == {"a": {"b": 1}, "list": [1, 9]}
    assert document == {"a": {"b": 1}, "list": [1, 2]}


def test_a_value_cannot_be_put_into_something_that_is_no_object() -> None:
    """It becomes States.ResultPathMatchFailure."""
    with pytest.raises(PathNotFoundError):
        ReferencePath("$.a.b").put({"a": 1}, 2)

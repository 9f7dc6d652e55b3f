"""Paths that can name more than one place, as Jayway reads them."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.aws.asl.expressions.jsonpath import Path, PathNotFoundError, PathSyntaxError
from tests.unit.states.harness import execute, faults, one

ROWS: list[dict[str, Any]] = [
    {"id": 1, "kind": "csv", "tags": ["a", "b"], "note": None},
    {"id": 2, "kind": "tsv", "tags": [], "note": "x"},
    {"id": 3, "kind": "CSV", "tags": "ab"},
]
DATA: dict[str, Any] = {"rows": ROWS, "job": {"state": "done", "n": 3}, "name": "abc", "wanted": 2, "none": None}


def ids(test: str) -> list[int]:
    """Return the ids of the rows that pass a filter."""
    found: list[int] = Path(f"$.rows[?({test})].id").evaluate(DATA)
    return found


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ("@.id == 2", [2]),
        ("@.id != 2", [1, 3]),
        ("@.id >= 2 && @.kind == 'tsv'", [2]),
        ("@.id == 1 || @.id == 3", [1, 3]),
        ("(@.id == 1 || @.id == 2) && !(@.kind == 'csv')", [2]),
        ("@.id == '2'", [2]),
        ('@.kind == "csv"', [1]),
        ("@.kind < 'a'", [3]),
        ("@.id < '9'", []),
        ("@.gone != 1", [1, 2, 3]),
        ("@.gone == null", []),
        ("@.note == null", [1]),
        ("@.note", [2]),
        ("!@.note", [1, 3]),
        ("@.kind in ['csv', 'tsv']", [1, 2]),
        ("@.kind nin ['csv', 'tsv']", [3]),
        ("@.kind =~ /cs./i", [1, 3]),
        ("@.kind =~ /s/", []),
        ("@.tags size 2", [1, 3]),
        ("@.tags empty true", [2]),
        ("@.tags contains 'a'", [1, 3]),
        ("@.id == $.wanted", [2]),
        ("@['id'] == 3", [3]),
        ("@.tags[0] == 'a'", [1]),
        ("@.id == 2.0", [2]),
    ],
)
def test_a_filter_keeps_the_items_that_pass(test: str, expected: list[int]) -> None:
    """The operators that are simulated."""
    assert ids(test) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$.job[?(@.state == 'done')]", [{"state": "done", "n": 3}]),
        ("$.job[?(@.state == 'failed')]", []),
        ("$.job[?(@.n > 1)].state", ["done"]),
        ("$[?(@.name == 'abc')].wanted", [2]),
        ("$.gone[?(@.x)]", []),
    ],
)
def test_a_filter_on_an_object_tests_that_object(path: str, expected: Any) -> None:
    """Never its members, which RFC 9535 would test."""
    assert Path(path).evaluate(DATA) == expected


def test_a_filter_on_an_object_does_so_in_every_field_that_takes_one() -> None:
    """Parameters, OutputPath and a Choice's Variable."""
    path = "$.job[?(@.state == 'done')]"
    expected = [{"state": "done", "n": 3}]
    assert execute(one({"Type": "Pass", "Parameters": {"v.$": path}}), DATA).output == {"v": expected}
    assert execute(one({"Type": "Pass", "OutputPath": path}), DATA).output == expected
    rule = {"Variable": f"{path}.n", "IsPresent": True, "Next": "Yes"}
    machine = one({"Type": "Choice", "Choices": [rule], "Default": "No"}, Yes={"Type": "Succeed"}, No={"Type": "Fail"})
    assert execute(machine, DATA).ended.status == "SUCCEEDED"
    assert execute(machine, {"job": {"state": "failed"}}).ended.status == "FAILED"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$.rows[0:2].id", [1, 2]),
        ("$.rows[-2:].id", [2, 3]),
        ("$.rows[:-1].id", [1, 2]),
        ("$.rows[1:9].id", [2, 3]),
        ("$.rows[1:-1].id", []),
        ("$.rows[-3:-1].id", [1, 2]),
        ("$.rows[-9:].id", [1, 2, 3]),
        ("$.name[0:2]", []),
        ("$.rows[*].kind[0:1]", []),
        ("$.gone[0:2]", []),
        ("$.rows[0,2].id", [1, 3]),
        ("$.job['state','n']", {"state": "done", "n": 3}),
        ("$.job['n','gone']", {"n": 3}),
        ("$.rows[*]['id','kind']", [{"id": 1, "kind": "csv"}, {"id": 2, "kind": "tsv"}, {"id": 3, "kind": "CSV"}]),
        ("$.job.*", ["done", 3]),
        ("$.job[*]", ["done", 3]),
        ("$.name[*]", []),
        ("$..n", [3]),
        ("$..tags[0]", ["a"]),
        ("$.rows[*].gone", []),
        ("$.rows[*].note", [None, "x"]),
    ],
)
def test_slices_wildcards_and_members(path: str, expected: Any) -> None:
    """What is missing, or of another type, is left out."""
    assert Path(path).evaluate(DATA) == expected


@pytest.mark.parametrize(
    ("path", "data"), [("$[0:2]", {"a": 1}), ("$[1:]", "text"), ("$.n[?(@.x)]", {"n": 5}), ("$.n[?(@.x)]", {"n": "t"})]
)
def test_a_path_that_cannot_be_read_there_fails_with_states_runtime(path: str, data: Any) -> None:
    """A slice at the very beginning, a filter on a scalar."""
    with pytest.raises(PathNotFoundError):
        Path(path).evaluate(data)
    assert execute(one({"Type": "Pass", "Parameters": {"v.$": path}}), data).ended.error == "States.Runtime"


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$.rows.length()", 3),
        ("$.rows[1].tags.length()", 0),
        ("$.job.length()", 2),
        ("$.name.length()", None),
        ("$.job.keys()", ["state", "n"]),
        ("$.numbers.sum()", 6.0),
        ("$.numbers.min()", 1.0),
        ("$['numbers'].max( )", 3.0),
        ("$.numbers.avg()", 2.0),
        ("$.numbers.stddev()", 0.816496580927726),
        ("$.length", "a member"),
    ],
)
def test_a_path_to_one_place_may_end_in_a_function(path: str, found: Any) -> None:
    """Text and truth are not numbers."""
    data = {**DATA, "numbers": [1, 2, "x", True, 3], "length": "a member"}
    value = Path(path).evaluate(data)
    assert (value, type(value)) == (found, type(found))


@pytest.mark.parametrize("path", ["$.gone.length()", "$.rows.sum()", "$.name.max()"])
def test_a_function_without_a_value_fails_with_states_runtime(path: str) -> None:
    """Nothing there, or no numbers."""
    assert execute(one({"Type": "Pass", "Parameters": {"v.$": path}}), DATA).ended.error == "States.Runtime"


def test_a_reference_path_has_no_function() -> None:
    """It is refused at creation."""
    assert "Reference Path" in faults(one({"Type": "Wait", "SecondsPath": "$.a.length()"}))[0]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("$.a[?(@.b === 1)]", "uses the operator ==="),
        ("$.a[?(@.b <> 1)]", "uses the operator <>"),
        ("$.a[?(@.b = 1)]", "uses the operator ="),
        ("$.a[?(@.b anyof [1])]", "uses the operator anyof"),
        ("$.a[?(@.b == )]", "has no value"),
        ("$.a[?(@.b == 1]", "filter"),
        ("$.a[?(@.b =~ 'x')]", "needs a pattern"),
        ("$.a[?(@.b =~ /(/)]", "pattern that cannot be read"),
        ("$.a[0:4:2]", "slice with a step"),
        ("$.a[*].length()", "uses a function of JsonPath on more than one place"),
        ("$.a.first()", "uses a function"),
        ("$.a.length().b", "uses a function"),
        ("$.a[?(@.length() > 1)]", "uses a function"),
        ("$.a[", "cannot be read from '['"),
        ("$.a[*].", "ends in a dot"),
        ("$.a[?(@.b == 1e999)]", "1e999 is too large: beyond what a double can hold"),
        ("$.a[?(@.b > -1e400)]", "-1e400 is too large"),
        (f"$.a[?(@.b == {'9' * 5000})]", "(5,000 characters) is too large"),
        ("$.a[?(@.b in [1, 1e999])]", "1e999 is too large"),
        ("$.a[?(@.b == NaN)]", "has no value"),
        (f"$.a[?({'(' * 2000}@.b{')' * 2000})]", "nested too deeply"),
    ],
)
def test_what_is_not_simulated_is_refused_by_name(path: str, words: str) -> None:
    """At creation: never an empty result instead."""
    with pytest.raises(PathSyntaxError) as caught:
        Path(path)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("path", "key"), [(r"$['a\"b']", r"a\"b"), (r"$['a\\b']", r"a\\b"), (r"$['a\']", "a\\"), (r"$['it\'s']", r"it\'s")]
)
def test_a_backslash_in_brackets_is_an_ordinary_character(path: str, key: str) -> None:
    """As recorded: it is part of the name."""
    assert Path(path).evaluate({key: 7}) == 7
    with pytest.raises(PathNotFoundError):
        Path(path).evaluate({key.replace("\\", ""): 7})


def test_a_number_in_a_filter_may_be_as_large_as_a_double() -> None:
    """And is exact as an integer."""
    rows = [{"n": 10**300}, {"n": 10**300 + 1}, {"n": 1e308}]
    assert Path(f"$[?(@.n == {10**300 + 1})]").evaluate(rows) == rows[1:2]
    assert Path("$[?(@.n >= 1e308)]").evaluate(rows) == rows[2:]
    assert Path("$[?(@.n == 007)]").evaluate([{"n": 7}]) == [{"n": 7}]


def test_the_problem_of_a_filter_names_the_field() -> None:
    """InputPath is one of them."""
    (fault,) = faults(one({"Type": "Pass", "InputPath": "$.l[?(@.x > -1e400)]"}))
    assert fault.startswith("States.State.InputPath ")
    assert "too large" in fault

"""Each operator of event patterns by itself."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.aws.eventbridge.errors import InvalidEventPatternException
from simulator.aws.eventbridge.matcher_parser import parse_matcher


@pytest.mark.parametrize(
    ("entry", "matching", "others"),
    [
        ("x", ["x"], ["X", "xx", 1, None]),
        ("", [""], [" ", None, 0]),
        (300, [300, 300.0, 3e2], ["300", 301, True]),
        (1, [1.0], [True, "1"]),
        (True, [True], ["true", 1, False]),
        (None, [None], ["null", "", 0, False]),
        ({"prefix": "日"}, ["日", "日報"], ["報日", "", 5]),
        ({"prefix": ""}, ["", "a"], [5, None]),
        ({"prefix": {"equals-ignore-case": "ab"}}, ["ABc", "aBx"], ["xab"]),
        ({"suffix": ".csv"}, ["a.csv", ".csv"], ["a.CSV", "csv", "a.csv\n", None]),
        ({"suffix": ""}, ["", "a"], [5]),
        ({"suffix": {"equals-ignore-case": ".csv"}}, ["A.CSV", "a.csv"], ["a.txt", 1]),
        ({"equals-ignore-case": "alice"}, ["ALICE", "alice", "Alice"], ["alice ", 1]),
        ({"wildcard": "in/*/x*.csv"}, ["in/a/x.csv", "in/a/b/xy\n.csv"], ["in/x.csv", "In/a/x.csv", 4]),
        ({"wildcard": r"a\*b\\*"}, ["a*b\\", "a*b\\cc"], ["axb\\", "a*b"]),
        ({"wildcard": "a.c"}, ["a.c"], ["abc"]),
        ({"exists": True}, ["", 0, None, False], []),
        ({"numeric": ["=", 5]}, [5, 5.0], ["5", 6, True, None]),
        ({"numeric": [">", 0, "<=", 5]}, [0.1, 5], [0, 5.1, "3"]),
        ({"numeric": [">=", 0]}, [0, 5e9], [-1, 5.1e9]),
        ({"numeric": ["<", 10]}, [9, -5e9], [10, -6e9]),
        ({"cidr": "10.0.0.0/24"}, ["10.0.0.255"], ["10.0.1.0", "x", 10, "10.0.0.0/24"]),
        ({"cidr": "2001:db8::/32"}, ["2001:db8::1"], ["2001:db9::1", "10.0.0.1"]),
        ({"anything-but": "x"}, ["y", 5, None, ""], ["x"]),
        ({"anything-but": ["x", "y"]}, ["z"], ["x", "y"]),
        ({"anything-but": [100, 200]}, [300, "100"], [100, 200.0]),
        ({"anything-but": {"prefix": "tmp/"}}, ["in/a"], ["tmp/a"]),
        ({"anything-but": {"prefix": {"equals-ignore-case": "tmp/"}}}, ["in/a"], ["TMP/a"]),
        ({"anything-but": {"suffix": [".tmp", ".bak"]}}, ["a.csv", 1], ["a.tmp", "a.bak"]),
        ({"anything-but": {"equals-ignore-case": ["a", "b"]}}, ["c"], ["A", "b"]),
        ({"anything-but": {"wildcard": "*/old/*"}}, ["a/new/b"], ["a/old/b"]),
    ],
)
def test_an_operator_matches_these_values_and_not_those(entry: Any, matching: list[Any], others: list[Any]) -> None:
    """A table: the entry, values it matches, values it does not."""
    matcher = parse_matcher(entry, "x")
    assert [value for value in matching if not matcher.matches(value)] == []
    assert [value for value in others if matcher.matches(value)] == []
    assert matcher.words


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"suffix": [".csv"]}, "suffix match pattern must be a string"),
        ({"suffix": 5}, "suffix match pattern must be a string"),
        ({"prefix": None}, "prefix match pattern must be a string"),
        ({"prefix": {"equals-ignore-case": 5}}, "prefix match pattern must be a string"),
        ({"equals-ignore-case": ["a"]}, "equals-ignore-case match pattern must be a string"),
        ({"wildcard": "a**b"}, "Consecutive wildcard characters at pos 1"),
        ({"wildcard": r"a\b"}, "Invalid escape character at pos 1"),
        ({"wildcard": "a\\"}, "Invalid escape character at pos 1"),
        ({"wildcard": 5}, "wildcard match pattern must be a string"),
        ({"exists": "true"}, "exists match pattern must be either true or false"),
        ({"numeric": 5}, "Value of numeric must be an array"),
        ({"numeric": []}, "Empty arrays are not allowed"),
        ({"numeric": [">"]}, "Value of > must be numeric"),
        ({"numeric": [">", "5"]}, "Value of > must be numeric"),
        ({"numeric": [">", True]}, "Value of > must be numeric"),
        ({"numeric": [">", 6e9]}, "Value must be between"),
        ({"numeric": ["~", 5]}, "Unrecognized numeric range operators ~"),
        ({"numeric": ["<", 5, ">", 0]}, "Unrecognized numeric range operators < >"),
        ({"numeric": [">", 5, "<", 5]}, "Bottom must be less than top"),
        ({"cidr": "10.0.0.0/33"}, "Malformed CIDR"),
        ({"cidr": 10}, "cidr match pattern must be a string"),
        ({"anything-but": []}, "Empty arrays are not allowed"),
        ({"anything-but": ["a", 1]}, "only strings or only numbers"),
        ({"anything-but": None}, "only strings or only numbers"),
        ({"anything-but": {"numeric": ["=", 1]}}, "anything-but takes one of"),
        ({"anything-but": {"prefix": ""}}, "a string that is not empty"),
        ({"anything-but": {"suffix": []}}, "a string that is not empty"),
    ],
)
def test_a_wrong_argument_is_refused_with_its_reason(entry: Any, reason: str) -> None:
    """A table: the entry, and a part of the reason."""
    with pytest.raises(InvalidEventPatternException, match="Event pattern is not valid") as refused:
        parse_matcher(entry, "detail.x[0]")
    assert reason in refused.value.reason
    assert refused.value.where.startswith("detail.x[0]")


@given(st.text(alphabet="ab*\\\n.", max_size=6), st.text(alphabet="ab*\\\n.", max_size=6))
def test_a_wildcard_with_its_specials_escaped_is_an_exact_match(text: str, other: str) -> None:
    """Escaping makes every text match itself and nothing else."""
    matcher = parse_matcher({"wildcard": text.replace("\\", "\\\\").replace("*", "\\*")}, "x")
    assert matcher.matches(text)
    assert matcher.matches(other) == (text == other)


@given(st.recursive(st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(), st.lists, max_leaves=5))
def test_anything_in_the_place_of_an_argument_gives_a_matcher_or_the_named_error(argument: Any) -> None:
    """No argument makes any operator fail in another way."""
    for operator in ("prefix", "suffix", "equals-ignore-case", "wildcard", "anything-but", "numeric", "exists", "cidr"):
        try:
            parse_matcher({operator: argument}, "x").matches("y")
        except InvalidEventPatternException as error:
            assert error.where.startswith("x.")  # noqa: PT017 - most arguments are refused, some are not

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
        ({"prefix": {"equals-ignore-case": "ß"}}, ["SSx", "ßx"], ["sx", "ssx"]),
        ({"suffix": {"equals-ignore-case": "xß"}}, ["aXSS", "axß"], ["axs", "XSSa"]),
        ({"equals-ignore-case": "alice"}, ["ALICE", "alice", "Alice"], ["alice ", "alic", "", 1]),
        ({"equals-ignore-case": "maß"}, ["MASS", "maSS", "MAß"], ["mass", "maS", "maSSx"]),
        ({"equals-ignore-case": "ﬀ"}, ["FF", "ﬀ"], ["ff", "Ff"]),
        ({"equals-ignore-case": "k"}, ["k", "K"], ["\u212a"]),
        ({"equals-ignore-case": "a😀"}, ["A??"], ["a😀"]),
        ({"equals-ignore-case": ""}, [""], ["a"]),
        ({"wildcard": "in/*/x*.csv"}, ["in/a/x.csv", "in/a/b/xy\n.csv"], ["in/x.csv", "In/a/x.csv", 4]),
        ({"wildcard": r"a\*b\\*"}, ["a*b\\", "a*b\\cc"], ["axb\\", "a*b"]),
        ({"wildcard": "a.c"}, ["a.c"], ["abc"]),
        ({"exists": True}, ["", 0, None, False], []),
        ({"numeric": ["=", 5]}, [5, 5.0], ["5", 6, True, None]),
        ({"numeric": [">", 0, "<=", 5]}, [0.1, 5], [0, 5.1, "3"]),
        ({"numeric": [">=", 0]}, [0, 6_000_000_000, 1e300], [-1, -6e9]),
        ({"numeric": ["<", 10]}, [9, -6e9, -(2**52)], [10, 1e18]),
        ({"numeric": [">", 10737418240]}, [10737418241], [10737418240]),
        ({"numeric": [">", 0]}, [2**53 - 1, 0.1, 1e22], [2**53 + 1, 36028797018963969, 10**400]),
        (36028797018963969, [], [36028797018963969, 36028797018963968]),
        ({"anything-but": 5}, [36028797018963969], [5, 5.0]),
        ({"cidr": "10.0.0.0/24"}, ["10.0.0.255"], ["10.0.1.0", "x", 10, "10.0.0.0/24"]),
        ({"cidr": "10.0.0.9/31"}, ["10.0.0.8", "10.0.0.9", "010.000.00.8"], ["10.0.0.10", "10.0.0", "10..0.8"]),
        ({"cidr": "010.1.0.0/016"}, ["10.1.2.3"], ["8.1.2.3"]),
        ({"cidr": "2001:db8::/32"}, ["2001:db8::1", "32.1.13.184"], ["2001:db9::1", "10.0.0.1"]),
        ({"cidr": "2001:db8::/127"}, ["2001:db8::1"], ["2001:db8::2", "32.1.13.184"]),
        ({"cidr": "0.0.0.0/0"}, ["1.2.3.4", "::1", 7], ["x", None, True]),
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
        ({"numeric": [">", 36028797018963969]}, "Cannot compare number : 36028797018963969"),
        ({"numeric": ["=", 2**53 + 1]}, "Cannot compare number : 9007199254740993"),
        ({"numeric": [">", 0, "<", 10**400]}, "Cannot compare number : 1"),
        ({"anything-but": 36028797018963969}, "Cannot compare number : 36028797018963969"),
        ({"anything-but": [1, 36028797018963969]}, "Cannot compare number : 36028797018963969"),
        ({"numeric": ["~", 5]}, "Unrecognized numeric range operators ~"),
        ({"numeric": ["<", 5, ">", 0]}, "Unrecognized numeric range operators < >"),
        ({"numeric": [">", 5, "<", 5]}, "Bottom must be less than top"),
        ({"cidr": "192.0.2.7"}, "Malformed CIDR, one '/' required"),
        ({"cidr": "192.0.2.0/24/8"}, "Malformed CIDR, one '/' required"),
        ({"cidr": "192.0.2.7/32"}, "IPv4 mask bits must be < 32"),
        ({"cidr": "10.0.0.0/33"}, "IPv4 mask bits must be < 32"),
        ({"cidr": "10.0.0.0/" + "9" * 5000}, "IPv4 mask bits must be < 32"),
        ({"cidr": "2001:db8::/128"}, "IPv6 mask bits must be < 128"),
        ({"cidr": "10.0.0.0/"}, "Malformed CIDR, mask bits must be an integer"),
        ({"cidr": "10.0.0.0/-1"}, "Malformed CIDR, mask bits must be an integer"),
        ({"cidr": "10.0.0.256/8"}, "Malformed CIDR, "),
        ({"cidr": "::ffff:10.0.0.0/100"}, "an IPv4 address written as IPv6"),
        ({"wildcard": "*a" * 10}, "Rule is too complex - try using fewer wildcard characters"),
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

"""Intrinsic functions, with the quirks that AWS's differ by from what one would guess."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.states.harness import execute, faults, one


def value(expression: str, data: Any = None) -> Any:
    """Return what an expression gives."""
    return execute(one({"Type": "Pass", "Parameters": {"v.$": expression}}), data).output["v"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("States.Array()", []),
        ("States.Array(1, 'a', true, null, $.o)", [1, "a", True, None, {"k": 1}]),
        ("States.ArrayPartition($.n, 2)", [[1, 2], [3]]),
        ("States.ArrayContains($.n, 3)", True),
        ("States.ArrayContains($.n, true)", False),
        ("States.ArrayRange(0, 10, 3)", [0, 3, 6, 9]),
        ("States.ArrayRange(3, 1, -1)", [3, 2, 1]),
        ("States.ArrayGetItem($.n, 0)", 1),
        ("States.ArrayLength($.n)", 3),
        ("States.ArrayUnique(States.Array(1, 1, true, '1', $.o, $.o))", [1, True, "1", {"k": 1}]),
        ("States.Base64Encode('Daten')", "RGF0ZW4="),
        ("States.Base64Decode('RGF0ZW4=')", "Daten"),
        ("States.Hash('input data', 'SHA-1')", "aaff4a450a104cd177d28d18d74485e8cae074b7"),
        ("States.JsonMerge($.o, $.p, false)", {"k": 2, "l": 3}),
        ("States.JsonToString($.o)", '{"k":1}'),
        ("States.StringToJson('{\"a\": [1]}')", {"a": [1]}),
        ("States.StringToJson(' ')", None),
        ("States.StringToJson('-0')", 0),
        ("States.MathAdd(1.5, 0)", 2),
        ("States.MathAdd(-1.5, 0)", -1),
        ("States.MathAdd(-2.5, 0)", -2),
        ("States.StringSplit('2026-11-24T01:02:03Z', '-:TZ')", ["2026", "11", "24", "01", "02", "03"]),
        ("States.StringSplit(',,,', ',')", []),
        ("States.Format('{} {}', 1, $.o)", "1 {k=1}"),
        ("States.Format('\\{{}\\} \\'', null)", "{null} '"),
        ("States.Format('{}', States.Format('<{}>', 'x'))", "<x>"),
        ("States.MathRandom(5, 6)", 5),
    ],
)
def test_a_function_gives_what_aws_gives(expression: str, expected: Any) -> None:
    """Each line is a recorded or documented result."""
    assert value(expression, {"n": [1, 2, 3], "o": {"k": 1}, "p": {"k": 2, "l": 3}}) == expected


def test_the_same_seed_gives_the_same_number_and_uuids_differ() -> None:
    """MathRandom and UUID."""
    assert value("States.MathRandom(0, 1000000, 7)") == value("States.MathRandom(0, 1000000, 7)")
    assert value("States.UUID()") != value("States.UUID()")


@pytest.mark.parametrize(
    "expression",
    [
        "States.ArrayGetItem($.n, 9)",
        "States.ArrayRange(0, 5000, 1)",
        "States.ArrayRange(0, 5, 0)",
        "States.ArrayPartition($.n, 0)",
        "States.StringToJson('{')",
        "States.JsonMerge($.o, $.o, true)",
        "States.Hash('x', 'CRC')",
        "States.Format('{} {}', 1)",
        "States.Format('{}', 1, 2)",
        "States.MathAdd('a', 1)",
        "States.ArrayLength($.no)",
    ],
)
def test_arguments_that_cannot_be_used_fail_with_intrinsic_failure(expression: str) -> None:
    """A Catch can name it."""
    result = execute(one({"Type": "Pass", "Parameters": {"v.$": expression}}), {"n": [1], "o": {}})
    assert result.ended.error == "States.IntrinsicFailure"


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("States.Nope(1)", "there is no function States.Nope"),
        ("States.Hash('x')", "takes 2 arguments, not 1"),
        ("States.Array(1 2)", "expected , or )"),
        ("States.Array(1,)", "an argument is missing"),
        ("States.Array(1) x", "unexpected 'x'"),
        ("States.Array(" * 11 + ")" * 11, "AWS allows 10"),
        ("nonsense", "expected a function"),
        (r"States.Format('\x')", r"\x is not an escape"),
        (r"States.Array('tab\there')", r"\t is not an escape"),
        (r"States.Array(States.Array('\"'))", r"\" is not an escape"),
        ("States.MathAdd(1e999, 1)", "1e999 is too large: beyond what a double can hold"),
        ("States.Format('{}', -1e400)", "-1e400 is too large"),
        (f"States.ArrayGetItem($.l, {'9' * 5000})", "(5,000 characters) is too large"),
        ("States.Array($.l[?(@.x == 1e999)])", "1e999 is too large"),
        ("States.Array(１)", "expected a function"),
        ("States.Array(" * 2000, "nested too deeply"),
    ],
)
def test_an_expression_that_cannot_be_read_is_refused_at_creation(expression: str, words: str) -> None:
    """The fault names the field."""
    (fault,) = faults(one({"Type": "Pass", "Parameters": {"v.$": expression}}))
    assert fault.startswith("States.State.Parameters.v.$ ")
    assert words in fault

"""The functions that Step Functions adds to JSONata, as expressions call them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from simulator.aws.asl.errors import QueryEvaluationError
from simulator.aws.asl.expressions.jsonata import Jsonata
from simulator.aws.asl.expressions.scope import Scope
from simulator.aws.asl.runtime.variables import Variables


def value(text: str, **data: Any) -> Any:
    """Return what an expression gives for an input."""
    return Jsonata(text, "Output").evaluate(Scope(data, dict, Variables()))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$partition([1,2,3,4,5], 2)", [[1, 2], [3, 4], [5]]),
        ("$partition([], 2)", []),
        ("$partition($states.input.rows, 10)", [[1, 2]]),
        ("$range(0, 9, 3)", [0, 3, 6, 9]),
        ("$range(1, 9, 9)", 1),
        ("$range(5, 1, -2)", [5, 3, 1]),
        ("$range(5, 1, 1)", []),
        ("$hash('input data', 'SHA-1')", "aaff4a450a104cd177d28d18d74485e8cae074b7"),
        ("$hash('あ', 'MD5')", "8c0c3027e3cfc3d644caab3847a505b0"),
        ("$parse('{\"a\": [1, null]}').a[0]", 1),
        ("$random(7) = $random(7)", True),
        ("$random() != $random()", True),
        ("$map($range(1, 3, 1), function($v) { $v * 2 })", [2, 4, 6]),
    ],
)
def test_a_function_gives_its_value(text: str, expected: Any) -> None:
    """Inside other expressions as well."""
    assert value(text, rows=[1, 2]) == expected


def test_uuids_are_version_4_and_differ() -> None:
    """One for each call."""
    first, second = value("[$uuid(), $uuid()]")
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", first)
    assert first != second


@pytest.mark.parametrize(
    "text",
    [
        "$partition([1], 0)",
        "$partition([1], 'x')",
        "$range(1, 2, 0)",
        "$range('a', 2, 1)",
        "$range(0, 100000000, 1)",
        "$hash('x', 'SHA-0')",
        "$hash('x')",
        "$random('x')",
        "$parse(1)",
        "$parse('NaN')",
        "$uuid(1)",
        "$eval('1')",
    ],
)
def test_wrong_arguments_fail_the_expression(text: str) -> None:
    """As a failure of the query, with the expression in its words."""
    with pytest.raises(QueryEvaluationError, match=re.escape(f"'{text}'")):
        value(text)


def test_an_endless_expression_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its time is limited."""
    monkeypatch.setattr("simulator.aws.asl.expressions.jsonata.MAX_SECONDS", 0.2)
    with pytest.raises(QueryEvaluationError, match="threw an error"):
        value("($f := function($n) { $f($n + 1) }; $f(1))")

"""Doubles in JSON text, as Java writes them: recorded on AWS for what listObjectsV2 gives an item."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.aws.asl.json_text import is_larger, json_size, to_json


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1790204286.0, "1.790204286E9"),
        (1e7, "1.0E7"),
        (9999999.0, "9999999.0"),
        (-12345678.5, "-1.23456785E7"),
        (0.001, "0.001"),
        (0.0009, "9.0E-4"),
        (-0.00012, "-1.2E-4"),
        (1e22, "1.0E22"),
        (5e-324, "5.0E-324"),
        (1.5, "1.5"),
        (0.0, "0.0"),
        (10000000, "10000000"),
    ],
)
@pytest.mark.parametrize("form", ["{}", "[{}]", '{{"a":{}}}', '[[1,{}],"x"]'])
def test_a_double_is_written_as_java_writes_it(number: float, text: str, form: str) -> None:
    """Plain from a thousandth to below ten million, else with one digit before the point; integers stay as they are."""
    assert to_json(json.loads(form.format(repr(number)))) == form.format(text)


@pytest.mark.parametrize("text", ["12345678.0", "a:12345678.5", "[0.0001,1e9]", ":1e5"])
def test_text_that_looks_like_a_double_stays(text: str) -> None:
    """Within a string nothing is a number."""
    assert to_json({"k": text}) == json.dumps({"k": text}, separators=(",", ":"))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_the_text_names_the_same_double(number: float) -> None:
    """Whatever its size."""
    text = to_json({"n": [number]})
    assert json.loads(text) == {"n": [number]}
    assert math.copysign(1, json.loads(text)["n"][0]) == math.copysign(1, number)
    assert json_size({"n": [number]}) == len(text.encode())


@pytest.mark.parametrize(
    "value",
    [
        {"a": {"b": [1, [2.5, {"c": 1e16}]]}},
        ["Zoë", 12345678.0, {"d": -0.00001}],
        {"n": 2**70},
        {"half": "\ud800"},
    ],
)
def test_a_value_is_larger_than_every_limit_below_its_size(value: object) -> None:
    """The short way tells the same as measuring, at and around the size."""
    size = json_size(value)
    assert [is_larger(value, limit) for limit in (size - 1, size, size + 1, 2 * size + 1)] == [
        True,
        False,
        False,
        False,
    ]

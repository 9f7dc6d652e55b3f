"""The examples in the docstrings of the interpreter's entry points."""

from __future__ import annotations

import doctest
import importlib

import pytest

ASL = "simulator.aws.asl"


@pytest.mark.parametrize(
    "module",
    [
        "definition.compiler",
        "expressions.choice_rule",
        "expressions.intrinsics",
        "expressions.jsonpath",
        "expressions.path_fields",
        "expressions.templates",
        "expressions.timestamps",
        "json_text",
        "runtime.execution",
    ],
)
def test_the_examples_give_what_they_show(module: str) -> None:
    """Each module has examples, and Python answers them as they are written."""
    results = doctest.testmod(importlib.import_module(f"{ASL}.{module}"))
    assert results.attempted > 0
    assert results.failed == 0

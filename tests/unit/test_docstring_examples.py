"""The examples in the docstrings of entry points."""

from __future__ import annotations

import doctest
import importlib

import pytest


@pytest.mark.parametrize(
    "module",
    [
        "simulator.aws.asl.definition.compiler",
        "simulator.aws.asl.expressions.choice_rule",
        "simulator.aws.asl.expressions.intrinsics",
        "simulator.aws.asl.expressions.jsonpath",
        "simulator.aws.asl.expressions.path_fields",
        "simulator.aws.asl.expressions.templates",
        "simulator.aws.asl.expressions.timestamps",
        "simulator.aws.asl.json_text",
        "simulator.aws.asl.runtime.execution",
        "simulator.aws.lambda_runtime.function_config",
    ],
)
def test_the_examples_give_what_they_show(module: str) -> None:
    """Each module has examples, and Python answers them as they are written."""
    results = doctest.testmod(importlib.import_module(module))
    assert results.attempted > 0
    assert results.failed == 0

"""functions.json: what is read from it, and what is said about a faulty one."""

from __future__ import annotations

import pytest

from simulator.aws.lambda_runtime.function_config import InvalidFunctions, parse_functions


def test_functions_are_read_with_what_lambda_needs_of_them() -> None:
    """Keys that are only for CDK are left alone."""
    (function,) = parse_functions(
        '[{"name": "f", "handler": "a.b.c", "timeoutSeconds": 10, "memoryMb": 512, "description": "x"}]'
    )
    assert (function.name, function.handler, function.timeout_seconds, function.memory_mb) == ("f", "a.b.c", 10, 512)
    assert function.reserved_concurrency is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[", "not JSON: Expecting value at line 1, column 2"),
        ("{}", "the file: Input should be a valid list"),
        ('[{"name": "f", "timeoutSeconds": 1}]', "0.handler: Field required"),
        ('[{"name": "f g", "handler": "a.b", "timeoutSeconds": 1}]', "0.name: String should match"),
        ('[{"name": "f", "handler": "a.b", "timeoutSeconds": 901}]', "0.timeoutSeconds: Input should be less than"),
    ],
)
def test_a_faulty_file_is_refused_with_the_place_of_the_fault(text: str, fault: str) -> None:
    """The message is for the one who wrote the file."""
    with pytest.raises(InvalidFunctions) as caught:
        parse_functions(text)
    assert fault in str(caught.value)

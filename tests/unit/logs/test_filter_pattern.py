"""Filter patterns: CloudWatch's user guide, example by example."""

from __future__ import annotations

import json

import pytest

from simulator.aws.logs.filter_pattern import BadPattern, filter_pattern

NESTED = json.dumps(
    {
        "level": "ERROR",
        "user": {"id": 7, "name": "John Doe", "tags": ["a", "b"]},
        "ok": False,
        "none": None,
        "ratio": 1.5,
        "zip": "12345",
        "with.dot": "x",
    }
)


@pytest.mark.parametrize(
    ("pattern", "message", "matches"),
    [
        ("", "anything", True),
        ("  ", "anything", True),
        ("ERROR", "[ERROR] no", True),
        ("ERROR", "[error] no", False),
        ("ERROR ARGUMENTS", "ARGUMENTS are an ERROR", True),
        ("ERROR ARGUMENTS", "only ERROR", False),
        ('"INTERNAL SERVER ERROR"', "500 INTERNAL SERVER ERROR", True),
        ('"INTERNAL SERVER ERROR"', "INTERNAL ERROR SERVER", False),
        ('"a \\"quoted\\" word"', 'a "quoted" word', True),
        ("?ERROR ?WARN", "[WARN] x", True),
        ("?ERROR ?WARN", "[INFO] x", False),
        ('?"no such" ?WARN', "no such thing", True),
        ("ERROR -EXITING", "ERROR", True),
        ("ERROR -EXITING", "ERROR EXITING", False),
        ('-"timed out"', "it timed out", False),
        ("-a", "xyz", True),
        ("?ERROR INFO", "INFO", True),
        ("%[45]\\d\\d%", "status 404", True),
        ("%[45]\\d\\d%", "status 200", False),
        ('{ $.level = "ERROR" }', NESTED, True),
        ('{ $.level = "INFO" }', NESTED, False),
        ('{$.level="ERR*"}', NESTED, True),
        ("{ $.level = ERROR }", NESTED, True),
        ('{ $.level != "INFO" }', NESTED, True),
        ('{ $.missing != "INFO" }', NESTED, False),
        ("{ $.user.id = 7 }", NESTED, True),
        ("{ $.user.id >= 7 && $.ratio < 2 }", NESTED, True),
        ("{ $.user.id > 7 || $.ratio < 2 }", NESTED, True),
        ('{ ($.user.id > 7 || $.ratio < 2) && $.level = "INFO" }', NESTED, False),
        ('{ $.user.id > 7 && $.ratio < 2 || $.level = "ERROR" }', NESTED, True),
        ("{ $.ratio = 15e-1 }", NESTED, True),
        ("{ $.zip > 5 }", NESTED, False),
        ("{ $.zip = 12345 }", NESTED, True),
        ('{ $.user.tags[1] = "b" }', NESTED, True),
        ('{ $.user.tags[*] = "a" }', NESTED, True),
        ('{ $.user.tags[2] = "b" }', NESTED, False),
        ('{ $["with.dot"] = "x" }', NESTED, True),
        ("{ $.ok IS FALSE }", NESTED, True),
        ("{ $.ok IS TRUE }", NESTED, False),
        ("{ $.none IS NULL }", NESTED, True),
        ("{ $.missing NOT EXISTS }", NESTED, True),
        ("{ $.level NOT EXISTS }", NESTED, False),
        ("{ $.level EXISTS }", NESTED, True),
        ("{ $.user.name = %^John% }", NESTED, True),
        ('{ $.level = "ERROR" }', '"ERROR"', False),
        ('{ $.level = "ERROR" }', "level ERROR", False),
    ],
)
def test_a_message_matches_a_pattern(pattern: str, message: str, *, matches: bool) -> None:
    """A table: the pattern, the message, the answer."""
    assert filter_pattern(pattern)(message) is matches


@pytest.mark.parametrize(
    "pattern",
    [
        "[a, b]",
        "a-b",
        '"open',
        'a"b"',
        "{ $.a = }",
        "{ $.a }",
        "{ a = 1 }",
        '{ $.a = "b"',
        "{ $.a < b }",
        "{ ($.a = 1 }",
        "{ $.a = 1 $.b = 2 }",
        "{ $.a IS MAYBE }",
        "{}",
        '{ $.["with.dot"] = "x" }',
        "%(a)%",
        "%[%",
        "{ $.a = %[% }",
    ],
)
def test_a_pattern_that_cannot_be_read_is_refused(pattern: str) -> None:
    """With a sentence."""
    with pytest.raises(BadPattern) as raised:
        filter_pattern(pattern)
    assert str(raised.value)

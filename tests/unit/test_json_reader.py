"""The one strict reader of JSON, and the places that use it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.user_log_reporter.reasons import person_text
from simulator.aws.asl.definition.compiler import build
from simulator.aws.asl.definition.fields import InvalidDefinition
from simulator.aws.asl.expressions.intrinsic_functions import IntrinsicError, string_to_json
from simulator.aws.asl.runtime.ports import ItemReaderSpec
from simulator.aws.eventbridge.errors import InvalidEventPatternException, ValidationException
from simulator.aws.eventbridge.pattern import EventPattern
from simulator.aws.eventbridge.rule import parse_rule
from simulator.aws.json_reader import MAX_DEPTH, BadJson, read_json, refuse_repeated
from simulator.aws.lambda_runtime.function_config import InvalidFunctions, parse_functions
from simulator.aws.map_run.items.items import UnreadableError
from simulator.aws.map_run.items.json_items import json_items, jsonl_items
from simulator.pipeline.errors import CloudError
from simulator.pipeline.provisioning import read_definition
from tests.unit.states.harness import FakeTasks

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)
UNUSABLE = [
    ("NaN", "NaN is not a JSON value"),
    ("Infinity", "Infinity is not a JSON value"),
    ("-Infinity", "-Infinity is not a JSON value"),
    ("1e999", "the number 1e999 is too large"),
    ("-1e309", "the number -1e309 is too large"),
    ("1" + "0" * 309, "(310 characters) is too large"),
    ("-" + "9" * 5000, "(5,001 characters) is too large"),
    ('"\\ud800"', "\\ud800 is half a character"),
    ('"\\udc00\\ud800"', "\\udc00 is half a character"),
    ("[" * 100_000, "nested too deeply"),
    ("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), "nested too deeply"),
    ('{"k":' * (MAX_DEPTH + 1) + "1" + "}" * (MAX_DEPTH + 1), "nested too deeply"),
    ("01", "Extra data at line 1, column 2"),
    ("'x'", "Expecting value at line 1, column 1"),
    ("", "Expecting value at line 1, column 1"),
]

REFUSED = {
    "not a number": "NaN",
    "beyond a double": "1e999",
    "whole, beyond a double": "9" * 400,
    "half a character": '"\\ud800"',
    "too deep": "[" * 300 + "]" * 300,
}


@given(VALUES)
def test_what_json_can_hold_is_read_as_it_was_written(value: Any) -> None:
    """Whole numbers of any size within a double stay exact; characters come as themselves or as escapes."""
    for ascii_only in (True, False):
        assert read_json(json.dumps(value, ensure_ascii=ascii_only)) == value
    assert read_json(json.dumps(value).encode()) == value


@pytest.mark.parametrize("text", ["1.7976931348623157e308", "1e-999", "9" * 308, '"\\ud83d\\ude00"', "-0.0"])
def test_what_is_just_inside_the_bounds_is_read(text: str) -> None:
    """The largest double, one too small to be told from zero, a character in two halves."""
    assert read_json(text) == json.loads(text)


def test_as_many_levels_as_are_allowed_are_read() -> None:
    """And many things side by side are not depth."""
    assert read_json("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    assert len(read_json("[" + ",".join(["[]"] * 1000) + "]")) == 1000


@pytest.mark.parametrize(("text", "words"), UNUSABLE, ids=[words for _, words in UNUSABLE])
def test_what_is_not_json_is_refused_in_words(text: str, words: str) -> None:
    """Also inside an array."""
    with pytest.raises(BadJson) as caught:
        read_json(text)
    assert words in str(caught.value)


def test_bytes_that_are_not_utf_8_are_refused_with_their_place() -> None:
    """The byte is named."""
    with pytest.raises(BadJson, match="not UTF-8: byte 2 is 0x83"):
        read_json(b'"\x83"')


def test_a_repeated_key_is_what_the_caller_says_it_is() -> None:
    """The last value counts, or the key is collected, or the text is refused."""
    text = '{"a": {"b": 1, "b": 2}, "a": 3, "a": 4}'
    found: list[str] = []
    assert read_json(text) == {"a": 4}
    assert read_json(text, repeated=found.append) == {"a": 4}
    assert found == ["b", "a"]
    with pytest.raises(BadJson, match="the key 'b' is twice in one object"):
        read_json(text, repeated=refuse_repeated)


def test_half_a_character_can_be_replaced_and_the_rest_stays() -> None:
    """For texts that are only shown."""
    assert read_json('["\\ud800x", "\\ud83d\\ude00"]', replace_halves=True) == ["\ufffdx", "😀"]


def _pattern(value: str) -> None:
    EventPattern(f'{{"a": [{value}]}}')


def _rule(value: str) -> None:
    parse_rule(f'{{"Name": {value}}}')


def _items(value: str) -> None:
    list(json_items(iter([f"[{value}]".encode()]), ItemReaderSpec(resource="", parameters={}, input_type="JSON")))


def _lines(value: str) -> None:
    spec = ItemReaderSpec(resource="", parameters={}, input_type="JSONL")
    list(jsonl_items(iter([f'1\n{{"a": {value}}}\n'.encode()]), spec))


@pytest.mark.parametrize("value", REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize(
    ("read", "error"),
    [
        (_pattern, InvalidEventPatternException),
        (_rule, ValidationException),
        (_items, UnreadableError),
        (_lines, UnreadableError),
        (parse_functions, InvalidFunctions),
        (string_to_json, IntrinsicError),
    ],
)
def test_each_reader_refuses_the_same_texts(read: Callable[[str], object], error: type[Exception], value: str) -> None:
    """Each with the error of its own place, and never with a traceback."""
    with pytest.raises(error):
        read(value)


@pytest.mark.parametrize("value", REFUSED.values(), ids=REFUSED)
def test_a_definition_with_such_a_value_is_refused(value: str, tmp_path: Path) -> None:
    """When it is created, and when the simulator reads its own files."""
    text = f'{{"StartAt": "P", "States": {{"P": {{"Type": "Pass", "Result": {value}, "End": true}}}}}}'
    with pytest.raises(InvalidDefinition, match="is not JSON"):
        build(text, tasks=FakeTasks())
    (tmp_path / "x.json").write_text(text, encoding="utf-8")
    with pytest.raises(CloudError, match="is not JSON"):
        read_definition("x.json", {}, tmp_path)


def test_a_line_of_json_lines_is_named_with_its_number_and_the_value() -> None:
    """So that it can be found."""
    with pytest.raises(UnreadableError, match="Line 2 is not JSON that can be read: the number 1e999 is too large"):
        _lines("1e999")


def test_a_cause_that_is_nested_without_end_is_shown_as_it_is() -> None:
    """A Fail state may have any text as its cause."""
    assert person_text('{"a":' * 5000).startswith('{"a":{"a":')

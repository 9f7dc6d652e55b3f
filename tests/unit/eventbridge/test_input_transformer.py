"""Input transformers: what AWS was recorded to make of templates and values."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.aws.eventbridge.errors import TargetError, ValidationException
from simulator.aws.eventbridge.input_transformer import InputTransformer, RuleFacts

FACTS = RuleFacts(rule_arn="arn:aws:events:r:1:rule/n", rule_name="n", ingestion_time="2025-08-02T09:30:00Z")
EVENT: dict[str, Any] = {
    "id": "17793124",
    "detail-type": "Object Created",
    "detail": {
        "text": "abc",
        "quote": 'say "hello"',
        "number": 5,
        "float": 1.5,
        "flag": True,
        "nothing": None,
        "object": {"first": "one", "second": 2},
        "list": ["x", "y"],
        "rows": [{"n": 1}, {"n": 2}, {}],
        "version-id": "v1",
    },
}
PATHS = {name: f"$.detail.{name}" for name in (*EVENT["detail"], "missing")}


def transform(template: str, paths: dict[str, str] | None = PATHS) -> str:
    """Return what a template makes of EVENT."""
    return InputTransformer(paths, template, "1").transform(EVENT, FACTS)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ('{"k": <text>}', '{"k": "abc"}'),
        ('{"k": <quote>}', '{"k": "say \\"hello\\""}'),
        ('{"k": <number>, "l": <float>}', '{"k": 5, "l": 1.5}'),
        ('{"k": <flag>, "l": <nothing>}', '{"k": true, "l": null}'),
        ('{"k": <object>}', '{"k": {"first":"one","second":2}}'),
        ('{"k": [<number>, <text>]}', '{"k": [5, "abc"]}'),
        ('{"k": "is <text>, <number>"}', '{"k": "is abc, 5"}'),
        (r'{"k": "a \"<text>\" b"}', r'{"k": "a \"abc\" b"}'),
        ('{"k": <missing>}', '{"k": ""}'),
        ('{"k": "x<missing>y"}', '{"k": "xy"}'),
        ('"Message: <text> is <object>"', '"Message: abc is {first:one,second:2}"'),
        ('{"k": "<quote>"}', r'{"k": "say \"hello\""}'),
        ('{"k": "a <number> <flag> <nothing>"}', '{"k": "a 5 true null"}'),
        ('{"k": [<missing>]}', '{"k": [""]}'),
        ('{"k": [1, <missing>, 2]}', '{"k": [1, "", 2]}'),
        ('\n {"k": [<missing>]}', '\n {"k": [""]}'),
        ('"<version-id>"', '"v1"'),
        ('"x<missing>y"', '"xy"'),
        ("<number>", "5"),
        (" <flag> ", " true "),
        ("<missing>", ""),
        ('""', '""'),
        ("[<number>, <nothing>]", "[5, null]"),
        ("[<missing>]", "[]"),
        ('["<text>"]', '["abc"]'),
        ('["<object>"]', '["{first:one,second:2}"]'),
        ('"line <text>"\n"line <number>"', '"line abc"\n"line 5"'),
        ('"<text>"\n\n  "<missing>"\n', '"abc"\n\n  ""\n'),
        ('{"k": "a < b > c"}', '{"k": "a < b > c"}'),
    ],
)
def test_a_template_becomes_this_text(template: str, text: str) -> None:
    """Below a root object values are put in as JSON, elsewhere as text."""
    assert transform(template) == text


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ('{"k": "<object>"}', '{"k": "{"first":"one","second":2}"}'),
        ('{"k": "<list>"}', '{"k": "["x","y"]"}'),
        ('{"k": <text>', '{"k": "abc"'),
        ('{"k": NaN, "l": <text>}', '{"k": NaN, "l": "abc"}'),
        ("[1, <missing>, 2]", "[1, , 2]"),
        ("[<object>]", "[{first:one,second:2}]"),
        ("[<text>]", "[abc]"),
        ("<text>", "abc"),
        ("<object>", "{first:one,second:2}"),
        ('"<quote>"', '"say "hello""'),
        ('"<text>"\n"<quote>"', '"abc"\n"say "hello""'),
    ],
)
def test_what_makes_no_json_is_not_delivered_and_not_tried_again(template: str, text: str) -> None:
    """INVALID_JSON, with the text for the dead-letter queue."""
    with pytest.raises(TargetError) as refused:
        transform(template)
    assert (refused.value.code, refused.value.message) == ("INVALID_JSON", "Invalid input for target.")
    assert (refused.value.retryable, refused.value.input_text) == (False, text)


@pytest.mark.parametrize(
    "template", ["Hello <text>", "file <text>, <number>", "[INFO] <text>", '"a" <text>', "<text> <text>"]
)
def test_plain_text_is_refused(template: str) -> None:
    """Text needs quotes: with no values does it become JSON."""
    with pytest.raises(ValidationException, match="Invalid InputTemplate for target 1 : "):
        InputTransformer(PATHS, template, "1")


@pytest.mark.parametrize(
    "template",
    [
        "<aws.events.event.json>",
        '"<aws.events.event.json>"',
        "[<aws.events.event.json>]",
        '"a"\n"<aws.events.event.json>"',
    ],
)
def test_the_whole_event_goes_into_json_templates_only(template: str) -> None:
    """With or without a map."""
    for paths in (None, PATHS):
        with pytest.raises(
            ValidationException,
            match=r"contains placeholder aws\.events\.event\.json valid only for JSON template\.",
        ):
            InputTransformer(paths, template, "1")


@pytest.mark.parametrize(
    ("time", "made"),
    [
        ("2026-03-01T00:00:00Z", 1_772_323_200_000),
        ("2026-03-01T09:00:00.125+09:00", 1_772_323_200_125),
        ("yesterday", "yesterday"),
        (5, 5),
    ],
)
def test_the_event_without_its_detail_has_its_time_in_milliseconds(time: Any, made: Any) -> None:
    """A time that cannot be read stays as it is."""
    transformer = InputTransformer(None, '{"e": <aws.events.event>}', "1")
    text = transformer.transform({"time": time, "detail-type": "t", "detail": {"x": 1}}, FACTS)
    assert json.loads(text) == {"e": {"time": made, "detailType": "t"}}


def test_reserved_variables_tell_of_the_event_and_the_rule() -> None:
    """They need no InputPathsMap; the event without its detail spells `detailType`."""
    made = json.loads(
        transform(
            '{"all": <aws.events.event.json>, "head": <aws.events.event>, "arn": <aws.events.rule-arn>, '
            '"name": "rule <aws.events.rule-name>", "at": <aws.events.event.ingestion-time>}',
            None,
        )
    )
    assert made == {
        "all": EVENT,
        "head": {"id": "17793124", "detailType": "Object Created"},
        "arn": "arn:aws:events:r:1:rule/n",
        "name": "rule n",
        "at": "2025-08-02T09:30:00Z",
    }


def test_without_a_map_an_unknown_variable_stays_as_text() -> None:
    """With a map it is refused."""
    assert transform('{"k": "<text>"}', None) == '{"k": "<text>"}'
    with pytest.raises(ValidationException, match="InputTemplate for target 1 contains invalid placeholder other"):
        InputTransformer({"text": "$.detail.text"}, '{"k": <other>}', "1")


@pytest.mark.parametrize("template", ["{<text>: 1}", '{"<text>": 1}', '{"a <text>" : 1}'])
def test_a_placeholder_in_a_key_is_refused(template: str) -> None:
    """Quoted or not."""
    with pytest.raises(ValidationException, match="in the key of an object"):
        InputTransformer(PATHS, template, "1")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$.detail.list[0]", "x"),
        ("$.detail.list[*]", ["x", "y"]),
        ("$.detail.list[2]", ""),
        ("$.detail.rows[*].n", [1, 2]),
        ("$.detail.rows[1].n", 2),
        ("$.detail.text[0]", ""),
        ("$.detail.text.more", ""),
        ("$.detail.version-id", "v1"),
        ("$", EVENT),
    ],
)
def test_a_path_leads_to_this_value(path: str, value: Any) -> None:
    """Where it leads nowhere, the value is the empty text that a missing path gives."""
    assert json.loads(transform('{"k": <v>}', {"v": path})) == {"k": value}


@pytest.mark.parametrize(
    "path",
    ["", "detail", "$['x']", '$["x"]', "$..x", "$.a[0:2]", "$.a[-1]", "$.a.*", "$.a[?(@.b)]", "$.ユ", "$.", "$x"],
)
def test_paths_beyond_the_small_grammar_are_refused(path: str) -> None:
    """With the words AWS begins with."""
    with pytest.raises(ValidationException, match="InputPath for target 1 is invalid"):
        InputTransformer({"v": path}, "<v>", "1")


@pytest.mark.parametrize(
    ("paths", "template", "words"),
    [
        ({f"v{n}": "$.id" for n in range(101)}, "<v0>", "101 variables"),
        ({"aws.x": "$.id"}, "1", "is not a name for a variable"),
        ({"AwsThing": "$.id"}, "1", "is not a name for a variable"),
        ({"a b": "$.id"}, "1", "is not a name for a variable"),
        (None, "", "must have 1 to 8192 characters"),
        (None, "1" * 8193, "must have 1 to 8192 characters"),
    ],
)
def test_limits_of_maps_and_templates_are_kept(paths: dict[str, str] | None, template: str, words: str) -> None:
    """A table: the map, the template, and words of the message."""
    with pytest.raises(ValidationException, match=words):
        InputTransformer(paths, template, "1")


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(JSON_VALUES)
def test_an_unquoted_value_comes_out_as_it_went_in(value: Any) -> None:
    """Any JSON value at all: a key with quotes, backslashes or line ends among them."""
    transformer = InputTransformer({"key": "$.key"}, '{"detail": {"key": <key>, "again": [<key>]}}', "1")
    assert json.loads(transformer.transform({"key": value}, FACTS)) == {"detail": {"key": value, "again": [value]}}


@given(st.text())
def test_a_quoted_text_stays_whole_below_a_root_object(text: str) -> None:
    """It is escaped."""
    transformer = InputTransformer({"key": "$.key"}, '{"key": "at <key>"}', "1")
    assert json.loads(transformer.transform({"key": text}, FACTS)) == {"key": f"at {text}"}


@given(st.text())
def test_a_text_in_a_root_string_is_delivered_as_it_is_or_not_at_all(text: str) -> None:
    """It is not escaped: it either makes JSON or INVALID_JSON; never another kind of failure."""
    transformer = InputTransformer({"key": "$.key"}, '"<key>"', "1")
    try:
        made = transformer.transform({"key": text}, FACTS)
    except TargetError as error:
        assert error.input_text == f'"{text}"'  # noqa: PT017 - which texts are refused is not the question here
        assert any(letter in '"\\' or letter < " " for letter in text)
    else:
        assert made == f'"{text}"'

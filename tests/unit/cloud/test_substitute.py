"""Placeholders of the definitions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.pipeline.errors import CloudError
from simulator.pipeline.provisioning import DEFINITIONS, Resources, read_definition, substitute

if TYPE_CHECKING:
    from pathlib import Path


@given(st.text())
def test_any_value_stays_one_json_string(value: str) -> None:
    """Quotes, backslashes and control characters in a value cannot break out of its string."""
    assert json.loads(substitute('{"a": "x${Name}y"}', {"Name": value})) == {"a": f"x{value}y"}


def test_an_unknown_placeholder_names_itself_its_file_and_its_line() -> None:
    """The one who mistyped it finds it at once."""
    with pytest.raises(CloudError, match=r"w\.json, line 2: unknown placeholder \$\{Nmae\}\. Known: Name\."):
        substitute('{\n"a": "${Nmae}"}', {"Name": "x"}, source="w.json")


def test_every_definition_has_only_placeholders_that_are_known() -> None:
    """What is deployed can be run locally."""
    values = Resources(
        rule_dead_letter_queue_url="http://d",
        dispatcher_failures_queue_url="http://f",
        report_failures_queue_url="http://r",
    ).placeholders
    for path in DEFINITIONS.glob("*.json"):
        assert "${" not in read_definition(path.name, values)


def test_a_definition_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """Missing, no UTF-8, no JSON: each is an error for people."""
    (tmp_path / "bytes.json").write_bytes(b"\xff")
    (tmp_path / "broken.json").write_text("{\n  oops")
    for name, message in (
        ("missing.json", "Cannot read .*missing.json"),
        ("bytes.json", "Cannot read .*bytes.json"),
        ("broken.json", "broken.json is not JSON: .* at line 2, column 3"),
    ):
        with pytest.raises(CloudError, match=message):
            read_definition(name, {}, tmp_path)

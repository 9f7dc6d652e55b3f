"""Placeholders of the definitions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.pipeline.errors import CloudError
from simulator.pipeline.provisioning import DEFINITIONS, Resources, read_definition, stage_options, substitute

if TYPE_CHECKING:
    from pathlib import Path


@given(st.text())
def test_any_value_stays_one_json_string(value: str) -> None:
    """Quotes, backslashes and control characters in a value cannot break out of its string."""
    assert json.loads(substitute('{"a": "x${Name}y"}', {"Name": value})) == {"a": f"x{value}y"}


def test_a_number_takes_the_place_of_the_quotes_too() -> None:
    """But only where the string is nothing else."""
    text = substitute('{"a": "${N}", "b": "x${N}", "c": "${T}"}', {"N": 7, "T": "7"})
    assert json.loads(text) == {"a": 7, "b": "x7", "c": "7"}


def test_a_stage_says_how_many_rows_and_files_run_at_a_time(tmp_path: Path) -> None:
    """The deployed text with the stage's number in it; a file that cannot be deployed is refused by its name."""
    (tmp_path / "dev.json").write_text('{"mapConcurrency": 12, "maxFiles": 3}')
    assert stage_options("dev", tmp_path).max_files == 3
    resources = Resources(
        rule_dead_letter_queue_url="",
        dispatcher_failures_queue_url="",
        report_failures_queue_url="",
        file_gate_failures_queue_url="",
        map_concurrency=stage_options("dev", tmp_path).map_concurrency,
    )
    workflow = json.loads(read_definition("workflow.asl.json", resources.placeholders))
    assert workflow["States"]["UserLogDistributedMap"]["MaxConcurrency"] == 12
    with pytest.raises(CloudError, match=r"SIMULATOR_STAGE is '\.\./prod'\. The stages in .* are dev\."):
        stage_options("../prod", tmp_path)
    for text in ("{}", "[]", '{"mapConcurrency": 0}', '{"mapConcurrency": true}', '{"mapConcurrency": "5"}'):
        (tmp_path / "dev.json").write_text(text)
        with pytest.raises(CloudError, match=r'dev\.json: "mapConcurrency" must be a whole number from 1 to 1000'):
            stage_options("dev", tmp_path)
    (tmp_path / "dev.json").write_text('{"mapConcurrency": 5, "maxFiles": 1001}')
    with pytest.raises(CloudError, match=r'dev\.json: "maxFiles" must be a whole number from 1 to 1000'):
        stage_options("dev", tmp_path)
    (tmp_path / "dev.json").write_bytes(b"\xff{")
    with pytest.raises(CloudError, match=r"Cannot read the stage's options in .*dev\.json"):
        stage_options("dev", tmp_path)


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
        file_gate_failures_queue_url="http://g",
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

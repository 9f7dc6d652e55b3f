"""Placeholders of the definitions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.pipeline.errors import CloudError
from simulator.pipeline.provisioning import (
    DEFINITIONS,
    Resources,
    StageOptions,
    read_definition,
    stage_options,
    substitute,
)

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


def test_a_stage_says_how_its_rows_run(tmp_path: Path) -> None:
    """The deployed text with the stage's numbers in it; a file that cannot be deployed is refused by its name."""
    (tmp_path / "dev.json").write_text('{"mapConcurrency": 12, "maxFiles": 3, "rowsPerChild": 7}')
    rows = stage_options("dev", tmp_path)
    assert rows == StageOptions(map_concurrency=12, max_files=3, rows_per_child=7)
    assert stage_options("dev", tmp_path, rows_per_child="100") == StageOptions(
        map_concurrency=12, max_files=3, rows_per_child=100
    )
    resources = Resources(
        rule_dead_letter_queue_url="",
        dispatcher_failures_queue_url="",
        report_failures_queue_url="",
        file_gate_failures_queue_url="",
        stage=rows,
    )
    state = json.loads(read_definition("workflow.asl.json", resources.placeholders))["States"]["UserLogDistributedMap"]
    assert (state["MaxConcurrency"], state["ItemBatcher"]["MaxItemsPerBatch"]) == (12, 7)
    with pytest.raises(CloudError, match=r"SIMULATOR_STAGE is '\.\./prod'\. The stages in .* are dev\."):
        stage_options("../prod", tmp_path)
    for value in ("0", "true", '"5"', "null", "1001"):
        (tmp_path / "dev.json").write_text(f'{{"mapConcurrency": {value}, "maxFiles": 1, "rowsPerChild": 1}}')
        with pytest.raises(CloudError, match=r'dev\.json: "mapConcurrency" must be a whole number from 1 to 1000'):
            stage_options("dev", tmp_path)
        (tmp_path / "dev.json").write_text(f'{{"mapConcurrency": 1, "maxFiles": 1, "rowsPerChild": {value}}}')
        with pytest.raises(CloudError, match=r'dev\.json: "rowsPerChild" must be a whole number from 1 to 100'):
            stage_options("dev", tmp_path)
        (tmp_path / "dev.json").write_text(f'{{"mapConcurrency": 1, "maxFiles": {value}, "rowsPerChild": 1}}')
        with pytest.raises(CloudError, match=r'dev\.json: "maxFiles" must be a whole number from 1 to 1000'):
            stage_options("dev", tmp_path)
    for text in ("{}", "[]"):
        (tmp_path / "dev.json").write_text(text)
        with pytest.raises(CloudError, match=r'dev\.json: "mapConcurrency" must be'):
            stage_options("dev", tmp_path)
    (tmp_path / "dev.json").write_bytes(b"\xff{")
    with pytest.raises(CloudError, match=r"Cannot read the stage's options in .*dev\.json"):
        stage_options("dev", tmp_path)


@pytest.mark.parametrize("value", ["0", "101", "-1", "x", "1.5", "\u0661", " 5", "99999"])
def test_a_variable_that_names_no_number_of_rows_is_refused(value: str) -> None:
    """Which variable, what it says, and what it may say."""
    with pytest.raises(CloudError, match=r"SIMULATOR_ROWS_PER_CHILD is .* It must be a whole number from 1 to 100\."):
        stage_options(rows_per_child=value)


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

"""`check`: every problem of a definition, by state path."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from simulator.cli.app import application

BAD = {
    "StartAt": "A",
    "States": {
        "A": {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun", "Next": "B", "Size": 1},
        "B": {"Type": "Wait", "Next": "A"},
    },
}


def test_the_pipelines_own_definitions_have_no_problems(home: Path) -> None:
    """Without a file, both are checked."""
    result = CliRunner().invoke(application(), ["check", "--json"])
    assert result.exit_code == 0
    assert list(json.loads(result.stdout)["files"].values()) == [[], []]


def test_all_problems_of_a_file_are_told_with_their_paths(tmp_path: Path) -> None:
    """Exit code 1."""
    file = tmp_path / "bad.asl.json"
    file.write_text(json.dumps(BAD))
    result = CliRunner().invoke(application(), ["check", str(file)])
    assert result.exit_code == 1
    for words in (
        "3 problems",
        "States.A.Resource arn:aws:states:::glue:startJobRun is not simulated",
        "States.A.Size",
        "States.B needs",
    ):
        assert words in result.stderr


def test_a_file_that_cannot_be_read_is_wrong_usage(tmp_path: Path) -> None:
    """Exit code 2, a sentence, no traceback."""
    result = CliRunner().invoke(application(), ["check", str(tmp_path / "no.json")])
    assert result.exit_code == 2
    assert "cannot be read" in result.stderr


def test_a_placeholder_can_be_given_a_value(tmp_path: Path) -> None:
    """`--set`; an unknown one is named."""
    file = tmp_path / "map.asl.json"
    state = {"Type": "Task", "Resource": "${MyFunction}", "End": True}
    file.write_text(json.dumps({"StartAt": "A", "States": {"A": state}}))
    arn = "arn:aws:lambda:ap-northeast-1:123456789012:function:mine"
    assert CliRunner().invoke(application(), ["check", str(file), "--set", f"MyFunction={arn}"]).exit_code == 0
    unknown = CliRunner().invoke(application(), ["check", str(file)])
    assert unknown.exit_code != 0
    assert "${MyFunction}" in unknown.stderr

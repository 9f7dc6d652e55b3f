"""`check`: the part about permissions, with a template that is given."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.pipeline.permissions import synthesis
from simulator.pipeline.settings import PROJECT_ROOT
from simulator.runs.folder.run_folder import RunFolder
from tests.unit.cli.conftest import Outcome
from tests.unit.dashboard.run_folders import make_run
from tests.unit.iam.small_template import FUNCTION, TABLE, template

PUT = {"caller": "lambda.writer", "action": "dynamodb:PutItem", "resource": TABLE, "count": 3}
INVOKE = {"caller": "states.flow", "action": "lambda:InvokeFunction", "resource": FUNCTION, "count": 3}


def made(home: Path, *calls: dict[str, Any]) -> RunFolder:
    """Make a run that has made these calls."""
    name = make_run(home / "runs", "succeeded", rows=3).name
    folder = RunFolder(home / "runs", name)
    folder.calls_file.write_text("".join(f"{json.dumps(call)}\n" for call in calls))
    return folder


def written(folder: Path, document: Any) -> str:
    """Write a template; return its path."""
    path = folder / "stack.template.json"
    path.write_text(json.dumps(document))
    return str(path)


def test_nothing_is_wrong(home: Path, tmp_path: Path, simulator: Callable[..., Outcome]) -> None:
    """Exit code 0; the run and the template are named in the document."""
    folder = made(home, PUT, INVOKE)
    found = simulator("check", "--template", written(tmp_path, template()), "--json")
    assert found.code == 0, found.err
    permissions = found.document["permissions"]
    assert (permissions["runs"], permissions["refused"]) == ([folder.name], [])


def test_a_missing_permission_is_named(home: Path, tmp_path: Path, simulator: Callable[..., Outcome]) -> None:
    """Exit code 1."""
    folder = made(home, PUT, INVOKE)
    less = template()
    del less["Resources"]["WriterRole"]["Properties"]["Policies"][0]
    found = simulator("check", "--run", folder.name, "--template", written(tmp_path, less))
    assert found.code == 1
    assert f"WriterRole lacks dynamodb:PutItem on Orders: writer called it in the run {folder.name}" in found.err


def test_an_unused_permission_is_a_warning(home: Path, tmp_path: Path, simulator: Callable[..., Outcome]) -> None:
    """Exit code 0."""
    made(home, INVOKE)
    found = simulator("check", "--run", "all", "--template", written(tmp_path, template()))
    assert found.code == 0
    assert "Warning: WriterRole may dynamodb:PutItem on Orders: nothing uses it" in found.err


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is not JSON"),
        ("{}", "is not a CloudFormation template"),
        ('{"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": {}}}}', "has a policy that cannot be read"),
        (
            '{"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": "Nobody"}}}}}',
            "refers to Nobody, which it does not have",
        ),
    ],
)
def test_a_template_that_cannot_be_read(
    home: Path, tmp_path: Path, simulator: Callable[..., Outcome], content: str, words: str
) -> None:
    """Exit code 2, and what is wrong."""
    made(home, PUT)
    path = tmp_path / "bad.json"
    path.write_text(content)
    found = simulator("check", "--template", str(path))
    assert (found.code, words in found.err) == (2, True), found.err


def test_runs_that_cannot_be_compared(home: Path, tmp_path: Path, simulator: Callable[..., Outcome]) -> None:
    """None at all, none of that name, one of an earlier version, one whose file is broken: exit code 2."""
    path = written(tmp_path, template())
    assert "No run has ended" in simulator("check", "--template", path).err
    folder = made(home, {"caller": "lambda.writer"})
    broken = simulator("check", "--template", path)
    assert (broken.code, "a line has no 'action'" in broken.err) == (2, True)
    assert simulator("check", "--run", "nobody", "--template", path).code == 2
    folder.calls_file.unlink()
    old = simulator("check", "--run", folder.name, "--template", path)
    assert (old.code, "has no aws-calls.jsonl" in old.err) == (2, True)


def test_without_cdk_it_says_what_to_do(
    home: Path, simulator: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Definitions are checked all the same; if a run is named, it is wrong usage."""
    folder = made(home, PUT)
    monkeypatch.setattr(synthesis.importlib.util, "find_spec", lambda _name: None)  # type: ignore[attr-defined]
    found = simulator("check")
    assert (found.code, "uv sync --all-groups" in found.err) == (0, True)
    assert simulator("check", "--run", folder.name).code == 2


def test_a_template_is_only_for_enforcement(home: Path, simulator: Callable[..., Outcome]) -> None:
    """Exit code 2, before anything starts."""
    assert simulator("run", "sample.csv", "--template", "x.json").code == 2
    missing = simulator("run", "sample.csv", "--enforce-iam", "--template", "x.json")
    assert (missing.code, "cannot be read" in missing.err) == (2, True)


def test_another_number_of_rows_per_child_has_no_template(
    home: Path, simulator: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stage's policies do not know the workflow that is tried: it would be refused what batches need."""
    monkeypatch.setenv("SIMULATOR_ROWS_PER_CHILD", "10")
    found = simulator("run", str(PROJECT_ROOT / "sample_data" / "sample.csv"), "--enforce-iam")
    assert (found.code, "set rowsPerChild in cdk/stages/prod.json" in found.err) == (2, True)

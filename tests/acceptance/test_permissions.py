"""Permissions, with the real command: a run's calls, `check`, and `run --enforce-iam`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.runs.folder.json_lines import read_lines
from tests.acceptance.conftest import Shell
from tests.infrastructure.policies.recorded_calls import FILE, kinds
from tests.infrastructure.template.synthesis import assembled, make_app

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    """The template of cdk/."""
    found: dict[str, Any] = assembled(make_app()).template
    return found


def without(template: dict[str, Any], role: str, policy: str) -> dict[str, Any]:
    """Return a template in which a role lacks one of its policies."""
    less: dict[str, Any] = json.loads(json.dumps(template))
    (properties,) = (one["Properties"] for name, one in less["Resources"].items() if name.startswith(role))
    properties["Policies"] = [one for one in properties["Policies"] if one["PolicyName"] != policy]
    return less


@pytest.mark.timeout(600)
def test_a_run_makes_the_recorded_calls_and_is_refused_what_is_not_allowed(
    make_shell: Callable[[str], Shell], tmp_path: Path, template: dict[str, Any]
) -> None:
    """The recorded calls, which other tests compare with each statement, are those of a run."""
    shell = make_shell("permissions")
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps(template))
    bad.write_text(json.dumps(without(template, "FunctionsProcessorRole", "WriteAudit")))

    ran = shell("run", "sample.csv", "--enforce-iam", "--template", str(good), "--json")
    assert ran.code == 0, ran.err
    folder = Path(ran.document["runDirectory"])
    made = {json.dumps(one, sort_keys=True) for one in kinds(read_lines(folder / "aws-calls.jsonl"))}
    assert len(made) > 15
    assert made <= {json.dumps(one, sort_keys=True) for one in read_lines(FILE)}
    reported = [one for one in read_lines(folder / "aws-calls.jsonl") if one["resource"].endswith("/summary.json")]
    assert [one["action"] for one in reported] == ["s3:PutObject"]

    assert shell("check", "--template", str(good)).code == 0
    checked = shell("check", "--template", str(bad))
    assert checked.code == 1
    assert "FunctionsProcessorRole lacks dynamodb:" in checked.err

    dev = shell("check", "--stage", "dev", "--json")
    assert dev.code == 0, dev.err
    permissions = dev.document["permissions"]
    assert (permissions["template"], permissions["refused"]) == ("cdk/ (stage dev)", [])
    owners = {one["owner"] for one in permissions["unused"]}
    assert "StorageAccessLogsPolicy" not in owners, "only the deployment empties buckets"

    refused = shell("run", "sample.csv", "--enforce-iam", "--template", str(bad))
    assert refused.code == 1
    assert "is not authorized to perform: dynamodb:" in refused.err

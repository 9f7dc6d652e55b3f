"""Names of resources: stated once, for the simulator and for CDK."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from simulator.pipeline import provisioning
from simulator.pipeline.errors import CloudError
from simulator.pipeline.provisioning import DEFINITIONS, Resources, resource_name
from simulator.pipeline.settings import PROJECT_ROOT

FILE = DEFINITIONS / "resources.json"
NAMES: dict[str, str] = json.loads(FILE.read_text(encoding="utf-8"))["names"]
# These are also words of other things: a database user, a prefix of runs, a service, a construct.
COMMON = ("user-log", "user-log-processor", "user-log-reporter", "FileGate")
DISTINCT = [name for name in set(NAMES.values()) if name not in COMMON]


def test_a_resource_that_the_file_does_not_have_is_named() -> None:
    """The error says which, and in which file."""
    with pytest.raises(CloudError, match=r"resources\.json: `names` has no text for Wokflow\."):
        resource_name("Wokflow")


@pytest.mark.parametrize("text", ["[]", "{}", '{"names": []}', '{"names": {"Workflow": 5}}'])
def test_a_file_of_another_shape_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """The person who edited it sees no traceback."""
    (tmp_path / "resources.json").write_text(text, encoding="utf-8")
    monkeypatch.setattr(provisioning, "read_definition", lambda name, _values: (tmp_path / name).read_text("utf-8"))
    provisioning._names.cache_clear()
    try:
        with pytest.raises(CloudError, match="`names` has no text for Workflow"):
            resource_name("Workflow")
    finally:
        provisioning._names.cache_clear()


def test_the_local_cloud_has_the_names_of_prod() -> None:
    """A bucket's has the account behind it."""
    resources = Resources(
        rule_dead_letter_queue_url="",
        dispatcher_failures_queue_url="",
        report_failures_queue_url="",
        file_gate_failures_queue_url="",
    )
    assert resources.input_bucket == f"{NAMES['InputBucket']}-123456789012"
    assert resources.table == NAMES["ProcessingLogsTable"]
    assert resources.workflow_arn.endswith(f":stateMachine:{NAMES['Workflow']}")
    assert resources.placeholders["UserLogProcessorFunctionArn"].endswith(f":{NAMES['UserLogProcessorFunction']}")
    assert resources.placeholders["UserLogProcessorFunctionName"] == NAMES["UserLogProcessorFunction"]


@pytest.mark.parametrize("name", sorted(DISTINCT))
def test_no_other_file_states_a_name_again(name: str) -> None:
    """As a text of its own, quoted, in code or in a definition."""
    # `self, "ProcessingLogs"` is the id of a construct, which makes a logical id, not a name.
    quoted = re.compile(f"(?<!self, )[\"']{re.escape(name)}[\"']")
    folders = ("cdk/definitions", "cdk/userlog", "lambdas", "simulator/pipeline", "simulator/cli", "dashboard")
    files = [
        file
        for folder in folders
        for kind in ("*.py", "*.json")
        for file in (PROJECT_ROOT / folder).rglob(kind)
        if file != FILE
    ]
    assert len(files) > 100
    assert [str(file) for file in files if quoted.search(file.read_text(encoding="utf-8"))] == []

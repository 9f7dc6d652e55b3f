"""Definitions and code that are changed while the local cloud is up."""

from __future__ import annotations

import json
import shutil
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from simulator.aws.eventbridge.rule_book import RuleBook
from simulator.aws.lambda_runtime.function_config import parse_functions
from simulator.aws.lambda_runtime.lambda_service import LambdaService
from simulator.pipeline.local_cloud.reload import Reload
from simulator.pipeline.provisioning import DEFINITIONS, Resources, function_values, read_definition
from tests.unit.eventbridge.upload_rule import upload_rule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RESOURCES = Resources(
    rule_dead_letter_queue_url="http://q/1",
    dispatcher_failures_queue_url="http://q/2",
    report_failures_queue_url="http://q/3",
    file_gate_failures_queue_url="http://q/4",
)
FUNCTION = "user-log-csv-validator"


class Machines:
    """Takes definitions."""

    def __init__(self) -> None:
        self.updated: list[tuple[str, str]] = []

    def update_state_machine(self, arn: str, *, definition: str) -> None:
        """Note it."""
        self.updated.append((arn, definition))


class Cloud:
    """A copy of the definitions, and functions whose code is one module."""

    def __init__(self, root: Path) -> None:
        self.definitions = root / "definitions"
        self.definitions.mkdir()
        for file in DEFINITIONS.glob("*.json"):
            shutil.copy(file, self.definitions)
        functions = json.loads((self.definitions / "functions.json").read_text())
        for function in functions:
            function["handler"] = "code.handle"
        (self.definitions / "functions.json").write_text(json.dumps(functions))
        self.code = root / "code.py"
        self.write("return 1")
        self.machines: Any = Machines()
        self.rules = RuleBook([upload_rule()], arn_prefix="p")
        self.ended: list[str] = []
        self.functions = LambdaService(
            parse_functions(read_definition("functions.json", function_values(), self.definitions)),
            task_root=root,
            variables=lambda _config, name: {"NAME": name},
            ended=self.ended.extend,
        )
        self._reload = Reload(self.machines, self.functions, self.rules, RESOURCES, self.definitions)

    def write(self, body: str) -> None:
        """Give the functions other code."""
        self.code.write_text(f"import os, time\nos.environ['NAME']\ndef handle(event, context):\n    {body}\n")

    def changed(self, *paths: Path) -> str:
        """Take changed files over, and return what is said."""
        return "\n".join(self._reload.take_over(set(paths)))

    def invoke(self) -> bytes:
        """Return the function's answer."""
        return self.functions.invoke(FUNCTION, b"{}").payload


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    """Serve the functions."""
    made = Cloud(tmp_path)
    yield made
    made.functions.close()


def test_the_next_invocation_runs_the_new_code(cloud: Cloud) -> None:
    """Also when the new source has the size of the old one, and is saved in the same second."""
    assert cloud.invoke() == b"1"
    for answer in (2, 3, 4):
        cloud.write(f"return {answer}")
        assert f"{cloud.code.parent.name}/code.py: the functions' next invocations run the new code." in cloud.changed(
            cloud.code
        )
        assert cloud.invoke() == str(answer).encode()


def test_an_invocation_that_runs_ends_with_the_code_it_began_with(cloud: Cloud) -> None:
    """Its environment is given up when it comes back."""
    cloud.write("time.sleep(0.6); return 'old'")
    cloud.changed(cloud.code)
    answers: list[bytes] = []
    running = threading.Thread(target=lambda: answers.append(cloud.invoke()))
    running.start()
    time.sleep(0.3)
    cloud.write("return 'new'")
    cloud.changed(cloud.code)
    assert cloud.invoke() == b'"new"'
    running.join()
    assert answers == [b'"old"']
    assert cloud.invoke() == b'"new"'


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("return (", "Runtime.UserCodeSyntaxError"),
        ("pass\nraise SystemExit(3)", "SystemExit: 3"),
        ("pass\n1/0", "ZeroD"),
    ],
)
def test_code_that_does_not_load_is_told_and_warm_environments_keep_theirs(cloud: Cloud, body: str, words: str) -> None:
    """With the function's name and the runtime's error."""
    assert cloud.invoke() == b"1"
    cloud.write(body)
    said = cloud.changed(cloud.code)
    assert f"{FUNCTION}: " in said
    assert words in said
    assert cloud.invoke() == b"1"


def test_functions_json_is_taken_over(cloud: Cloud) -> None:
    """A new timeout; a file that cannot be used is told, and the one before stays."""
    path = cloud.definitions / "functions.json"
    functions = json.loads(path.read_text())
    functions[0]["timeoutSeconds"] = 7
    path.write_text(json.dumps(functions))
    assert "functions.json: the functions' next" in cloud.changed(path)
    assert cloud.functions.find(FUNCTION).timeout_seconds == 7
    path.write_text("[")
    assert "functions.json cannot be used, and the one before it stays" in cloud.changed(path)
    assert cloud.invoke() == b"1"


def test_a_definition_is_given_to_its_machine_with_its_placeholders_filled_in(cloud: Cloud) -> None:
    """Each to its own; text that is not JSON is told."""
    for file, arn in (("workflow.asl.json", RESOURCES.workflow_arn), ("dispatcher.asl.json", RESOURCES.dispatcher_arn)):
        said = cloud.changed(cloud.definitions / file)
        assert said.startswith(f"{file} is taken over")
        assert cloud.machines.updated[-1] == (arn, read_definition(file, RESOURCES.placeholders, cloud.definitions))
    (cloud.definitions / "workflow.asl.json").write_text('{"StartAt": ')
    assert "is not JSON" in cloud.changed(cloud.definitions / "workflow.asl.json")
    assert len(cloud.machines.updated) == 2


def test_the_rule_is_taken_over_and_a_bad_one_is_told(cloud: Cloud) -> None:
    """The rule before it stays."""
    path = cloud.definitions / "upload_rule.json"
    path.write_text(path.read_text().replace('".csv"', '".tsv"'))
    assert "upload_rule.json is taken over" in cloud.changed(path)
    [rule] = cloud.rules.all()
    assert ".tsv" in rule.pattern_text
    path.write_text(path.read_text().replace('"suffix"', '"sufix"'))
    assert "The rule before it stays." in cloud.changed(path)
    assert cloud.rules.all() == [rule]


def test_files_that_are_read_at_the_start_only_are_named(cloud: Cloud) -> None:
    """With the commands that start the cloud again."""
    said = cloud.changed(cloud.definitions / "resources.json", cloud.definitions / "migrations" / "0001_x.sql")
    assert said.count("It is read when the local cloud starts: ") == 2
    assert cloud.machines.updated == []

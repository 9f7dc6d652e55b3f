"""The interpreter against executions recorded from AWS, where those recordings lie beside the checkout."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

HERE = Path(__file__).parent
RECORDINGS = HERE.parents[1].parent / "shared" / "conformance"
SCENARIOS = sorted((RECORDINGS / "open").glob("*.json"))
KNOWN: dict[str, str] = json.loads((HERE / "known_differences.json").read_text(encoding="utf-8"))

pytestmark = pytest.mark.skipif(
    not SCENARIOS, reason="the recordings (../shared/conformance) are not beside this checkout"
)


def load(path: Path, name: str) -> ModuleType:
    """Import a module from a file outside the project."""
    sys.path.insert(0, str(RECORDINGS))
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def scorer() -> ModuleType:
    """Return the scorer."""
    return load(RECORDINGS / "score.py", "recordings_score")


@pytest.fixture(scope="module")
def adapter() -> Any:
    """Return the adapter; the mock of AWS that it starts ends with the module."""
    module = load(HERE / "adapter.py", "conformance_adapter")
    yield module
    module._MOCK.stop()


def differences(scenario: dict[str, Any], scorer: ModuleType, adapter: ModuleType) -> list[str]:
    """Return in what our execution differs from the recorded one."""
    setup = dict(scenario.get("setup") or {})
    if scenario.get("execution_type"):
        setup["execution_type"] = scenario["execution_type"]
    definition = scenario["definition"] if scenario["definition"] is not None else scenario.get("definition_text")
    if scenario["kind"] == "test_state":
        got = adapter.test_state(scenario["request"], scenario["lambdas"], setup)
    elif scenario["kind"] == "validate":
        got = adapter.validate(definition, scenario["request"])
    else:
        got = adapter.run(definition, scenario["input"], scenario["lambdas"], setup)
    found: list[str] = scorer.outcome_diffs(scenario["expected"], got)
    mode = scenario["compare"]["history"]
    if mode != "none" and not scorer.history_same(scenario["expected"]["history"], got.get("history"), mode):
        found = [*found, "history: " + scorer.first_difference(scenario["expected"]["history"], got.get("history"))]
    return found


def test_executions_end_and_tell_as_recorded(scorer: ModuleType, adapter: ModuleType) -> None:
    """Outcome and history of every scenario, those of TestState included.

    Known differences stand in known_differences.json.
    """
    scenarios = [json.loads(path.read_text(encoding="utf-8")) for path in SCENARIOS]
    chosen = scenarios
    found = {one["id"]: differences(one, scorer, adapter) for one in chosen}
    new = {name: what for name, what in found.items() if what and name not in KNOWN}
    assert new == {}
    passing = [name for name in KNOWN if not found.get(name)]
    assert passing == [], "these pass now: take them out of known_differences.json"


def test_states_tested_alone_show_the_recorded_steps(adapter: ModuleType) -> None:
    """`inspectionData` of every scenario of TestState that was not refused."""
    scenarios = [json.loads(path.read_text(encoding="utf-8")) for path in SCENARIOS]
    chosen = [one for one in scenarios if one["kind"] == "test_state"]
    assert chosen
    for one in chosen:
        got = adapter.test_state(one["request"], one["lambdas"], one.get("setup") or {}).get("inspectionData", {})
        read = {name: json.loads(value) if isinstance(value, str) else value for name, value in got.items()}
        assert read == one["expected"].get("inspection", {}), one["id"]

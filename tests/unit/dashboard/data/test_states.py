"""A workflow's states: in order, what became of each, as a grid and as a graph."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dashboard.components.dot import dot, facts
from dashboard.queries.run_list import runs
from dashboard.queries.states.graph import run_graph
from dashboard.queries.states.state_grid import StateStatus, state_grid, state_outcomes
from dashboard.queries.states.workflow import workflow
from simulator.runs.folder.json_lines import encode
from simulator.runs.store import RunStore
from tests.unit.runs.made_runs import THREE_ROWS, child, failed_child, finished_run

DEFINITION = Path(__file__).parents[4] / "cdk" / "definitions" / "workflow.asl.json"
HAPPY = ["CSVFileValidation", "CheckValidationResult", "UserLogDistributedMap", "ProcessingCompleted"]


def history(*steps: str) -> list[dict[str, Any]]:
    """Events: `+X` enters a Task X, `-X` leaves it, anything else is an event's type."""
    events: list[dict[str, Any]] = []
    for number, step in enumerate(steps, start=1):
        event: dict[str, Any] = {
            "id": number,
            "previousEventId": number - 1,
            "timestamp": f"2026-01-01T00:00:{number:02}Z",
        }
        if step[0] in "+-":
            word = "Entered" if step[0] == "+" else "Exited"
            event |= {"type": f"TaskState{word}", f"state{word}EventDetails": {"name": step[1:]}}
        else:
            event["type"] = step
        events.append(event)
    return events


def write_history(runs_folder: Path, name: str, *steps: str, definition: str | None = None) -> None:
    """Give a run a history and a definition."""
    folder = RunStore(runs_folder).folder(name)
    folder.events_file.write_bytes(b"".join(encode(event) + b"\n" for event in history(*steps)))
    folder.definition_file.write_text(definition or DEFINITION.read_text(encoding="utf-8"), encoding="utf-8")


def test_the_states_stand_in_the_order_of_the_happy_path_and_those_after_errors_last() -> None:
    """The grid reads from left to right as a good run goes."""
    flow = workflow(json.loads(DEFINITION.read_text(encoding="utf-8")))
    names = [box.name for box in flow.top]
    known = [*HAPPY, "SaveRejection", "DescribeRejection", "ValidationFailed", "FileRejected"]
    known += ["ProcessingFailed", "WorkflowFailed"]
    assert [name for name in names if name in known] == known
    assert flow.starts == {"UserLogDistributedMap": "ProcessUserLog"}


def test_what_is_no_definition_has_no_states() -> None:
    """An older or damaged file is an empty picture, not an error."""
    broken = [
        None,
        [],
        {},
        {"States": 5},
        {"StartAt": 1, "States": {"A": 3}},
        {"StartAt": "A", "States": {"A": {"Next": 7}}},
    ]
    assert [len(workflow(one).boxes) for one in broken] == [0, 0, 0, 0, 0, 1]


def test_a_state_left_right_after_a_failure_was_caught() -> None:
    """One whose retry succeeded was not."""
    caught = state_outcomes(history("+A", "LambdaFunctionFailed", "-A", "+B"), "RUNNING")
    assert [(name, one.status) for name, one in caught.items()] == [
        ("A", StateStatus.CAUGHT),
        ("B", StateStatus.RUNNING),
    ]
    retried = state_outcomes(history("+A", "LambdaFunctionFailed", "LambdaFunctionSucceeded", "-A"), "SUCCEEDED")
    assert retried["A"].status is StateStatus.SUCCEEDED


def test_the_state_in_which_a_run_ended_badly_says_how() -> None:
    """Failed, stopped by somebody, or cut off with its process."""
    assert state_outcomes(history("+A", "ExecutionFailed"), "FAILED")["A"].status is StateStatus.FAILED
    assert state_outcomes(history("+A", "ExecutionAborted"), "ABORTED")["A"].status is StateStatus.STOPPED
    assert state_outcomes(history("+A"), "INTERRUPTED")["A"].status is StateStatus.STOPPED
    assert state_outcomes([{}, {"type": None}], "FAILED") == {}


def test_a_redriven_state_counts_from_its_last_visit() -> None:
    """It failed, was redriven, and succeeded: that is what is shown."""
    events = history("+A", "ExecutionFailed", "ExecutionRedriven", "-A", "ExecutionSucceeded")
    assert state_outcomes(events, "SUCCEEDED")["A"].status is StateStatus.SUCCEEDED


def test_the_grid_has_a_cell_for_every_run_and_state(tmp_path: Path) -> None:
    """Passed, failed in, not reached; and absent where a run's workflow had no such state."""
    finished_run(tmp_path, THREE_ROWS, name="run-1", status="FAILED", error="X")
    finished_run(tmp_path, THREE_ROWS, name="run-0")
    finished_run(tmp_path, THREE_ROWS, name="run-empty")
    write_history(
        tmp_path, "run-1", "+CSVFileValidation", "-CSVFileValidation", "+UserLogDistributedMap", "ExecutionFailed"
    )
    write_history(tmp_path, "run-0", "+Old", "-Old", definition='{"StartAt":"Old","States":{"Old":{"Type":"Task"}}}')
    (tmp_path / "run-empty" / "definition.json").unlink()
    (tmp_path / "run-empty" / "events.jsonl").unlink()
    store = RunStore(tmp_path)
    grid = state_grid(store, sorted(runs(store), key=lambda row: row.name, reverse=True))
    assert grid.states[:1] == HAPPY[:1]
    assert grid.states[-1] == "Old"
    cells = {
        row.name: dict(zip(grid.states, line, strict=True)) for row, line in zip(grid.runs, grid.cells, strict=True)
    }
    assert cells["run-1"]["UserLogDistributedMap"].status is StateStatus.FAILED
    assert cells["run-1"]["ProcessingCompleted"].status is StateStatus.SKIPPED
    assert cells["run-1"]["Old"].status is StateStatus.ABSENT
    assert cells["run-0"]["Old"].status is StateStatus.SUCCEEDED
    assert {one.status for one in cells["run-empty"].values()} == {StateStatus.ABSENT}


def test_the_graph_tells_the_rows_of_the_map_and_the_calls_inside_it(tmp_path: Path) -> None:
    """Two rows were called for, one failed and was logged."""
    finished_run(tmp_path, THREE_ROWS, child(0, 2), failed_child(1, 3))
    folder = RunStore(tmp_path).folders()[0]
    write_history(tmp_path, folder.name, *(f"{sign}{name}" for name in HAPPY for sign in "+-"), "ExecutionSucceeded")
    graph = run_graph(folder)
    nodes = {node.box.name: node for node in graph.nodes}
    assert (nodes["UserLogDistributedMap"].rows, nodes["UserLogDistributedMap"].failed) == (3, 1)
    assert (nodes["ProcessUserLog"].status, nodes["ProcessUserLog"].rows, nodes["ProcessUserLog"].failed) == (
        StateStatus.CAUGHT,
        2,
        1,
    )
    assert (nodes["LogError"].status, nodes["LogError"].rows) == (StateStatus.SUCCEEDED, 1)
    assert (nodes["UserLogFailed"].status, facts(nodes["UserLogFailed"])) == (StateStatus.FAILED, "failed, 1 row")
    assert nodes["SaveRejection"].status is StateStatus.SKIPPED
    assert ("CSVFileValidation", "CheckValidationResult") in graph.passed
    assert ("CheckValidationResult", "SaveRejection") not in graph.passed


def test_the_graph_in_dot_is_quoted_whatever_states_are_called(tmp_path: Path) -> None:
    """A name with a quote and a backslash cannot break the picture."""
    name = 'A"\\ ユーザー'
    finished_run(tmp_path, THREE_ROWS)
    folder = RunStore(tmp_path).folders()[0]
    write_history(tmp_path, folder.name, definition=json.dumps({"StartAt": name, "States": {name: {"Type": "Pass"}}}))
    text = dot(run_graph(folder))
    assert r'"A\"\\ ユーザー" [label="A\"\\ ユーザー\nPass: not reached"' in text
    assert text.count("{") == text.count("}")


def test_a_run_without_a_definition_has_an_empty_graph(tmp_path: Path) -> None:
    """Its folder may have vanished."""
    graph = run_graph(RunStore(tmp_path).folder("gone"))
    assert graph.nodes == []
    assert dot(graph).startswith("digraph")

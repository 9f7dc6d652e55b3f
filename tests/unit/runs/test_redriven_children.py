"""STANDARD children redriven in another process: all that a redrive needs is in the run's folder."""

from __future__ import annotations

import json
import threading
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from simulator.aws.asl.runtime.clock import SkippingClock
from simulator.aws.asl.runtime.listener import ExecutionInfo
from simulator.aws.errors import ApiError
from simulator.aws.map_run.map_run import LocalMapRuns
from simulator.aws.stepfunctions.service import StepFunctions
from simulator.pipeline.redriving.earlier_map_run import earlier_map_run
from simulator.runs.folder.child_histories import child_histories
from simulator.runs.folder.json_lines import read_lines
from simulator.runs.folder.run_folder import RunFolder
from simulator.runs.recovery import recovered
from simulator.runs.redrive_plan import plan_redrive
from tests.unit.integrations.fakes import Answer, StubbedClients
from tests.unit.map_run.harness import MemoryStore
from tests.unit.runs.made_runs import MACHINE, NAME, execution, recorder

if TYPE_CHECKING:
    from simulator.aws.stepfunctions.running_execution import RunningExecution

FUNCTION = "arn:aws:lambda:ap-northeast-1:123456789012:function:f"


def definition(kind: str, width: int) -> str:
    """A Map over the numbers 0 to 2, whose children run the Tasks A and B."""
    tasks = {
        name: {
            "Type": "Task",
            "Resource": FUNCTION,
            "Parameters": {"step": name, "item.$": "$"},
            "ResultPath": None,
            **following,
        }
        for name, following in (("A", {"Next": "B"}), ("B", {"End": True}))
    }
    state = {
        "Type": "Map",
        "Label": "rows",
        "MaxConcurrency": width,
        "ItemsPath": "$.rows",
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": kind},
            "StartAt": "A",
            "States": tasks,
        },
        "ResultWriter": {
            "Resource": "arn:aws:states:::s3:putObject",
            "Parameters": {"Bucket": "out", "Prefix": "results"},
        },
        "End": True,
    }
    return json.dumps({"StartAt": "Map", "States": {"Map": state}})


class Calls:
    """The function behind the Tasks: counts the calls, fails at B for some items, and at 1 waits for that if asked."""

    def __init__(self, *bad: int, late: bool = False) -> None:
        self.counts: Counter[str] = Counter()
        self._bad = bad
        self._late = late
        self._running, self._failed = threading.Event(), threading.Event()

    def invoke(self, _function: str, payload: bytes, *, timeout: float | None = None) -> Answer:
        """Answer, or fail."""
        del timeout
        event = json.loads(payload)
        self.counts[f"{event['step']}{event['item']}"] += 1
        if event["step"] == "B" and event["item"] in self._bad:
            assert not self._late or self._running.wait(20)
            self._failed.set()
            return Answer(payload=b'{"errorType":"Down","errorMessage":"x"}', function_error="Unhandled")
        if self._late and event == {"step": "B", "item": 1}:
            self._running.set()
            assert self._failed.wait(20)
            threading.Event().wait(0.3)
        return Answer(payload=payload, function_error=None)


class Process:
    """All that one process of the simulator has; nothing is left of it but the folder and the objects."""

    def __init__(self, runs: Path, store: MemoryStore, calls: Calls) -> None:
        self.recorder = recorder(runs)
        folder = RunFolder(runs, NAME)
        self.maps = LocalMapRuns(store, self.recorder, lambda _name: folder.results)
        self.service = StepFunctions(
            region="ap-northeast-1",
            account="123456789012",
            clock=SkippingClock(),
            listener=self.recorder,
            functions=calls,
            aws=StubbedClients(),
            maps=self.maps,
        )

    def run(self, text: str) -> RunningExecution:
        """Run the machine of that definition to its end."""
        arn = self.service.create_state_machine(name=MACHINE, definition=text, kind="STANDARD")
        data = {**execution().input, "rows": [0, 1, 2]}
        return self._ended(self.service.start_execution(arn, name=NAME, input_text=json.dumps(data)))

    def redrive(self, folder: RunFolder) -> RunningExecution:
        """Redrive the run from its folder, to its end."""
        plan = plan_redrive(folder, recovered(folder))
        assert plan.map_run is not None
        assert json.loads(plan.input_text) == plan.input
        self.maps.continue_with(plan.record.arn, plan.resume.state, earlier_map_run(folder, plan, plan.map_run))
        info = ExecutionInfo(
            arn=plan.record.arn,
            name=plan.record.name,
            machine_arn=execution().machine_arn,
            machine_name=plan.record.machine,
            definition=folder.definition_file.read_text(encoding="utf-8"),
            input=plan.input,
            status="RUNNING",
            started=plan.resume.entered_at,
            redrive_count=plan.redrive_count,
        )
        return self._ended(self.service.redrive_execution(info, plan.resume, last_event=plan.last_event))

    def _ended(self, running: RunningExecution) -> RunningExecution:
        assert running.wait(30)
        self.recorder.close()
        return running


def history(folder: RunFolder, index: int) -> list[dict[str, Any]]:
    """Return a child's events."""
    arn = folder.record().map_run.arn  # type: ignore[union-attr]
    return child_histories(folder, arn, ())[index].events


def test_a_child_goes_on_where_it_failed_in_a_new_process(tmp_path: Path) -> None:
    """A is not called again; the history goes on, and the children that never started begin."""
    store, calls = MemoryStore(), Calls(0)
    folder = RunFolder(tmp_path, NAME)
    assert Process(tmp_path, store, calls).run(definition("STANDARD", 1)).status == "FAILED"
    assert calls.counts == {"A0": 1, "B0": 1}
    (before,) = store.json("/FAILED_0.json")
    calls = Calls()
    assert Process(tmp_path, store, calls).redrive(folder).status == "SUCCEEDED"
    assert calls.counts == {"B0": 1, "A1": 1, "B1": 1, "A2": 1, "B2": 1}
    after = store.json("Redrive-1/SUCCEEDED_0.json")
    counts = {record["Input"]: record["RedriveCount"] for record in after}
    assert counts == {"0": 1, "1": 0, "2": 0}
    kept = next(record for record in after if record["Input"] == "0")
    assert [kept[key] for key in ("ExecutionArn", "Name", "StartDate")] == [
        before[key] for key in ("ExecutionArn", "Name", "StartDate")
    ]
    events = history(folder, 0)
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    types = [event["type"] for event in events]
    cut = types.index("ExecutionRedriven")
    assert types[cut - 1 : cut + 2] == ["ExecutionFailed", "ExecutionRedriven", "LambdaFunctionScheduled"]


def test_a_second_redrive_goes_on_from_the_first(tmp_path: Path) -> None:
    """The child counts two redrives; the manifest has an empty file of the attempt in which nothing new succeeded."""
    store = MemoryStore()
    folder = RunFolder(tmp_path, NAME)
    Process(tmp_path, store, Calls(1)).run(definition("STANDARD", 1))
    assert Process(tmp_path, store, Calls(1)).redrive(folder).status == "FAILED"
    calls = Calls()
    assert Process(tmp_path, store, calls).redrive(folder).status == "SUCCEEDED"
    assert calls.counts == {"B1": 1, "A2": 1, "B2": 1}
    counts = {record["Input"]: record["RedriveCount"] for record in store.json("Redrive-2/SUCCEEDED_0.json")}
    assert counts == {"1": 2, "2": 0}
    listed = store.json("Redrive-2/manifest.json")["ResultFiles"]["SUCCEEDED"]
    keys = [entry["Key"].split("/", 2)[2] for entry in listed]
    assert keys == ["SUCCEEDED_0.json", "Redrive-1/SUCCEEDED_0.json", "Redrive-2/SUCCEEDED_0.json"]
    assert listed[1]["Size"] == 2


def test_a_child_that_was_killed_keeps_its_name_and_goes_on(tmp_path: Path) -> None:
    """It has no line in items.jsonl, and its history no end; half a line is none."""
    store = MemoryStore()
    folder = RunFolder(tmp_path, NAME)
    Process(tmp_path, store, Calls(0, late=True)).run(definition("STANDARD", 2))
    aborted = [event["type"] for event in history(folder, 1)]
    assert aborted[-2:] == ["LambdaFunctionStarted", "ExecutionAborted"]
    name = next(item["name"] for item in folder.items() if item["index"] == 1)
    _keep_lines(folder.items_file, lambda line: line["index"] != 1)
    _keep_lines(
        folder.children_file,
        lambda line: line["index"] != 1 or line.get("event", {}).get("type") != "ExecutionAborted",
    )
    with folder.children_file.open("ab") as file:
        file.write(b'{"mapRun":"')
    calls = Calls()
    assert Process(tmp_path, store, calls).redrive(folder).status == "SUCCEEDED"
    assert calls.counts == {"B0": 1, "B1": 1, "A2": 1, "B2": 1}
    types = [event["type"] for event in history(folder, 1)]
    assert types[len(aborted) - 1 : len(aborted) + 2] == [
        "ExecutionAborted",
        "ExecutionRedriven",
        "LambdaFunctionScheduled",
    ]
    assert {item["name"] for item in folder.items() if item["index"] == 1} == {name}


def test_a_child_that_was_killed_between_two_states_goes_on_in_the_second(tmp_path: Path) -> None:
    """A is not called again, though B had not been entered."""
    store = MemoryStore()
    folder = RunFolder(tmp_path, NAME)
    Process(tmp_path, store, Calls(0)).run(definition("STANDARD", 1))
    entered = [event["id"] for event in history(folder, 0) if event["type"] == "TaskStateEntered"]
    _keep_lines(folder.items_file, lambda _line: False)
    _keep_lines(folder.children_file, lambda line: line.get("event", {}).get("id", 0) < entered[1])
    calls = Calls()
    assert Process(tmp_path, store, calls).redrive(folder).status == "SUCCEEDED"
    assert (calls.counts["A0"], calls.counts["B0"]) == (0, 1)
    types = [event["type"] for event in history(folder, 0)]
    assert types[entered[1] - 2 : entered[1] + 2] == [
        "TaskStateExited",
        "ExecutionAborted",
        "ExecutionRedriven",
        "TaskStateEntered",
    ]


def test_the_iterations_of_a_child_that_had_succeeded_do_not_run_again(tmp_path: Path) -> None:
    """A Parallel or an inline Map in a child is redriven as one in the workflow itself."""
    machine = json.loads(definition("STANDARD", 1))
    processor = machine["States"]["Map"]["ItemProcessor"]
    call = {"Type": "Task", "Resource": FUNCTION, "End": True}
    steps = {"steps": [{"step": "A", "item.$": "$"}, {"step": "B", "item.$": "$"}]}
    processor["States"] = {
        "A": {"Type": "Pass", "Parameters": steps, "Next": "Each"},
        "Each": {
            "Type": "Map",
            "ItemsPath": "$.steps",
            "MaxConcurrency": 1,
            "ItemProcessor": {"StartAt": "Call", "States": {"Call": call}},
            "End": True,
        },
    }
    store = MemoryStore()
    folder = RunFolder(tmp_path, NAME)
    Process(tmp_path, store, Calls(0)).run(json.dumps(machine))
    calls = Calls()
    assert Process(tmp_path, store, calls).redrive(folder).status == "SUCCEEDED"
    assert (calls.counts["A0"], calls.counts["B0"]) == (0, 1)
    assert sum(event["type"] == "MapStateEntered" for event in history(folder, 0)) == 1


def _keep_lines(path: Path, keep: Any) -> None:
    lines = [line for line in read_lines(path) if keep(line)]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def test_a_child_whose_result_was_lost_goes_on_after_its_success(tmp_path: Path) -> None:
    """The process died before its result was written: the last state runs again, in the same history."""
    store = MemoryStore()
    folder = RunFolder(tmp_path, NAME)
    Process(tmp_path, store, Calls(1)).run(definition("STANDARD", 1))
    next(folder.results.rglob("SUCCEEDED_0.json")).unlink()
    calls = Calls()
    assert Process(tmp_path, store, calls).redrive(folder).status == "SUCCEEDED"
    assert (calls.counts["A0"], calls.counts["B0"]) == (0, 1)
    ends = [event["type"] for event in history(folder, 0) if event["type"].startswith("Execution")]
    assert ends == ["ExecutionStarted", "ExecutionSucceeded", "ExecutionRedriven", "ExecutionSucceeded"]


def test_a_folder_without_child_histories_runs_the_children_again(tmp_path: Path) -> None:
    """As one of an older version: each under its name, from StartAt."""
    store = MemoryStore()
    folder = RunFolder(tmp_path, NAME)
    Process(tmp_path, store, Calls(0)).run(definition("STANDARD", 1))
    folder.children_file.unlink()
    calls = Calls()
    assert Process(tmp_path, store, calls).redrive(folder).status == "SUCCEEDED"
    assert calls.counts["A0"] == calls.counts["B0"] == 1
    assert len({item["name"] for item in folder.items() if item["index"] == 0}) == 1


def test_express_children_leave_no_histories(tmp_path: Path) -> None:
    """They have none: a redrive counts their ends in items.jsonl, and runs them from StartAt."""
    store = MemoryStore()
    folder = RunFolder(tmp_path, NAME)
    Process(tmp_path, store, Calls(0)).run(definition("EXPRESS", 1))
    assert not folder.children_file.exists()
    Process(tmp_path, store, Calls(0)).redrive(folder)
    calls = Calls()
    assert Process(tmp_path, store, calls).redrive(folder).status == "SUCCEEDED"
    assert calls.counts["A0"] == calls.counts["B0"] == 1
    counts = {record["Input"]: record["RedriveCount"] for record in store.json("Redrive-2/SUCCEEDED_0.json")}
    assert counts == {"0": 2, "1": 0, "2": 0}


def test_a_child_is_not_redriven_by_itself(tmp_path: Path) -> None:
    """Recorded on AWS: only a redrive of the parent redrives it."""
    store = MemoryStore()
    Process(tmp_path, store, Calls(0)).run(definition("STANDARD", 1))
    (failed,) = store.json("/FAILED_0.json")
    process = Process(tmp_path, store, Calls())
    folder = RunFolder(tmp_path, NAME)
    resume = plan_redrive(folder, recovered(folder)).resume
    info = execution(arn=failed["ExecutionArn"], name=failed["Name"], definition=definition("STANDARD", 1))
    with pytest.raises(ApiError) as refused:
        process.service.redrive_execution(info, resume, last_event=1)
    assert refused.value.name == "ValidationException"
    assert str(refused.value).endswith("Labeled Execution ARNs are not supported for this API.")

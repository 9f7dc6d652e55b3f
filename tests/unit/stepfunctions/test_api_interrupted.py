"""Executions whose process died, through the API: shown as aborted, and redriven from what was recorded."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.runtime.resume import INTERRUPTED_CAUSE, INTERRUPTED_ERROR
from tests.unit.stepfunctions.cloud import Cloud
from tests.unit.stepfunctions.kept_archive import KeptArchive
from tests.unit.stepfunctions.test_api_map_runs import children, map_run_of, mapped

if TYPE_CHECKING:
    from simulator.aws.asl.runtime.listener import ChildRecord, ExecutionInfo, MapRunInfo


class Died(KeptArchive):
    """What a process had recorded when it died: `die` cuts it off."""

    def __init__(self) -> None:
        super().__init__()
        self.dead = False

    def execution_ended(self, execution: ExecutionInfo) -> None:
        """Keep it, unless dead."""
        if not self.dead:
            super().execution_ended(execution)

    def history_event(self, execution_arn: str, event: dict[str, Any]) -> None:
        """Keep it, unless dead."""
        if not self.dead:
            super().history_event(execution_arn, event)

    def map_run_changed(self, map_run: MapRunInfo) -> None:
        """Keep it, unless dead."""
        if not self.dead:
            super().map_run_changed(map_run)

    def child_ended(self, child: ChildRecord) -> None:
        """Keep it, unless dead."""
        if not self.dead:
            super().child_ended(child)

    def die(self, cloud: Cloud, execution: str, map_run: str) -> KeptArchive:
        """Return the archive as a later process has it."""
        self.dead = True
        running = cloud.service.execution(execution).info
        now = cloud.service.now()
        later = KeptArchive()
        end = {"status": "ABORTED", "stopped": now}
        later.execution_ended(replace(running, error=INTERRUPTED_ERROR, cause=INTERRUPTED_CAUSE, **end))
        info = self.map_run(map_run)
        assert info is not None
        later.map_run_changed(replace(info, **end))
        for child in self.children(map_run):
            later.child_ended(child)
        for arn, events in self._events.items():
            for event in events:
                later.history_event(arn, event)
        return later


def test_an_interrupted_execution_is_aborted_and_can_be_redriven() -> None:
    """Its history gets the end that it lacks, and goes on behind it; rows that had succeeded do not run again."""
    archive = Died()
    first = Cloud(archive)
    first.function.held = {1}
    first.function.open.clear()
    execution = first.start(first.create(definition=mapped("EXPRESS")), [0, 1, 2])
    arn = map_run_of(first, execution)
    first.until(lambda: first.function.calls, lambda calls: calls == [0, 1])
    later = Cloud(archive.die(first, execution, arn))
    first.function.open.set()

    described = later.call("DescribeExecution", executionArn=execution)
    assert (described["status"], described["error"]) == ("ABORTED", "Simulator.Interrupted")
    assert (described["cause"], described["redriveStatus"]) == (INTERRUPTED_CAUSE, "REDRIVABLE")
    events = later.call("GetExecutionHistory", executionArn=execution)["events"]
    assert events[-1]["type"] == "ExecutionAborted"
    assert events[-1]["executionAbortedEventDetails"]["error"] == "Simulator.Interrupted"
    newest = later.call("GetExecutionHistory", executionArn=execution, reverseOrder=True, maxResults=1)["events"]
    assert newest == [events[-1]]
    (done,) = children(later, arn)
    assert later.call("DescribeExecution", executionArn=done["executionArn"])["output"] == "0"

    later.call("RedriveExecution", executionArn=execution)
    later.until(
        lambda: later.call("DescribeExecution", executionArn=execution)["status"], lambda one: one == "SUCCEEDED"
    )
    assert sorted(later.function.calls) == [1, 2]
    again = later.call("GetExecutionHistory", executionArn=execution)["events"]
    assert [event["type"] for event in again[: len(events)]] == [event["type"] for event in events]
    assert again[len(events)]["type"] == "ExecutionRedriven"
    assert later.call("DescribeMapRun", mapRunArn=arn)["itemCounts"]["succeeded"] == 3

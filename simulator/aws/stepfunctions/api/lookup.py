"""Executions, children and Map Runs as the API shows them: those that run from memory, the others from the archive."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.json_text import to_json
from simulator.aws.errors import ApiError
from simulator.aws.stepfunctions.api import arns

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from simulator.aws.asl.runtime.listener import ChildRecord, ChildStart, ExecutionInfo, MapRunInfo
    from simulator.aws.stepfunctions.archive import Archive
    from simulator.aws.stepfunctions.map_runs import OpenMapRun, OpenMapRuns
    from simulator.aws.stepfunctions.service import StepFunctions

PENDING_REDRIVE = "PENDING_REDRIVE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An execution as the API shows it: of a machine (`info`), or a child of a Map Run (`map_run_arn`, `items`).

    `input_text` is None if neither input nor output was kept.
    """

    arn: str
    name: str
    machine_arn: str
    status: str
    started: datetime
    stopped: datetime | None
    input_text: str | None
    output: Any = None
    error: str | None = None
    cause: str | None = None
    redrive_count: int = 0
    redriven: datetime | None = None
    info: ExecutionInfo | None = None
    map_run_arn: str | None = None
    parent_arn: str | None = None
    items: int | None = None


class Lookup:
    """Finds what requests name.

    Args:
        service: knows what runs.
        archive: knows what has ended.
        maps: the Map Runs that run.
    """

    def __init__(self, service: StepFunctions, archive: Archive, maps: OpenMapRuns) -> None:
        self.service = service
        self.archive = archive
        self._maps = maps

    def execution(self, arn: str) -> Shown:
        """Return an execution of a machine, or a child of a Map Run.

        Raises:
            ApiError: InvalidArn, ExecutionDoesNotExist.
        """
        arns.execution(arn)
        found = self._child(arn) if arns.is_child(arn) else self._top(arn)
        if found is None:
            raise ApiError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")
        return found

    def info(self, arn: str) -> ExecutionInfo | None:
        """Return an execution of a machine; None if there is none."""
        running = self.service.running_execution(arn)
        return running.info if running is not None else self.archive.execution(arn)

    def _top(self, arn: str) -> Shown | None:
        info = self.info(arn)
        return None if info is None else _of_machine(info)

    def _child(self, arn: str) -> Shown | None:
        for map_run in self._maps.running():
            for child in map_run.running_children():
                if child.arn == arn:
                    return _running(child)
        record = self.archive.child(arn)
        return None if record is None else self._ended(record, self.running_map_run(record.map_run_arn))

    def of_machine(self, machine_arn: str) -> Iterator[Shown]:
        """Give a machine's executions, in no order."""
        running = {one.arn: one for one in self.service.executions(machine_arn) if one.status == "RUNNING"}
        for one in running.values():
            yield _of_machine(one.info)
        for info in self.archive.executions(machine_arn):
            if info.arn not in running:
                yield _of_machine(info)

    def of_map_run(self, map_run_arn: str) -> Iterator[Shown]:
        """Give the children of a Map Run that were started, in no order.

        Raises:
            ApiError: InvalidArn, ResourceNotFound.
        """
        self.map_run(map_run_arn)
        map_run = self.running_map_run(map_run_arn)
        running = {child.arn: child for child in map_run.running_children()} if map_run is not None else {}
        for child in running.values():
            yield _running(child)
        for record in self.archive.children(map_run_arn):
            if record.arn not in running:
                yield self._ended(record, map_run)

    @staticmethod
    def _ended(record: ChildRecord, map_run: OpenMapRun | None) -> Shown:
        """Return a child that has ended: it waits for its redrive if the Map Run that runs has not got to it yet."""
        shown = _ended(record)
        redriven = map_run.info().redriven if map_run is not None else None
        if redriven is not None and record.status != "SUCCEEDED" and record.stopped < redriven:
            return replace(shown, status=PENDING_REDRIVE)
        return shown

    def running_map_run(self, arn: str) -> OpenMapRun | None:
        """Return a Map Run that runs; None if it does not."""
        return next((one for one in self._maps.running() if one.arn == arn), None)

    def map_run(self, arn: str) -> MapRunInfo:
        """Return a Map Run.

        Raises:
            ApiError: InvalidArn, ResourceNotFound.
        """
        arns.checked(arn, "mapRun")
        running = self.running_map_run(arn)
        info = running.info() if running is not None else self.archive.map_run(arn)
        if info is None:
            raise ApiError("ResourceNotFound", f"Resource Not Found: '{arn}'", members={"resourceName": arn})
        return info

    def map_runs(self, execution_arn: str) -> list[MapRunInfo]:
        """Return the Map Runs of an execution, in no order."""
        running = [one.info() for one in self._maps.running()]
        found = {info.arn: info for info in running if info.parent_arn == execution_arn}
        return [*found.values(), *(one for one in self.archive.map_runs(execution_arn) if one.arn not in found)]


def _of_machine(info: ExecutionInfo) -> Shown:
    return Shown(
        arn=info.arn,
        name=info.name,
        machine_arn=info.machine_arn,
        status=info.status,
        started=info.started,
        stopped=info.stopped,
        input_text=info.input_text or to_json(info.input),
        output=info.output,
        error=info.error,
        cause=info.cause,
        redrive_count=info.redrive_count,
        redriven=info.redriven,
        info=info,
    )


def _running(child: ChildStart) -> Shown:
    return Shown(
        arn=child.arn,
        name=_child_name(child.arn),
        machine_arn=arns.child_machine(child.map_run_arn),
        status="RUNNING",
        started=child.started,
        stopped=None,
        input_text=to_json(child.input),
        redrive_count=child.redrive_count,
        redriven=child.redriven,
        map_run_arn=child.map_run_arn,
        parent_arn=child.parent_arn,
        items=child.items,
    )


def _ended(child: ChildRecord) -> Shown:
    return Shown(
        arn=child.arn,
        name=_child_name(child.arn),
        machine_arn=arns.child_machine(child.map_run_arn),
        status=child.status,
        started=child.started,
        stopped=child.stopped,
        input_text=to_json(child.input) if child.data_kept else None,
        output=child.output,
        error=child.error,
        cause=child.cause,
        redrive_count=child.redrive_count,
        redriven=child.redriven,
        map_run_arn=child.map_run_arn,
        parent_arn=child.parent_arn,
        items=child.items,
    )


def _child_name(arn: str) -> str:
    """Return the name that is shown: of an EXPRESS child `<name>:<execution id>` (recorded)."""
    return arn.split(":", 7)[7]

"""The archive of a home: runs of the workflow in their folders, all other executions below `cloud/executions`."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.expressions.timestamps import parse_time
from simulator.aws.asl.runtime.listener import ExecutionInfo
from simulator.aws.asl.runtime.resume import INTERRUPTED_CAUSE, INTERRUPTED_ERROR
from simulator.aws.json_reader import read_json
from simulator.runs.archive.execution_folder import ExecutionFolder
from simulator.runs.archive.execution_log import folder_of
from simulator.runs.archive.run_children import children_of_run, with_data
from simulator.runs.folder.history_reader import HistoryEvent
from simulator.runs.folder.json_lines import lines_with, parse_line
from simulator.runs.folder.run_folder import BadRunName
from simulator.runs.folder.run_lock import is_held
from simulator.runs.folder.run_record import INTERRUPTED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from simulator.aws.asl.runtime.listener import ChildRecord, MapRunInfo
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.store import RunStore

_RUNNING = "RUNNING"
_NAME_IN_ARN = 7
"""The place of an execution's name; an EXPRESS execution's ARN goes on with an id."""


class HomeArchive:
    """An Archive (see `simulator.aws.stepfunctions.archive`) that keeps nothing in memory.

    Args:
        executions: the folder of executions that are not runs.
        store: the runs.
        workflow: the ARN of the state machine whose executions are runs.
    """

    def __init__(self, executions: Path, store: RunStore, workflow: str) -> None:
        self._executions = executions
        self._store = store
        self._workflow = workflow

    def executions(self, machine_arn: str) -> Iterator[ExecutionInfo]:
        """Give a machine's executions."""
        if machine_arn == self._workflow:
            for run in self._store.folders():
                info = self._run(run)
                if info is not None:
                    yield info
            return
        for folder in self._others():
            info = _as_it_stands(folder)
            if info is not None and info.machine_arn == machine_arn:
                yield info

    def execution(self, arn: str) -> ExecutionInfo | None:
        """Return an execution."""
        run = self._run_folder(arn)
        return self._run(run) if run is not None else _as_it_stands(folder_of(self._executions, arn))

    def history(self, arn: str) -> Iterator[dict[str, Any]]:
        """Give the events so far of an execution or a STANDARD child."""
        if "/" not in arn:
            folder = self._folder(arn)
            yield from folder.events() if folder is not None else ()
            return
        name = arn.rpartition(":")[2]
        for folder in self._all():
            found = False
            for line in lines_with(folder.child_events_file, b'"%s"' % name.encode()):
                value = parse_line(line) or {}
                if value.get("name") == name:
                    found = True
                    if isinstance(value.get("event"), dict):
                        yield value["event"]
            if found:
                return

    def map_runs(self, execution_arn: str) -> list[MapRunInfo]:
        """Give the Map Runs of an execution, or of a child of a Map Run."""
        folder = self._folder_of_child(execution_arn) if "/" in execution_arn else self._folder(execution_arn)
        found = _map_runs(folder) if folder is not None else []
        return [info for info in found if info.parent_arn == execution_arn]

    def map_run(self, arn: str) -> MapRunInfo | None:
        """Return one Map Run."""
        folder = self._folder_of_map_run(arn)
        return next((info for info in _map_runs(folder) if info.arn == arn), None) if folder is not None else None

    def children(self, map_run_arn: str) -> Iterator[ChildRecord]:
        """Give the children of a Map Run that have ended, as their last attempts left them."""
        folder = self._folder_of_map_run(map_run_arn)
        if folder is None:
            return
        last = {child.name: child for child in self._records(folder) if child.map_run_arn == map_run_arn}
        yield from last.values()

    def child(self, arn: str) -> ChildRecord | None:
        """Return one such child."""
        name = arn.split(":")[_NAME_IN_ARN] if arn.count(":") >= _NAME_IN_ARN else arn
        needle = b'"%s"' % name.encode()
        for folder in self._all():
            for file in (folder.child_records_file, folder.path / "items.jsonl"):
                if next(iter(lines_with(file, needle)), None) is not None:
                    found = [child for child in self._records(folder) if child.arn == arn]
                    if found:
                        record = found[-1]
                        return record if record.data_kept else with_data(record, self._store.folder(folder.path.name))
        return None

    def _records(self, folder: ExecutionFolder) -> Iterator[ChildRecord]:
        if folder.path.parent == self._store.path:
            return children_of_run(self._store.folder(folder.path.name))
        return folder.child_records()

    def _folder(self, arn: str) -> ExecutionFolder | None:
        run = self._run_folder(arn)
        folder = ExecutionFolder(run.path) if run is not None else folder_of(self._executions, arn)
        return folder if folder.path.is_dir() else None

    def _folder_of_child(self, arn: str) -> ExecutionFolder | None:
        """Return the folder of the execution around a STANDARD child."""
        needle = b'"%s"' % arn.rpartition(":")[2].encode()
        for folder in self._all():
            if next(iter(lines_with(folder.child_events_file, needle)), None) is not None:
                return folder
        return None

    def _folder_of_map_run(self, arn: str) -> ExecutionFolder | None:
        needle = b'"%s"' % arn.encode()
        for folder in self._all():
            if next(iter(lines_with(folder.map_runs_file, needle)), None) is not None:
                return folder
        return None

    def _run_folder(self, arn: str) -> RunFolder | None:
        prefix = self._workflow.replace(":stateMachine:", ":execution:") + ":"
        if not arn.startswith(prefix):
            return None
        try:
            return self._store.folder(arn.removeprefix(prefix))
        except BadRunName:
            return None

    def _run(self, run: RunFolder) -> ExecutionInfo | None:
        """Return a run as an execution; of one that was written without `execution.json`, what its files tell."""
        record = run.record()
        written = ExecutionFolder(run.path).execution()
        if written is None:
            written = self._from_files(run)
        if written is None or record.arn != written.arn:
            return None
        if record.status == INTERRUPTED:
            return _interrupted(written, parse_time(record.stopped) or _last_sign(run.path, written))
        return replace(
            written,
            status=record.status,
            stopped=parse_time(record.stopped),
            error=record.error,
            cause=record.cause,
            redrive_count=record.redrive_count,
        )

    def _from_files(self, run: RunFolder) -> ExecutionInfo | None:
        record = run.record()
        events = list(run.events())
        try:
            text = HistoryEvent(events[0]).details["input"]
            definition = run.definition_file.read_text(encoding="utf-8")
            started = parse_time(record.started)
            value = read_json(text, replace_halves=True)
            output = HistoryEvent(events[-1]).output if record.status == "SUCCEEDED" else None
        except (OSError, LookupError, ValueError):
            return None
        if started is None:
            return None
        return ExecutionInfo(
            arn=record.arn,
            name=record.name,
            machine_arn=self._workflow,
            machine_name=record.machine,
            definition=definition,
            input=value,
            input_text=text,
            status=record.status,
            started=started,
            output=output,
        )

    def _others(self) -> Iterator[ExecutionFolder]:
        if self._executions.is_dir():
            for path in self._executions.iterdir():
                yield ExecutionFolder(path)

    def _all(self) -> Iterator[ExecutionFolder]:
        yield from self._others()
        for run in self._store.folders():
            yield ExecutionFolder(run.path)


def _as_it_stands(folder: ExecutionFolder) -> ExecutionInfo | None:
    info = folder.execution()
    if info is None or info.status != _RUNNING or is_held(folder.lock_file):
        return info
    info = folder.execution()  # between the two looks it may have ended
    return _interrupted(info, _last_sign(folder.path, info)) if info and info.status == _RUNNING else info


def _interrupted(info: ExecutionInfo, stopped: datetime) -> ExecutionInfo:
    return replace(info, status="ABORTED", stopped=stopped, error=INTERRUPTED_ERROR, cause=INTERRUPTED_CAUSE)


def _last_sign(folder: Path, info: ExecutionInfo) -> datetime:
    times = [path.stat().st_mtime for path in folder.iterdir() if path.is_file()]
    return datetime.fromtimestamp(max(times), UTC) if times else info.started


def _map_runs(folder: ExecutionFolder) -> list[MapRunInfo]:
    """Return the Map Runs; of a dead process, one that ran is ABORTED, with the counts it had."""
    found = folder.map_runs()
    if is_held(folder.lock_file):
        return found
    return [
        replace(info, status="ABORTED", stopped=info.stopped or _moment_of(folder.map_runs_file))
        if info.status == _RUNNING
        else info
        for info in found
    ]


def _moment_of(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)

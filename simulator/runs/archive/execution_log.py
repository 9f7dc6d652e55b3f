"""Writes down the executions that are not runs of the workflow, and of runs what the run's folder does not say."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from typing import TYPE_CHECKING, Any, Final

from simulator.runs.archive.execution_folder import ExecutionFolder
from simulator.runs.archive.records import as_json
from simulator.runs.folder.child_histories import event_line, start_line
from simulator.runs.folder.json_lines import LineFile
from simulator.runs.folder.run_lock import RunBusy, RunLock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from simulator.aws.asl.runtime.listener import ChildRecord, ChildStart, ExecutionInfo, MapRunInfo
    from simulator.runs.store import RunStore

_log = logging.getLogger(__name__)
MAP_RUN_SECONDS: Final = 1.0


def folder_of(executions: Path, arn: str) -> ExecutionFolder:
    """Return the folder of an execution that is not a run: an ARN is too long, and too free, for a file's name."""
    return ExecutionFolder(executions / hashlib.sha256(arn.encode()).hexdigest()[:32])


class _Open:
    """An execution that runs; a run's files are the recorder's, but for two."""

    def __init__(self, folder: ExecutionFolder, *, of_run: bool) -> None:
        self.folder = folder
        self.map_runs: dict[str, MapRunInfo] = {info.arn: info for info in folder.map_runs()}
        self.written_at = 0.0
        self.lock = None if of_run else RunLock(folder.lock_file)
        self.events = None if of_run else LineFile(folder.events_file)
        self.children = None if of_run else LineFile(folder.child_events_file)
        self.child_records = None if of_run else LineFile(folder.child_records_file)

    def close(self) -> None:
        for file in (self.events, self.children, self.child_records):
            if file is not None:
                file.close()
        if self.lock is not None:
            self.lock.release()


class ExecutionLog:
    """A Listener that keeps STANDARD executions; told after the recorder, whose folders it adds to.

    Args:
        executions: the folder for executions that are not runs.
        store: the runs.
        workflow: the name of the state machine whose executions are runs.
    """

    def __init__(self, executions: Path, store: RunStore, workflow: str) -> None:
        self._executions = executions
        self._store = store
        self._workflow = workflow
        self._open: dict[str, _Open] = {}
        self._children: dict[str, tuple[ChildStart, _Open]] = {}
        self._guard = threading.Lock()

    def execution_started(self, execution: ExecutionInfo) -> None:
        """Write the start."""
        if ":express:" in execution.arn:
            return
        of_run = execution.machine_name == self._workflow
        if of_run:
            folder = ExecutionFolder(self._store.folder(execution.name).path)
            if not folder.path.is_dir():
                return  # the recorder could not make it, and has said so
        else:
            folder = folder_of(self._executions, execution.arn)
        try:
            folder.path.mkdir(parents=True, exist_ok=True)
            one = _Open(folder, of_run=of_run)
            folder.write_execution(execution)
        except (OSError, RunBusy) as error:
            _log.error("The execution %s is not kept: %s", execution.name, error)
            return
        with self._guard:
            self._open[execution.arn] = one

    def execution_ended(self, execution: ExecutionInfo) -> None:
        """Write the end, and let go of the execution."""
        with self._guard:
            one = self._open.pop(execution.arn, None)
        if one is not None:
            self._guarded(lambda: one.folder.write_execution(execution))
            if one.map_runs:
                self._guarded(lambda: one.folder.write_map_runs(one.map_runs))
            one.close()

    def history_event(self, execution_arn: str, event: dict[str, Any]) -> None:
        """Append an event."""
        one = self._open.get(execution_arn)
        if one is not None and one.events is not None:
            events = one.events
            self._guarded(lambda: events.write(event))
        elif one is None and (found := self._children.get(execution_arn)) is not None:
            child, parent = found
            if parent.children is not None:
                children = parent.children
                self._guarded(lambda: children.write(event_line(child, event)))

    def map_run_changed(self, map_run: MapRunInfo) -> None:
        """Write how a Map Run stands, when its status changes and about once a second."""
        one = self._of(map_run.parent_arn)
        if one is None:
            return
        before = one.map_runs.get(map_run.arn)
        now = time.monotonic()
        with self._guard:
            one.map_runs[map_run.arn] = map_run
            due = before is None or before.status != map_run.status or now - one.written_at >= MAP_RUN_SECONDS
            if due:
                one.written_at = now
                self._guarded(lambda: one.folder.write_map_runs(one.map_runs))

    def child_started(self, child: ChildStart) -> None:
        """Append the start of a STANDARD child."""
        one = self._of(child.parent_arn)
        if one is not None and one.children is not None:
            children = one.children
            self._children[child.arn] = (child, one)
            self._guarded(lambda: children.write(start_line(child)))

    def child_ended(self, child: ChildRecord) -> None:
        """Append a child that has ended."""
        self._children.pop(child.arn, None)
        one = self._of(child.parent_arn)
        if one is not None and one.child_records is not None:
            records = one.child_records
            self._guarded(lambda: records.write(as_json(child)))

    def _of(self, arn: str) -> _Open | None:
        """Return the execution of that ARN; of a child, whose Map Runs are kept there too, the one around it."""
        one = self._open.get(arn)
        found = self._children.get(arn) if one is None else None
        return one if found is None else found[1]

    def close(self) -> None:
        """Close what is open; an execution that has not ended is then shown as aborted."""
        with self._guard:
            for one in self._open.values():
                one.close()
            self._open.clear()
            self._children.clear()

    @staticmethod
    def _guarded(write: Callable[[], None]) -> None:
        """A listener must not raise; the disk that is full is the recorder's to tell."""
        try:
            write()
        except OSError as error:
            _log.error("An execution is not kept whole: %s", error)

"""Writes a folder for each execution of one state machine, from what the listener is told."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any, Final

from simulator.runs.corrections.corrected_file import corrected_run
from simulator.runs.folder.run_folder import BadRunName
from simulator.runs.folder.run_lock import RunBusy
from simulator.runs.open_run import OpenRun

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simulator.aws.asl.runtime.listener import ChildRecord, ChildStart, ExecutionInfo, MapRunInfo
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.open_run import FetchInput
    from simulator.runs.store import RunStore

_log = logging.getLogger(__name__)
ENDED_RUNS: Final = 8
"""So many runs that have ended stay open: what their functions log last comes after the end."""


class RunRecorder:
    """A Listener that keeps run folders.

    A folder that cannot be written does not stop the run: `problems` then holds a sentence for each kind of failure.

    Args:
        store: where the runs lie.
        machine: the name of the state machine whose executions are runs; others are not kept.
        fetch_input: gives an object's bytes for (bucket, key, version id).
        database: the database's address without its password, kept in `run.json`.
        database_id: tells that database from every other; None if it is not known.
        injected: the SPECs of the faults that runs are started with.
    """

    def __init__(
        self,
        store: RunStore,
        machine: str,
        fetch_input: FetchInput,
        *,
        database: str | None = None,
        database_id: str | None = None,
        injected: Sequence[str] = (),
    ) -> None:
        self._store = store
        self._machine = machine
        self._fetch_input = fetch_input
        self._database = database
        self._database_id = database_id
        self._injected = injected
        self._by_arn: dict[str, OpenRun] = {}
        self._by_name: dict[str, OpenRun] = {}
        self._ended: list[OpenRun] = []
        self._children: dict[str, ChildStart] = {}
        self._lock = threading.Lock()
        self.problems: list[str] = []

    def folder(self, name: str) -> RunFolder | None:
        """Return the folder of a run that goes on, or has ended lately, by the execution's name."""
        run = self._by_name.get(name)
        return run.folder if run else None

    def execution_started(self, execution: ExecutionInfo) -> None:
        """Make the folder, before any row is run."""
        if execution.machine_name != self._machine:
            return
        try:
            earlier = self._by_name.get(execution.name)
            if earlier is not None:
                earlier.close()
            run = OpenRun(self._store.folder(execution.name), execution, self._fetch_input, self._database)
            run.record.database_id = self._database_id or run.record.database_id
            run.record.injected += self._injected
            run.record.corrects = corrected_run(self._store, run.folder.input_file, execution.name)
        except (OSError, BadRunName, RunBusy) as error:
            self._problem(f"The run {execution.name} is not recorded: {error}")
            return
        with self._lock:
            self._ended = [one for one in self._ended if one is not earlier]
            self._by_arn[execution.arn] = run
            self._by_name[execution.name] = run

    def execution_ended(self, execution: ExecutionInfo) -> None:
        """Write the end."""
        run = self._by_arn.get(execution.arn)
        if run is not None:
            self._guarded(run, lambda: run.end(execution), "its end")
            self._let_go(run)

    def _let_go(self, ended: OpenRun) -> None:
        """Close all but the latest runs that have ended: a process that lives on must not grow with its runs."""
        with self._lock:
            self._ended.append(ended)
            old, self._ended = self._ended[:-ENDED_RUNS], self._ended[-ENDED_RUNS:]
            for run in old:
                run.close()
                self._by_arn.pop(run.record.arn, None)
                self._by_name.pop(run.folder.name, None)

    def history_event(self, execution_arn: str, event: dict[str, Any]) -> None:
        """Append to `events.jsonl`, or to `children.jsonl`."""
        run = self._by_arn.get(execution_arn)
        if run is not None:
            self._guarded(run, lambda: run.event(event), "its history")
            return
        child = self._children.get(execution_arn)
        parent = self._by_arn.get(child.parent_arn) if child is not None else None
        if child is not None and parent is not None:
            self._guarded(parent, lambda: parent.child_event(child, event), "the history of its children")

    def map_run_changed(self, map_run: MapRunInfo) -> None:
        """Refresh the counts in `run.json`."""
        run = self._by_arn.get(map_run.parent_arn)
        if run is not None:
            self._guarded(run, lambda: run.map_run(map_run), "its counts")

    def child_started(self, child: ChildStart) -> None:
        """Append to `children.jsonl`; its events follow."""
        run = self._by_arn.get(child.parent_arn)
        if run is not None:
            self._children[child.arn] = child
            self._guarded(run, lambda: run.child_started(child), "the history of its children")

    def child_ended(self, child: ChildRecord) -> None:
        """Append to `items.jsonl`."""
        self._children.pop(child.arn, None)
        run = self._by_arn.get(child.parent_arn)
        if run is not None:
            self._guarded(run, lambda: run.child(child), "its rows")

    def log(self, record: dict[str, Any]) -> bool:
        """File a log record in the run it names as `executionName`; one that names none in the only run there is.

        Returns:
            Whether there is such a run.
        """
        name = record.get("executionName")
        run = self._by_name.get(name) if isinstance(name, str) else None
        if run is None and name is None and len(self._by_name) == 1:
            run = next(iter(self._by_name.values()))
        if run is not None:
            self._guarded(run, lambda: run.log(record), "its logs")
        return run is not None

    def close(self) -> None:
        """Close all files; call it after the last invocation has ended."""
        with self._lock:
            for run in self._by_name.values():
                run.close()
            self._by_arn.clear()
            self._by_name.clear()
            self._ended.clear()
            self._children.clear()

    def _guarded(self, run: OpenRun, write: Callable[[], None], what: str) -> None:
        """A listener must not raise: a disk that is full is told once, and the run goes on."""
        try:
            write()
        except OSError as error:
            text = f"The run folder {run.folder.path} is incomplete: {what} could not be written: {error.strerror}"
            run.note(text)
            self._problem(text)

    def _problem(self, text: str) -> None:
        with self._lock:
            if text in self.problems:
                return
            self.problems.append(text)
        _log.error("%s", text)

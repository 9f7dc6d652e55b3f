"""One run while it is written."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from simulator.runs.failed_rows import write_failed_rows
from simulator.runs.failure_reasons import ReasonTally
from simulator.runs.folder.batches import rows_per_child
from simulator.runs.folder.child_histories import event_line, start_line
from simulator.runs.folder.history_reader import validated_rows
from simulator.runs.folder.items import ItemIndex, item_lines
from simulator.runs.folder.json_lines import LineFile
from simulator.runs.folder.run_lock import RunLock
from simulator.runs.folder.run_record import RUNNING, MapRunNote, RowCounts, RunRecord, SourceObject
from simulator.runs.folder.times import milliseconds_between, moment_text
from simulator.runs.folder.waits import Waits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from simulator.aws.asl.runtime.listener import ChildRecord, ChildStart, ExecutionInfo, MapRunInfo
    from simulator.runs.folder.run_folder import RunFolder

    FetchInput = Callable[[str, str, str | None], Iterable[bytes]]

REFRESH_SECONDS = 0.5
RESERVED_BYTES = 262_144
"""More than `run.json` can have: 100 reasons of 1,000 characters, and as many notes as there are kinds of failure."""


class OpenRun:
    """Writes a run's folder from its start (or its redrive) to its end.

    Args:
        folder: the run's; made here.
        execution: the execution as it started.
        fetch_input: gives the uploaded object's bytes for (bucket, key, version id).
        database: the database's address without its password.

    Raises:
        OSError: the folder cannot be written.
        RunBusy: another process writes it.
    """

    def __init__(
        self, folder: RunFolder, execution: ExecutionInfo, fetch_input: FetchInput, database: str | None
    ) -> None:
        self.folder = folder
        folder.path.mkdir(parents=True, exist_ok=True)
        folder.results.mkdir(exist_ok=True)
        self._lock = RunLock(folder.lock_file)
        self._items = LineFile(folder.items_file)
        self._events = LineFile(folder.events_file)
        self._logs = LineFile(folder.logs_file)
        self._children: LineFile | None = None
        self._guard = threading.Lock()
        self._written_at = 0.0
        self._superseded = 0
        self._rows_per_child = rows_per_child(execution.definition)
        self._waits = Waits()
        if execution.redrive_count:
            self._waits = Waits.of(folder.events())
            self._waits.end(folder.record().stopped)
        self.record = self._first_record(execution, database)
        before = ItemIndex(folder) if execution.redrive_count else None
        if before is not None:
            self.record.rows = before.counts(self.record.rows.total)
            self._superseded = self.record.rows.superseded
        # The rows that failed are run again now: their reasons belong to the past.
        self._reasons = ReasonTally()
        folder.write_record(self.record)
        folder.reserve_file.write_bytes(b"\0" * RESERVED_BYTES)
        if before is None:
            self._keep_definition(execution.definition)
            self._keep_input(fetch_input)

    def _first_record(self, execution: ExecutionInfo, database: str | None) -> RunRecord:
        earlier = self.folder.record() if execution.redrive_count else RunRecord(name=execution.name)
        idle = max(milliseconds_between(earlier.stopped, moment_text(datetime.now(UTC))) or 0, 0)
        return earlier.model_copy(
            update={
                "arn": execution.arn,
                "machine": execution.machine_name,
                "status": "RUNNING",
                "started": earlier.started or moment_text(execution.started),
                "stopped": None,
                "idle_ms": earlier.idle_ms + idle,
                "waiting_since": None,
                "waited_ms": self._waits.waited_ms,
                "error": None,
                "cause": None,
                "redrive_count": execution.redrive_count,
                "source": SourceObject.of_input(execution.input),
                "definition_sha256": hashlib.sha256(execution.definition.encode()).hexdigest(),
                "database": database,
                "pid": os.getpid(),
            }
        )

    def _keep_definition(self, definition: str) -> None:
        self.folder.definition_file.write_text(definition, encoding="utf-8")

    def _keep_input(self, fetch_input: FetchInput) -> None:
        source = self.record.source
        try:
            with self.folder.input_file.open("wb") as file:
                file.writelines(fetch_input(source.bucket, source.key, source.version_id))
        except Exception as error:  # noqa: BLE001 - whatever S3 answers, the run goes on; the note says what is missing
            self.note(f"input.csv could not be written: {type(error).__name__}: {error}")

    def note(self, text: str) -> None:
        """Keep a sentence about something that could not be written, and tell it in `run.json`."""
        with self._guard:
            if text not in self.record.notes:
                self.record.notes.append(text)

    def event(self, event: dict[str, Any]) -> None:
        """Append a history event."""
        self._events.write(event)
        if self.record.row_count is None:
            self.record.row_count = validated_rows(event)
        if self._waits.event(event):
            with self._guard:
                self.record.waiting_since, self.record.waited_ms = self._waits.since, self._waits.waited_ms
                if self._waits.since is not None:  # who looks sees that it waits; its end is written with its first row
                    self.folder.write_record(self.record)

    def child_started(self, child: ChildStart) -> None:
        """Append the start of a STANDARD child: a child that is killed leaves no other trace of its row."""
        self._child_line(start_line(child))

    def child_event(self, child: ChildStart, event: dict[str, Any]) -> None:
        """Append a history event of a STANDARD child."""
        self._child_line(event_line(child, event))

    def _child_line(self, line: dict[str, Any]) -> None:
        with self._guard:
            if self._children is None:
                self._children = LineFile(self.folder.children_file)
        self._children.write(line)

    def child(self, child: ChildRecord) -> None:
        """Append a row that has ended, or the rows of a batch."""
        lines = item_lines(child, self.record.redrive_count)
        self._items.write(*lines)
        for line in lines:
            if line["status"] != "SUCCEEDED":
                self._reasons.add(line)
            elif line["outcome"] == "superseded":
                with self._guard:
                    self._superseded += 1

    def log(self, record: dict[str, Any]) -> None:
        """Append what a function logged."""
        self._logs.write(record)

    def map_run(self, info: MapRunInfo) -> None:
        """Take over how the Map Run stands; `run.json` follows about twice a second."""
        counts = info.item_counts
        total = counts.get("total", 0) or self.record.row_count or 0
        succeeded = counts.get("succeeded", 0)
        failed = counts.get("failed", 0) + counts.get("timedOut", 0) + counts.get("aborted", 0)
        with self._guard:
            self.record.map_run = MapRunNote(
                arn=info.arn,
                status=info.status,
                max_concurrency=info.max_concurrency,
                tolerated_failure_percentage=info.tolerated_failure_percentage,
                tolerated_failure_count=info.tolerated_failure_count,
                redrive_count=info.redrive_count,
                paused=info.paused and info.status == RUNNING,
                rows_per_child=self._rows_per_child,
            )
            self.record.rows = RowCounts(
                total=total,
                succeeded=succeeded,
                failed=failed,
                pending=max(total - succeeded - failed, 0),
                superseded=self._superseded,
            )
            now = time.monotonic()
            if now - self._written_at < REFRESH_SECONDS:
                return
            self._written_at = now
            self.record.reasons, self.record.outage_rows = self._reasons.reasons(), self._reasons.outages
            self.folder.write_record(self.record)

    def end(self, execution: ExecutionInfo) -> None:
        """Write how it ended, the failed rows first: who sees the end finds them.

        On a disk that has filled, the room that was reserved at the start is enough for `run.json`: every reader then
        sees the same end.

        Raises:
            OSError: not even that; the next command that reads the run then recovers it (`recovery`).
        """
        self._items.close()
        self._events.close()
        index = ItemIndex(self.folder)
        with self._guard:
            record = self.record
            record.rows = index.counts(record.rows.total or record.row_count or 0)
            failed = ReasonTally(index.failed())
            record.reasons, record.outage_rows = failed.reasons(), failed.outages
        if record.map_run is not None:
            try:
                write_failed_rows(self.folder, index)
            except (OSError, ValueError) as error:
                self.note(f"failed-rows.csv could not be written: {error}")
        record.status = execution.status
        record.stopped = moment_text(execution.stopped or execution.started)
        record.error = execution.error
        record.cause = execution.cause
        self.folder.reserve_file.unlink(missing_ok=True)
        try:
            self.folder.write_record(record)
        finally:
            self._lock.release()

    def close(self) -> None:
        """Close what is open; a run that has not ended is then INTERRUPTED."""
        self._items.close()
        self._events.close()
        self._logs.close()
        if self._children is not None:
            self._children.close()
        self._lock.release()

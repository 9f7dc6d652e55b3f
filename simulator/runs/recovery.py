"""Completes the folder of a run whose process died, so that its counts and failed rows can be read."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from simulator.runs.failed_rows import write_failed_rows
from simulator.runs.failure_reasons import ReasonTally
from simulator.runs.folder.history_reader import HistoryEvent
from simulator.runs.folder.items import ItemIndex
from simulator.runs.folder.run_lock import RunBusy, RunLock
from simulator.runs.folder.run_record import INTERRUPTED, RUNNING
from simulator.runs.folder.times import moment_text

if TYPE_CHECKING:
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.folder.run_record import RunRecord


def recovered(folder: RunFolder) -> RunRecord:
    """Return how a run stands; the folder of an interrupted one first gets its counts and `failed-rows.csv`.

    A run whose history has an end has ended that way: its process died while it wrote the rest.

    Nothing is written to the folder of a run that is going on or has ended. A folder that cannot be written is only
    read: the record then carries a note.
    """
    record = folder.record()
    if record.status == INTERRUPTED and folder.record_as_written().status == RUNNING and folder.path.is_dir():
        return _recover(folder)
    return record


def _recover(folder: RunFolder) -> RunRecord:
    try:
        lock = RunLock(folder.lock_file)
    except (OSError, RunBusy):
        return folder.record()
    try:
        record = folder.record_as_written()
        if record.status != RUNNING:
            return record
        index = ItemIndex(folder)
        record.status = INTERRUPTED
        if record.map_run is not None:
            record.map_run.paused = False
        _take_end(folder, record)
        record.rows = index.counts(record.rows.total or record.row_count or 0)
        failed = ReasonTally(index.failed())
        record.reasons, record.outage_rows = failed.reasons(), failed.outages
        record.stopped = record.stopped or _last_sign_of_life(folder)
        for write in (_write_failed, _write_end):
            try:
                write(folder, record, index)
            except (OSError, ValueError) as error:
                record.notes.append(f"The folder of this interrupted run could not be completed: {error}")
        return record
    finally:
        lock.release()


def _write_failed(folder: RunFolder, record: RunRecord, index: ItemIndex) -> None:
    if record.map_run is not None:
        write_failed_rows(folder, index)


def _write_end(folder: RunFolder, record: RunRecord, _index: ItemIndex) -> None:
    folder.reserve_file.unlink(missing_ok=True)
    folder.write_record(record)


def _take_end(folder: RunFolder, record: RunRecord) -> None:
    last = HistoryEvent({})
    for event in folder.events():
        last = HistoryEvent(event)
        if last.map_run_end is not None and record.map_run is not None:
            record.map_run.status = last.map_run_end
    if last.execution_end is not None:
        record.status = last.execution_end
        record.stopped = last.timestamp or None
        record.error, record.cause = last.error, last.cause


def _last_sign_of_life(folder: RunFolder) -> str | None:
    times = []
    for path in (folder.items_file, folder.events_file, folder.run_file):
        with contextlib.suppress(OSError):
            times.append(path.stat().st_mtime)
    return moment_text(datetime.fromtimestamp(max(times), UTC)) if times else None

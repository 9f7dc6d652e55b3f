"""The runs' records: `run.json` of a run that has ended is read again only when it changes."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

from dashboard.queries.tables import file_state
from simulator.runs.corrections.repairs import Repairs
from simulator.runs.folder.run_folder import RUN_FILE
from simulator.runs.folder.run_record import RUNNING
from simulator.runs.recovery import recovered

if TYPE_CHECKING:
    from pathlib import Path

    from dashboard.queries.tables import FileState
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.folder.run_record import RunRecord
    from simulator.runs.store import RunStore

KEPT = 20_000
Standing = tuple[tuple[str, str, str | None, int, bool], ...]
"""What changes when a run begins, ends, is redriven, paused or vanishes, and not while its rows are processed."""

_lock = threading.Lock()
_known: dict[str, tuple[FileState, RunRecord]] = {}
"""By the path of `run.json`, as a text: a page asks for all runs several times, and to build paths would cost most."""
_repairs: dict[Path, tuple[Standing, Repairs]] = {}


def run_record(folder: RunFolder) -> RunRecord:
    """Return how a run stands, recovered if its process died. The record is shared: nobody may change it."""
    file = f"{folder.runs}{os.sep}{folder.name}{os.sep}{RUN_FILE}"
    before = file_state(file)
    known = _known.get(file)
    if known is not None and known[0] == before:
        return known[1]
    record = recovered(folder)
    if record.status != RUNNING and before is not None and file_state(file) == before:
        with _lock:
            if len(_known) >= KEPT:
                _known.clear()
            _known[file] = (before, record)
    return record


def run_records(store: RunStore) -> list[RunRecord]:
    """Return all runs, in no order."""
    return [run_record(folder) for folder in store.folders()]


def standing(store: RunStore) -> Standing:
    """Return how all runs stand, for comparison with a later look."""
    return _standing(run_records(store))


def repairs(store: RunStore) -> Repairs:
    """Return what corrected files did for the runs."""
    found = run_records(store)
    now = _standing(found)
    with _lock:
        known = _repairs.get(store.path)
        if known is None or known[0] != now:
            known = _repairs[store.path] = (now, Repairs(store, found))
        return known[1]


def _standing(records: list[RunRecord]) -> Standing:
    return tuple(sorted((one.name, one.status, one.stopped, one.redrive_count, _paused(one)) for one in records))


def _paused(record: RunRecord) -> bool:
    return record.map_run is not None and record.map_run.paused

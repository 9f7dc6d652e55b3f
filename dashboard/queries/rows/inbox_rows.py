"""The failure inbox for the pages: derived anew only when a run has begun or ended, or a row was accepted."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from dashboard.queries.records import run_records, standing
from dashboard.queries.tables import file_state
from simulator.pipeline.settings import Settings
from simulator.runs.failure_inbox.failure_inbox import FailureInbox

if TYPE_CHECKING:
    from pathlib import Path

    from dashboard.queries.records import Standing
    from dashboard.queries.tables import FileState
    from simulator.runs.failure_inbox.accepted_rows import AcceptedRows
    from simulator.runs.store import RunStore

    Look = tuple[Standing, FileState | None]

_lock = threading.Lock()
_known: dict[Path, tuple[Look, FailureInbox, list[int]]] = {}


def accepted_rows() -> AcceptedRows:
    """Return the file of accepted rows."""
    return Settings().home.accepted_rows


def inbox_look(store: RunStore) -> Look:
    """Return what changes when the inbox may."""
    return standing(store), file_state(accepted_rows().path)


def failure_inbox(store: RunStore) -> tuple[FailureInbox, list[int]]:
    """Return the failed rows of all runs, and the lines of the file of accepted rows that cannot be read.

    Raises:
        OSError: that file cannot be read.
    """
    now = inbox_look(store)
    with _lock:
        known = _known.get(store.path)
        if known is None or known[0] != now:
            accepted = accepted_rows().read()
            known = now, FailureInbox(store, run_records(store), accepted), accepted.damaged
            _known[store.path] = known
        return known[1], known[2]

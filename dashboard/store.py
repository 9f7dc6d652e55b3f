"""Which runs the dashboard shows."""

from __future__ import annotations

from simulator.pipeline.settings import Settings
from simulator.runs.store import RunStore


def default_store() -> RunStore:
    """Return the runs of this machine: those that `python -m simulator` writes and shows."""
    return RunStore(Settings().home.runs)

"""Which runs the dashboard shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.deployed.deployment import deployment
from simulator.pipeline.settings import Settings

if TYPE_CHECKING:
    from simulator.runs.store import RunStore


def default_store() -> RunStore:
    """Return the runs of the stack that `--stack` names; else those that `python -m simulator` shows.

    Raises:
        BadOptions, FetchError, CloudError: as `deployment`.
    """
    deployed = deployment()
    return Settings().home.known_runs if deployed is None else deployed.store

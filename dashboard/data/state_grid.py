"""Runs x states: which state each run passed, failed in or never reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dashboard.data.state_outcomes import ABSENT, SKIPPED, StateOutcome, state_outcomes
from dashboard.data.workflow import Workflow, workflow
from simulator.runs.json_lines import parse_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dashboard.data.run_list import RunRow
    from simulator.runs.folder import RunFolder
    from simulator.runs.store import RunStore


@dataclass(frozen=True, slots=True, kw_only=True)
class StateGrid:
    """Runs x states.

    Args:
        states: the columns: the newest run's workflow in its order, then states only older workflows had.
        runs: the rows, as they were given.
        cells: a list for each run, an outcome for each state.
    """

    states: list[str]
    runs: list[RunRow]
    cells: list[list[StateOutcome]]


def state_grid(store: RunStore, rows: Sequence[RunRow]) -> StateGrid:
    """Return the grid of these runs; the runs of one workflow share its definition, which is then parsed once."""
    known: dict[bytes, Workflow] = {}
    outcomes: list[dict[str, StateOutcome]] = []
    owned: list[set[str]] = []
    states: dict[str, None] = {}
    for row in rows:
        folder = store.folder(row.name)
        found = state_outcomes(folder.events(), row.status)
        own = [box.name for box in _workflow(folder, known).top]
        states.update(dict.fromkeys([*own, *found]))
        owned.append({*own, *found})
        outcomes.append(found)
    cells = [
        [found.get(state, SKIPPED if state in own else ABSENT) for state in states]
        for found, own in zip(outcomes, owned, strict=True)
    ]
    return StateGrid(states=list(states), runs=list(rows), cells=cells)


def _workflow(folder: RunFolder, known: dict[bytes, Workflow]) -> Workflow:
    try:
        text = folder.definition_file.read_bytes()
    except OSError:
        return Workflow()
    if text not in known:
        known[text] = workflow(parse_line(text))
    return known[text]

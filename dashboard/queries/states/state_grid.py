"""The outcome of each state of a workflow in one run.

Runs x states: which state each run passed, failed in or never reached.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from dashboard.queries.states.workflow import Workflow, workflow
from simulator.runs.folder.history_reader import HistoryEvent, states_passed
from simulator.runs.folder.json_lines import parse_line
from simulator.runs.folder.run_record import INTERRUPTED, RUNNING
from simulator.runs.folder.times import milliseconds_between

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dashboard.queries.run_list import RunRow
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.store import RunStore


_FAILURES = ("Failed", "TimedOut", "Aborted")


class StateStatus(StrEnum):
    """The outcome of a state."""

    SUCCEEDED = "SUCCEEDED"
    CAUGHT = "CAUGHT"
    """It failed, and its error was caught: the workflow went on elsewhere."""
    FAILED = "FAILED"
    RUNNING = "RUNNING"
    STOPPED = "STOPPED"
    SKIPPED = "SKIPPED"
    """The run never came there."""
    ABSENT = "ABSENT"
    """The run's workflow had no such state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateOutcome:
    """A state of one run: `entered` and `exited` are ISO times of its last visit, `visits` counts all."""

    status: StateStatus
    visits: int = 0
    entered: str | None = None
    exited: str | None = None

    @property
    def seconds(self) -> float | None:
        """How long the last visit took; None if it has not ended."""
        took = milliseconds_between(self.entered, self.exited)
        return None if took is None else took / 1000


SKIPPED = StateOutcome(status=StateStatus.SKIPPED)
ABSENT = StateOutcome(status=StateStatus.ABSENT)


def state_outcomes(events: Iterable[dict[str, Any]], run_status: str) -> dict[str, StateOutcome]:
    """Return the states a run has entered, in the order of the first visit.

    Args:
        events: the run's history, complete or not.
        run_status: how the run stands; a state still open in a run that no longer goes on was stopped there.
    """
    kept = list(events)
    caught = _caught(kept)
    found: dict[str, StateOutcome] = {}
    for visit in states_passed(kept):
        status = _status(visit.status, run_status)
        if status is StateStatus.SUCCEEDED and (visit.name, visit.exited) in caught:
            status = StateStatus.CAUGHT
        before = found.get(visit.name, SKIPPED)
        found[visit.name] = StateOutcome(
            status=status, visits=before.visits + 1, entered=visit.entered, exited=visit.exited
        )
    return found


def _status(visit: str, run_status: str) -> StateStatus:
    if visit == "ABORTED":
        return StateStatus.STOPPED
    if visit == "RUNNING" and run_status != RUNNING:
        return StateStatus.STOPPED if run_status in (INTERRUPTED, "ABORTED") else StateStatus.FAILED
    return StateStatus(visit)


def _caught(events: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """States that were left right after a failure, as (name, time of leaving): only a Catch leads out of one."""
    read = [HistoryEvent(event) for event in events]
    kinds = {event.id: event.type for event in read}
    return {
        (event.state_exited, event.timestamp)
        for event in read
        if event.state_exited is not None and kinds.get(event.previous_id, "").endswith(_FAILURES)
    }


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

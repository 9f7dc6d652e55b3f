"""What became of the states of a workflow: of its own by the history, of those inside the Map by its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from simulator.runs.folder.history_reader import states_passed
from simulator.runs.folder.row_states import state_calls
from simulator.runs.folder.run_record import RUNNING
from simulator.runs.words import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.runs.folder.row_states import StateCalls
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.folder.run_record import RunRecord


class StateMark(NamedTuple):
    """What became of a state, as a word and for people; inside the Map, CAUGHT if some of its calls failed."""

    status: str
    words: str


def state_marks(folder: RunFolder, record: RunRecord, definition: Any) -> dict[str, StateMark]:
    """Return the marks of the states that the run came to, by their names.

    Args:
        folder: the run's.
        record: how it stands.
        definition: the state machine; it may be anything.
    """
    maps = list(_distributed_maps(definition))
    inner = maps[0] if len(maps) == 1 else {}  # the rows of several cannot be told apart
    states, first = inner.get("States"), inner.get("StartAt")
    states = states if isinstance(states, dict) else {}
    known = isinstance(first, str) and _type(states, first) == "Task"
    calls = state_calls(folder.items(), first if known else None)
    marks = {name: _of_rows(found, going_on=record.status == RUNNING) for name, found in calls.items()}
    fails = [name for name in states if _type(states, name) == "Fail"]
    if len(fails) == 1 and record.rows.failed:
        marks[fails[0]] = StateMark("FAILED", count(record.rows.failed, "row"))
    passed = states_passed(folder.events())
    return marks | {visit.name: StateMark(visit.status, visit.status) for visit in passed}


def _of_rows(calls: StateCalls, *, going_on: bool) -> StateMark:
    failed = f", {count(calls.failures, 'call')} failed" if calls.failures else ""
    status = "RUNNING" if going_on else "CAUGHT" if calls.failures else "SUCCEEDED"
    return StateMark(status, f"{count(calls.rows, 'row')}{failed}")


def _distributed_maps(machine: Any) -> Iterator[dict[str, Any]]:
    """Yield what each Distributed Map of a workflow runs for its rows."""
    states = machine.get("States") if isinstance(machine, dict) else None
    for state in states.values() if isinstance(states, dict) else ():
        inner = state.get("ItemProcessor") if isinstance(state, dict) else None
        config = inner.get("ProcessorConfig") if isinstance(inner, dict) else None
        if isinstance(inner, dict) and isinstance(config, dict) and config.get("Mode") == "DISTRIBUTED":
            yield inner


def _type(states: Any, name: str) -> str | None:
    state = states.get(name)
    return state.get("Type") if isinstance(state, dict) else None

"""What a state of the workflow was given and gave back, each time that it was visited, and how it is defined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.aws.json_reader import BadJson, read_json
from simulator.runs.folder.history_reader import HistoryEvent
from simulator.runs.folder.json_lines import parse_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.runs.folder.run_folder import RunFolder

_ENTERED, _EXITED = "StateEntered", "StateExited"
_CONTAINERS = ("ItemProcessor", "Iterator")


@dataclass(slots=True, kw_only=True)
class Visit:
    """One visit: `stopped` and `output` are None of a state that was not left, or that failed."""

    started: str
    input: Any
    stopped: str | None = None
    output: Any = None


def visits(folder: RunFolder, state: str) -> list[Visit]:
    """Return the visits of a state that the history tells of, oldest first; a Map's inner states have none."""
    found: list[Visit] = []
    for raw in folder.events():
        event = HistoryEvent(raw)
        if event.details.get("name") != state:
            continue
        if event.type.endswith(_ENTERED):
            found.append(Visit(started=event.timestamp, input=_read(event.details.get("input"))))
        elif event.type.endswith(_EXITED) and found:
            found[-1].stopped, found[-1].output = event.timestamp, _read(event.details.get("output"))
    return found


def definition_of(folder: RunFolder, state: str) -> dict[str, Any] | None:
    """Return a state's definition as the run had it; None if it cannot be read."""
    try:
        machine = parse_line(folder.definition_file.read_bytes())
    except OSError:
        return None
    return next((found for name, found in _states(machine) if name == state), None)


def _states(machine: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    states = machine.get("States") if isinstance(machine, dict) else None
    for name, state in states.items() if isinstance(states, dict) else ():
        if isinstance(state, dict):
            yield name, state
            for key in _CONTAINERS:
                yield from _states(state.get(key))


def _read(value: Any) -> Any:
    try:
        return read_json(value) if isinstance(value, str) else value
    except BadJson:
        return value

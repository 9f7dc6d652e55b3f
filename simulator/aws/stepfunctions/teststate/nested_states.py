"""The states inside a machine or a state as written, those of branches and of Map processors included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Place = tuple[dict[str, Any], str, str]
"""A state as written, its dotted location, and its place as AWS writes it."""


def states_of(machine: Any, location: str = "", pointer: str = "") -> Iterator[tuple[str, Place]]:
    """Give each state of a machine with its name, outermost first; what is not written as a state is left out."""
    states = machine.get("States") if isinstance(machine, dict) else None
    dot = f"{location}." if location else ""
    for name, state in states.items() if isinstance(states, dict) else ():
        if isinstance(state, dict):
            place = state, f"{dot}States.{name}", f"{pointer}/States/{name}"
            yield name, place
            yield from _inside(*place)


def _inside(state: dict[str, Any], location: str, pointer: str) -> Iterator[tuple[str, Place]]:
    for field in ("ItemProcessor", "Iterator"):
        yield from states_of(state.get(field), f"{location}.{field}", f"{pointer}/{field}")
    branches = state.get("Branches")
    for index, branch in enumerate(branches if isinstance(branches, list) else ()):
        yield from states_of(branch, f"{location}.Branches[{index}]", f"{pointer}/Branches[{index}]")


def inner_states(state: dict[str, Any]) -> set[str]:
    """Return the names of all states inside a state."""
    return {name for name, _ in _inside(state, "", "")}

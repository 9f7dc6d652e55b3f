"""A workflow as boxes and arrows, from its definition (Amazon States Language; developer guide, "State types")."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simulator.runs.folder.json_lines import parse_line

if TYPE_CHECKING:
    from simulator.runs.folder.run_folder import RunFolder

_CONTAINERS = ("ItemProcessor", "Iterator")


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A state: its name, its type, and the name of the Map it lies in (None at the top)."""

    name: str
    type: str
    inside: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """A way from one state to another; `label` says when it is taken (empty: always), `caught` that errors take it."""

    source: str
    target: str
    label: str = ""
    caught: bool = False


@dataclass(slots=True, kw_only=True)
class Workflow:
    """A workflow's states in the order they can be reached, those of a Map after it; empty for no definition."""

    start: str | None = None
    boxes: list[Box] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    starts: dict[str, str] = field(default_factory=dict)
    """The first state inside a Map, by the Map's name."""

    @property
    def top(self) -> list[Box]:
        """The states of the workflow itself."""
        return [box for box in self.boxes if box.inside is None]


def workflow_of(folder: RunFolder) -> Workflow:
    """Return the workflow as it was run; an empty one if the folder has no readable definition."""
    try:
        return workflow(parse_line(folder.definition_file.read_bytes()))
    except OSError:
        return Workflow()


def workflow(definition: object) -> Workflow:
    """Return a definition's states and ways; of a definition that is not valid, those that can be read."""
    found = Workflow()
    if isinstance(definition, dict):
        found.start = _text(definition.get("StartAt"))
        _add(found, definition, None)
    return found


def _add(found: Workflow, machine: dict[str, Any], inside: str | None) -> None:
    states = machine.get("States")
    if not isinstance(states, dict):
        return
    ways = {name: list(_ways(state)) for name, state in states.items() if isinstance(state, dict)}
    for name in _reached(_text(machine.get("StartAt")), ways):
        state = states[name]
        found.boxes.append(Box(name=name, type=str(state.get("Type", "?")), inside=inside))
        found.arrows.extend(
            Arrow(source=name, target=target, label=label, caught=caught)
            for target, label, caught in ways[name]
            if target in ways
        )
        for key in _CONTAINERS:
            processor = state.get(key)
            if isinstance(processor, dict):
                if (first := _text(processor.get("StartAt"))) is not None:
                    found.starts[name] = first
                _add(found, processor, name)


def _reached(start: str | None, ways: dict[str, list[tuple[str, str, bool]]]) -> list[str]:
    """The states along the happy path first, then those that are reached from them; unreachable ones last."""
    order: dict[str, None] = {}
    waiting = [start] if start is not None else []
    after_errors: list[str] = []
    while waiting or after_errors:
        name = waiting.pop(0) if waiting else after_errors.pop(0)
        if name in order or name not in ways:
            continue
        order[name] = None
        normal = [target for target, _, caught in ways[name] if not caught]
        waiting = [*normal[:1], *waiting, *normal[1:]]
        after_errors.extend(target for target, _, caught in ways[name] if caught)
    return [*order, *(name for name in ways if name not in order)]


def _ways(state: dict[str, Any]) -> list[tuple[str, str, bool]]:
    ways: list[tuple[str, str, bool]] = []
    if (target := _text(state.get("Next"))) is not None:
        ways.append((target, "", False))
    ways.extend(
        (target, _condition(choice), False)
        for choice in _dicts(state.get("Choices"))
        if (target := _text(choice.get("Next"))) is not None
    )
    if (target := _text(state.get("Default"))) is not None:
        ways.append((target, "else", False))
    for catcher in _dicts(state.get("Catch")):
        if (target := _text(catcher.get("Next"))) is not None:
            errors = catcher.get("ErrorEquals")
            label = ", ".join(map(str, errors)) if isinstance(errors, list) else ""
            ways.append((target, label, True))
    return ways


def _condition(choice: dict[str, Any]) -> str:
    """`$.validation.isValid = true` for a plain comparison, else the operator's name."""
    for key, value in choice.items():
        if key not in ("Variable", "Next", "Comment"):
            return f"{choice['Variable']} {key} {value}" if "Variable" in choice else key
    return ""


def _dicts(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None

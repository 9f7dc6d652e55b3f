"""The graph of a workflow as SVG: its states from top to bottom, coloured by how the run or its rows passed them."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from simulator.cli.output.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulator.cli.run_page.state_marks import StateMark

_WIDE, _HIGH, _ACROSS, _DOWN, _EDGE = 230, 44, 40, 46, 20
_FILLS = {"SUCCEEDED": "#1b6e3c", "FAILED": "#b3261e", "ABORTED": "#8a5300", "CAUGHT": "#8a5300", "RUNNING": "#0b57a4"}
_UNTOUCHED = "#5f6368"
_MOST_LETTERS = 30


@dataclass(frozen=True, slots=True)
class _Arrow:
    source: str
    target: str
    caught: bool


def state_graphs(definition: Any, marks: Mapping[str, StateMark]) -> Iterator[tuple[str, str]]:
    """Yield a title and an SVG picture for the workflow, and for each Map that has states of its own.

    Args:
        definition: the state machine; anything that is not one gives no picture.
        marks: what became of the states, by their names.
    """
    yield from _graphs("The workflow", definition, marks)


def _graphs(title: str, machine: Any, marks: Mapping[str, StateMark]) -> Iterator[tuple[str, str]]:
    states = machine.get("States") if isinstance(machine, dict) else None
    states = {name: one for name, one in states.items() if isinstance(one, dict)} if isinstance(states, dict) else {}
    if not states or machine.get("StartAt") not in states:
        return
    yield title, _picture(states, machine["StartAt"], marks)
    for name, state in states.items():
        yield from _graphs(f"Each row of {name}", state.get("ItemProcessor") or state.get("Iterator"), marks)


def _arrows(states: Mapping[str, Any]) -> list[_Arrow]:
    found: dict[tuple[str, str], bool] = {}
    for name, state in states.items():
        targets = [(state.get("Next"), False), (state.get("Default"), False)]
        targets += [(rule.get("Next"), False) for rule in state.get("Choices") or [] if isinstance(rule, dict)]
        targets += [(rule.get("Next"), True) for rule in state.get("Catch") or [] if isinstance(rule, dict)]
        for target, caught in targets:
            if target in states:  # an error that leads where success does is drawn once
                found[name, target] = found.get((name, target), True) and caught
    return [_Arrow(source, target, caught) for (source, target), caught in found.items()]


def _rows(states: Mapping[str, Any], start: str, arrows: list[_Arrow]) -> list[list[str]]:
    """Return the states by their longest way from the start; those that nothing leads to come last."""
    depth = {start: 0}

    def follow(name: str, way: tuple[str, ...]) -> None:
        for arrow in arrows:
            if arrow.source == name and arrow.target not in way and depth.get(arrow.target, -1) < len(way):
                depth[arrow.target] = len(way)
                follow(arrow.target, (*way, arrow.target))

    follow(start, (start,))
    last = max(depth.values()) + 1
    rows: list[list[str]] = [[] for _ in range(last + 1)]
    for name in states:
        rows[depth.get(name, last)].append(name)
    return [row for row in rows if row]


def _picture(states: Mapping[str, Any], start: str, marks: Mapping[str, StateMark]) -> str:
    arrows = _arrows(states)
    rows = _rows(states, start, arrows)
    widest = max(map(len, rows))
    width = widest * (_WIDE + _ACROSS) + 2 * _EDGE
    height = len(rows) * (_HIGH + _DOWN)
    places: dict[str, tuple[float, float]] = {}
    for down, row in enumerate(rows):
        left = (width - len(row) * (_WIDE + _ACROSS) + _ACROSS) / 2
        for across, name in enumerate(row):
            places[name] = (left + across * (_WIDE + _ACROSS), 4 + down * (_HIGH + _DOWN))
    drawn = [_line(places[one.source], places[one.target], caught=one.caught) for one in arrows]
    drawn += [_box(name, states[name], places[name], marks.get(name)) for name in states]
    return (
        f'<svg viewBox="0 0 {width} {height}" style="max-width:{width}px" role="img" aria-label="states">'
        '<defs><marker id="end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0 0 8 4 0 8z" fill="{_UNTOUCHED}"/></marker></defs>{"".join(drawn)}</svg>'
    )


def _line(source: tuple[float, float], target: tuple[float, float], *, caught: bool) -> str:
    x, y, to_x, to_y = source[0] + _WIDE / 2, source[1] + _HIGH, target[0] + _WIDE / 2, target[1]
    if to_y <= source[1]:  # upwards, or to itself: round the right side
        x, y, to_x, to_y = source[0] + _WIDE, source[1] + _HIGH / 2, target[0] + _WIDE, target[1] + _HIGH / 2
        bend = f"{x + _ACROSS} {y}, {to_x + _ACROSS} {to_y}"
    else:
        bend = f"{x} {y + _DOWN * 0.6:.0f}, {to_x} {to_y - _DOWN * 0.6:.0f}"
    dashes = ' stroke-dasharray="5 4"' if caught else ""
    return (
        f'<path d="M{x} {y} C{bend}, {to_x} {to_y}" fill="none" stroke="{_UNTOUCHED}"{dashes} marker-end="url(#end)"/>'
    )


def _box(name: str, state: Mapping[str, Any], place: tuple[float, float], mark: StateMark | None) -> str:
    x, y = place
    words = f"{state.get('Type', '?')}{f': {mark.words}' if mark else ''}"
    fill = _FILLS.get(mark.status, _UNTOUCHED) if mark else _UNTOUCHED
    words, name = escape(clean(words)), clean(name)
    short = name if len(name) <= _MOST_LETTERS else f"{name[: _MOST_LETTERS - 1]}…"
    middle = x + _WIDE / 2
    return (
        f"<g><title>{escape(name)}: {words}</title>"
        f'<rect x="{x}" y="{y}" width="{_WIDE}" height="{_HIGH}" rx="7" fill="{fill}"/>'
        f'<text x="{middle}" y="{y + 19}" text-anchor="middle" fill="#fff">{escape(short)}</text>'
        f'<text x="{middle}" y="{y + 35}" text-anchor="middle" fill="#fff" font-size="11">{words}</text></g>'
    )

"""A run's graph in Graphviz's DOT language (graphviz.org, "DOT Language"), with colours that read on light and dark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.components.looks import STATE_LOOKS

if TYPE_CHECKING:
    from dashboard.queries.states.graph import Node, RunGraph
    from dashboard.queries.states.workflow import Arrow

LINE = {False: "#5f6368", True: "#b0b0b0"}
"""The colour of lines and labels on the light and on the dark page: none reads at 4.5:1 on both."""


def dot(graph: RunGraph, *, dark: bool = False) -> str:
    """Return the graph as DOT; states inside a Map lie in a box of their own."""
    line = LINE[dark]
    # Streamlit draws all text at 9.6, whatever is said here: a little more leaves room around labels.
    parts = [
        'digraph run { rankdir=TB; bgcolor="transparent"; nodesep=0.3; ranksep=0.35;',
        'node [shape=box, style="filled,rounded", fontname="sans-serif", fontsize=11, color="transparent"];',
        f'edge [fontname="sans-serif", fontsize=11, color="{line}", fontcolor="{line}"];',
    ]
    drawn = {(arrow.source, arrow.target) for arrow in graph.arrows if not arrow.caught}
    # An error leads where success does: one arrow says it.
    arrows = [one for one in graph.arrows if not (one.caught and (one.source, one.target) in drawn)]
    owner = {node.box.name: node.box.inside for node in graph.nodes}
    maps = {node.box.inside for node in graph.nodes if node.box.inside is not None}
    parts += [_node(node) for node in graph.nodes if node.box.inside is None]
    for number, name in enumerate(sorted(maps)):
        # The arrows too: those drawn outside would have their labels across the box's border.
        inner = " ".join(
            [_node(node) for node in graph.nodes if node.box.inside == name]
            + [_arrow(arrow, graph) for arrow in arrows if owner.get(arrow.source) == name]
        )
        label = _quoted(f"each row of {name}")
        parts.append(
            f'subgraph cluster_{number} {{ label={label}; labeljust=l; fontname="sans-serif"; fontsize=11; '
            f'fontcolor="{line}"; color="{line}"; style="rounded,dashed"; {inner} }}'
        )
        first = next(node.box.name for node in graph.nodes if node.box.inside == name)
        parts.append(f"{_quoted(name)} -> {_quoted(first)} [style=dashed, arrowhead=none];")
    parts += [_arrow(arrow, graph) for arrow in arrows if owner.get(arrow.source) is None]
    return "\n".join([*parts, "}"])


def facts(node: Node) -> str:
    """Return what is told of a state below its name: `passed, 1,000 rows, 10 failed, 4.5 s`."""
    told = [STATE_LOOKS[node.status].words.lower()]
    if node.rows is not None:
        told.append(f"{node.rows:,} row{'' if node.rows == 1 else 's'}")
    elif node.visits > 1:
        told.append(f"{node.visits:,} times")
    if node.failed:
        told.append(f"{node.failed:,} failed")
    if node.seconds is not None:
        told.append(f"{node.seconds:.1f} s" if node.seconds >= 1 else f"{node.seconds * 1000:.0f} ms")
    return ", ".join(told)


def _node(node: Node) -> str:
    label = f"{node.box.name}\n{node.box.type}: {facts(node)}"
    fill = STATE_LOOKS[node.status].rgb
    return f'{_quoted(node.box.name)} [label={_quoted(label)}, fillcolor="{fill}", fontcolor="#ffffff"];'


def _arrow(arrow: Arrow, graph: RunGraph) -> str:
    looks = [f"label={_quoted(f'  {_short(arrow.label)}  ')}"] if arrow.label else []
    taken = (arrow.source, arrow.target) in graph.passed
    looks.append("penwidth=2" if taken else "penwidth=0.6")
    if arrow.caught:
        looks.append("style=dashed")
    return f"{_quoted(arrow.source)} -> {_quoted(arrow.target)} [{', '.join(looks)}];"


def _short(text: str, most: int = 26) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'

"""A run's workflow as a graph: each state with its outcome."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from dashboard.queries.states.state_grid import SKIPPED, StateOutcome, StateStatus, state_outcomes
from dashboard.queries.states.workflow import Arrow, Box, Workflow, workflow_of
from dashboard.queries.tables import fetch
from dashboard.queries.workers.spans import Part, span_tables
from simulator.runs.folder.history_reader import HistoryEvent
from simulator.runs.folder.run_record import RUNNING

if TYPE_CHECKING:
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.folder.run_record import RunRecord

_CALLS = f"""
select coalesce(state, $first) as state, count(distinct "index") as rows, count(*) as calls,
    count(*) filter (error is not null or part = '{Part.FAILED_ATTEMPT}') as failures,
    median(epoch(stop - start)) as seconds
from spans where part <> '{Part.WAIT}' group by 1
"""  # noqa: S608 - only words of ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A state and what became of it.

    Args:
        box: the state.
        status: what became of it; of a state inside the Map: FAILED for a Fail state that rows ended in, CAUGHT
            where some calls failed, SUCCEEDED if none did.
        seconds: how long it took; inside the Map, the median of its calls.
        visits: how often it was entered (by rows, inside the Map).
        rows: of a Map, or of a state inside it, the rows that came there; None for any other.
        failed: of a Map the rows that failed; inside it, the calls that did.
    """

    box: Box
    status: StateStatus
    seconds: float | None = None
    visits: int = 0
    rows: int | None = None
    failed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunGraph:
    """The nodes of a run's workflow, the arrows between them, and those arrows' ends the run passed (by name)."""

    start: str | None = None
    nodes: list[Node] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    passed: frozenset[tuple[str, str]] = frozenset()


def run_graph(folder: RunFolder, record: RunRecord | None = None) -> RunGraph:
    """Return the graph of a run; one without nodes if its definition cannot be read."""
    record = record or folder.record()
    flow = workflow_of(folder)
    events = list(folder.events())
    outcomes = state_outcomes(events, record.status)
    calls = _calls(folder, flow)
    nodes = [
        _top_node(box, outcomes.get(box.name, SKIPPED), record)
        if box.inside is None
        else _inner_node(box, calls.get(box.name), record)
        for box in flow.boxes
    ]
    return RunGraph(start=flow.start, nodes=nodes, arrows=flow.arrows, passed=_passed(events, nodes, flow))


def _calls(folder: RunFolder, flow: Workflow) -> dict[str, dict[str, Any]]:
    if not flow.starts:
        return {}
    first = next(iter(flow.starts.values()))  # a workflow has one Map with rows: what items.jsonl tells is about it
    with span_tables(folder) as connection:
        return {row["state"]: row for row in fetch(connection, _CALLS, {"first": first})}


def _top_node(box: Box, outcome: StateOutcome, record: RunRecord) -> Node:
    is_map = box.type == "Map" and record.map_run is not None
    return Node(
        box=box,
        status=outcome.status,
        seconds=outcome.seconds,
        visits=outcome.visits,
        rows=record.rows.total if is_map else None,
        failed=record.rows.failed if is_map else None,
    )


def _inner_node(box: Box, calls: dict[str, Any] | None, record: RunRecord) -> Node:
    if box.type == "Fail" and record.rows.failed:
        return Node(box=box, status=StateStatus.FAILED, visits=record.rows.failed, rows=record.rows.failed)
    if calls is None:
        return Node(box=box, status=StateStatus.SKIPPED)
    status = StateStatus.CAUGHT if calls["failures"] else StateStatus.SUCCEEDED
    if record.status == RUNNING:
        status = StateStatus.RUNNING
    return Node(
        box=box,
        status=status,
        seconds=calls["seconds"],
        visits=calls["rows"],
        rows=calls["rows"],
        failed=calls["failures"],
    )


def _passed(events: list[dict[str, Any]], nodes: list[Node], flow: Workflow) -> frozenset[tuple[str, str]]:
    """The ways the run took: one after another at the top; inside the Map, those between states that rows came to."""
    order = [name for event in events if (name := HistoryEvent(event).state_entered) is not None]
    taken = set(pairwise(order))
    entered = {node.box.name for node in nodes if node.box.inside is not None and node.visits}
    taken |= {(arrow.source, arrow.target) for arrow in flow.arrows if {arrow.source, arrow.target} <= entered}
    return frozenset(taken)

"""Runs x workflow states as a grid; a click opens the run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import altair as alt
import pandas as pd
import streamlit as st

from dashboard.components.charts import show_chart, tip
from dashboard.components.looks import STATE_LOOKS
from dashboard.components.moments import local, took
from dashboard.components.opening import open_page
from dashboard.languages.language import tr
from dashboard.queries.states.state_grid import StateStatus

if TYPE_CHECKING:
    from dashboard.queries.states.state_grid import StateGrid

_STATUS_WORDS = [one.words for one in STATE_LOOKS.values()]
_STATUS_RGB = [one.rgb for one in STATE_LOOKS.values()]
_NOT_REACHED = STATE_LOOKS[StateStatus.SKIPPED].sign
_CLICKED = "clicked"
_EDITION = "edition of the grid"


def run_grid(grid: StateGrid) -> None:
    """Show the grid, the newest run last; a click on a cell opens its run. The table of runs does it by keyboard."""
    newest_last = list(zip(grid.runs, grid.cells, strict=True))[::-1]
    labels = {row.name: f"{local(row.started)[5:16]} {row.file or row.name[-3:]}" for row, _ in newest_last}
    cells = [
        {
            "run": row.name,
            "started": local(row.started),
            "file": row.file,
            "state": state,
            "outcome": tr(STATE_LOOKS[cell.status].words),
            "sign": STATE_LOOKS[cell.status].sign,
            "detail": tr("took {time}", time=took(cell.seconds)) if cell.seconds is not None else "",
        }
        for row, outcomes in newest_last
        for state, cell in zip(grid.states, outcomes, strict=True)
    ]
    if not cells:
        st.caption(tr("None of these runs has written its workflow."))
        return
    edition = st.session_state.get(_EDITION, 0)
    event = show_chart(
        _chart(cells, grid.states, labels),
        tr("Grid of {n:,} runs by {m:,} workflow states", n=len(labels), m=len(grid.states)),
        key=f"run-grid-{edition}",
        selection=_CLICKED,
    )
    clicked = event.selection.get(_CLICKED) if event is not None else None
    if clicked and clicked[0].get("run") in labels:
        st.session_state[_EDITION] = edition + 1  # nothing is clicked after a return to the page
        open_page("views/run.py", run=clicked[0]["run"])


def _chart(cells: list[dict[str, str]], states: list[str], labels: dict[str, str]) -> alt.LayerChart | alt.FacetChart:
    label = alt.Axis(
        labelAngle=-60, labelLimit=150, labelExpr=f"({json.dumps(labels)})[datum.value]", labelOverlap=False
    )
    base = alt.Chart(pd.DataFrame(cells)).encode(
        x=alt.X("run:N", sort=list(labels), title=None, axis=label),
        y=alt.Y("state:N", sort=states, title=None, axis=alt.Axis(labelLimit=190, labelOverlap=False)),
        tooltip=[tip("file:N"), tip("started:N"), tip("state:N"), tip("outcome:N"), tip("detail:N")],
    )
    squares = base.mark_rect(cornerRadius=3, stroke="transparent", strokeWidth=3, cursor="pointer").encode(
        opacity=alt.condition(alt.datum.sign == _NOT_REACHED, alt.value(0.25), alt.value(1)),
        color=alt.Color(
            "outcome:N",
            scale=alt.Scale(domain=[tr(word) for word in _STATUS_WORDS], range=_STATUS_RGB),
            legend=alt.Legend(title=None, orient="top", columns=2, values=sorted({cell["outcome"] for cell in cells})),
        ),
    )
    signs = base.mark_text(color="white", fontWeight="bold", cursor="pointer").encode(text="sign:N")
    clicked = alt.selection_point(name=_CLICKED, fields=["run"], on="click")
    return alt.layer(squares.add_params(clicked), signs).properties(height=30 * len(states) + 210)

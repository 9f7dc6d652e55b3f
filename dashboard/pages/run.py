"""One run: how it stands, which rows failed and why, its graph, speed, history, logs and files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from dashboard.components import run_parts
from dashboard.components.moments import local, took
from dashboard.components.picking import picked_row
from dashboard.components.redrive_button import redrive_button
from dashboard.components.rejected_lines import rejected_lines
from dashboard.components.row_detail import row_detail
from dashboard.components.verdict import headline, verdict
from dashboard.plain_text import plain
from dashboard.queries.failures import failures
from dashboard.queries.run_list import RunRow, run, runs
from dashboard.store import default_store
from simulator.runs.outcome import Kind
from simulator.runs.suggested_command import command

if TYPE_CHECKING:
    from simulator.runs.folder.run_folder import RunFolder

LIVE_SECONDS = 1.0
PARTS = {
    "Graph": run_parts.graph,
    "Speed": run_parts.speed,
    "History": run_parts.events,
    "Logs": run_parts.log_lines,
    "Files": run_parts.files,
}
LIVE_PARTS = ("Graph", "Speed")


def page() -> None:
    """Show the page."""
    st.title("Run")
    store = default_store()
    rows = runs(store)
    if not rows:
        st.info("There is no run yet. Make the first one in a terminal, in the project's folder:")
        st.code(command("run", "sample.csv", anywhere=True), language=None)
        return
    row = _chosen(rows)
    folder = store.folder(row.name)
    live = row.kind is Kind.RUNNING
    every = LIVE_SECONDS if live else None
    st.fragment(run_every=every)(_state)(folder, live)
    redrive_button(store, folder)
    if row.kind is Kind.REJECTED:
        rejected_lines(folder)
    elif row.failed:
        _failed_rows(folder)
    st.divider()
    part = st.segmented_control(
        "Part",
        list(PARTS),
        default="Graph",
        required=True,
        key="part",
        label_visibility="collapsed",
        bind="query-params",
    )
    st.fragment(run_every=every if part in LIVE_PARTS else None)(PARTS[part])(folder)


def _chosen(rows: list[RunRow]) -> RunRow:
    """The run that the address names, or the newest; choosing another changes the address."""
    names = [row.name for row in rows]
    by_name = {row.name: row for row in rows}
    asked = st.query_params.get("run")
    if asked is not None and asked not in by_name:
        st.warning(f"There is no run {plain(asked)} (any more). This is the newest one.")
        asked = None
    current = asked or names[0]
    chosen = st.selectbox(
        "Run",
        names,
        index=names.index(current),
        format_func=lambda name: (
            f"{local(by_name[name].started)} · {by_name[name].file or '–'} · {by_name[name].words}"
        ),
    )
    if chosen != current or asked is None:
        st.query_params["run"] = chosen
        st.query_params.pop("line", None)
    return by_name[chosen]


def _state(folder: RunFolder, live: bool) -> None:  # noqa: FBT001 - a fragment's arguments
    row = run(folder)
    if row is None:
        st.warning("The run's folder has gone.")
        return
    if live and row.kind is not Kind.RUNNING:
        st.rerun()
    headline(row)
    if row.rows:
        cells = {
            "Rows": f"{row.rows:,}",
            "Succeeded": f"{row.succeeded:,}",
            "Failed": f"{row.failed:,}",
            "Pending" if live else "Not done": f"{row.pending:,}",
            "Took": took(row.seconds),
        }
        with st.container(horizontal=True):
            for name, value in cells.items():
                st.metric(name, value, width="content", border=True)
        note = f", {row.superseded:,} superseded by a newer file" if row.superseded else ""
        st.progress(row.done_share, text=f"{row.done_share:.0%} of the rows done{note}")
    verdict(folder)


def _failed_rows(folder: RunFolder) -> None:
    found = failures([folder])
    st.subheader("The rows that failed")
    if not found:
        st.caption("They are no longer in items.jsonl.")
        return
    st.caption(f"{len(found):,} row{'' if len(found) == 1 else 's'}. Click one for its text, attempts, audit and logs.")
    table = pd.DataFrame(
        [
            {"Line": one.line, "User": one.user, "Error": one.error, "Why": one.cause, "Attempts": one.attempts}
            for one in found
        ]
    )
    widths = {"Line": st.column_config.NumberColumn(width=70), "Attempts": st.column_config.NumberColumn(width=80)}
    chosen = picked_row(table, key=f"failed-{folder.name}", columns=widths)
    asked = st.query_params.get("line", "")
    if chosen is not None:
        row_detail(folder, index=found[chosen].index)
    elif asked.isdecimal():
        row_detail(folder, line=int(asked))


page()

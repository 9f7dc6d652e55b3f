"""All runs: the newest in words, then list, grid and charts."""

from __future__ import annotations

from datetime import date, datetime  # noqa: TC003
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from dashboard.components import charts
from dashboard.components.looks import KIND_LOOKS, STATE_LOOKS
from dashboard.components.moments import browser_zone, local, took
from dashboard.components.picking import picked_row
from dashboard.components.rejected_lines import rejected_lines
from dashboard.components.verdict import headline, verdict
from dashboard.plain_text import plain
from dashboard.queries.run_list import RunRow, runs
from dashboard.queries.state_grid import StateGrid, state_grid
from dashboard.queries.trends import per_day
from dashboard.store import default_store
from simulator.pipeline.settings import PROJECT_ROOT
from simulator.runs.outcome import Kind
from simulator.runs.suggested_command import command

if TYPE_CHECKING:
    from simulator.runs.store import RunStore

GRID_RUNS = 30
LIVE_SECONDS = 2.0
NO_DAYS: list[date | datetime | str | None] = []


def page() -> None:
    """Show the page."""
    store = default_store()
    st.title("Runs")
    everything = runs(store)
    if not everything:
        _first_run()
        return
    newest = everything[0]
    live = any(row.kind is Kind.RUNNING for row in everything)
    st.fragment(run_every=LIVE_SECONDS if live else None)(_newest)(store, newest.name)
    chosen = _filtered(store)
    st.fragment(run_every=LIVE_SECONDS if live else None)(_list)(store, chosen, live)


def _first_run() -> None:
    st.info("There is no run yet. Make the first one in a terminal, in the project's folder:", icon=":material/rocket:")
    st.code(command("run", "sample.csv", anywhere=True), language=None)
    st.caption(plain(f"The project's folder is {PROJECT_ROOT}. Reload this page to see the run."))
    st.page_link("pages/upload.py", label="or upload a CSV file here", icon=":material/upload_file:")


def _newest(store: RunStore, name: str) -> None:
    row = next((one for one in runs(store) if one.name == name), None)
    if row is None:
        st.info("The newest run's folder has gone; load the page again.")
        return
    with st.container(border=True):
        st.caption("Newest run")
        headline(row)
        if row.rows:
            done = f"{row.succeeded:,} of {row.rows:,} rows succeeded, {row.failed:,} failed"
            st.progress(row.done_share, text=done + (f", {row.pending:,} not done" if row.pending else ""))
        verdict(store.folder(name))
        if row.kind is Kind.REJECTED:
            rejected_lines(store.folder(name))
        st.page_link(
            "pages/run.py",
            label="Open this run: every row, graph, history, logs",
            query_params={"run": name},
            icon=":material/open_in_new:",
        )


def _filtered(store: RunStore) -> list[RunRow]:
    st.subheader("All runs")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kinds = st.multiselect(
            "Status",
            list(Kind),
            format_func=lambda kind: KIND_LOOKS[kind].words,
            placeholder="all",
            key="status",
            width=280,
        )
        file = st.text_input("File name contains", key="file", placeholder="all files", width=220)
        days = st.date_input("Started between", value=NO_DAYS, key="days", width=240)
    since = days[0] if isinstance(days, tuple) and days else None
    until = days[1] if isinstance(days, tuple) and len(days) > 1 else None
    return runs(store, kinds=kinds, file=file.strip(), since=since, until=until, zone=browser_zone())


def _list(store: RunStore, chosen: list[RunRow], live: bool) -> None:  # noqa: FBT001 - a fragment's arguments
    if live:
        names = {row.name for row in chosen}
        everything = runs(store)
        if not any(row.kind is Kind.RUNNING for row in everything):
            st.rerun()
        chosen = [row for row in everything if row.name in names]
    if not chosen:
        st.info("No run matches these filters. Remove one to see more.", icon=":material/filter_alt_off:")
        return
    st.caption(f"{len(chosen):,} run{'' if len(chosen) == 1 else 's'}. Click a run to open it.")
    _table(chosen)
    _grid(state_grid(store, chosen[:GRID_RUNS]), len(chosen))
    _days(chosen)


def _table(chosen: list[RunRow]) -> None:
    table = pd.DataFrame(
        [
            {
                "Status": f"{KIND_LOOKS[row.kind].sign} {row.words}",
                "File": row.file or "–",
                "Started": local(row.started),
                "Took": took(row.seconds),
                "Rows": row.rows,
                "Failed": row.failed,
                "Not done": row.pending,
                "Redrives": row.redrives,
                "Run": row.name,
            }
            for row in chosen
        ]
    )
    colours = {"Status": [f"color: {KIND_LOOKS[row.kind].rgb}; font-weight: 600" for row in chosen]}
    styled = table.style.apply(lambda column: colours.get(str(column.name), [""] * len(column)), axis=0)
    widths = {"Rows": st.column_config.NumberColumn(format="localized"), "File": {"width": "medium"}}
    picked = picked_row(styled, key="runs-table", columns=widths)
    if picked is not None:
        st.switch_page("pages/run.py", query_params={"run": chosen[picked].name})


def _grid(grid: StateGrid, total: int) -> None:
    st.subheader("Runs × workflow states")
    if len(grid.runs) < total:
        st.caption(f"The newest {len(grid.runs)} of {total:,} runs.")
    newest_last = list(zip(grid.runs, grid.cells, strict=True))[::-1]
    labels = {row.name: f"{local(row.started)[5:]} {row.name[-3:]}" for row, _ in newest_last}
    cells = [
        {
            "run": labels[row.name],
            "file": row.file,
            "state": state,
            "outcome": STATE_LOOKS[cell.status].words,
            "sign": STATE_LOOKS[cell.status].sign,
            "detail": f"took {took(cell.seconds)}" if cell.seconds is not None else "",
        }
        for row, outcomes in newest_last
        for state, cell in zip(grid.states, outcomes, strict=True)
    ]
    if not cells:
        st.caption("None of these runs has written its workflow.")
        return
    charts.status_grid(cells, grid.states, [labels[row.name] for row, _ in newest_last])


def _days(chosen: list[RunRow]) -> None:
    days = per_day(chosen, browser_zone())
    left, right = st.columns(2)
    with left:
        st.subheader("Rows per day")
        charts.rows_per_day(
            [{"day": day.day.isoformat(), "succeeded": day.rows_succeeded, "failed": day.rows_failed} for day in days]
        )
    with right:
        st.subheader("Runs that succeeded")
        charts.success_rate(
            [{"day": day.day.isoformat(), "rate": day.success_rate} for day in days if day.success_rate is not None]
        )


page()

"""All runs: the newest in words, then list, grid and charts."""

from __future__ import annotations

from datetime import date, datetime  # noqa: TC003
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from dashboard.components import charts
from dashboard.components.first_run import first_run
from dashboard.components.looks import KIND_LOOKS, STATE_LOOKS, text_colour
from dashboard.components.moments import local, span, took, zone
from dashboard.components.polling import LIVE_SECONDS, PART_SECONDS, keep_fresh
from dashboard.components.rejected_lines import rejected_lines
from dashboard.components.related import related
from dashboard.components.tab import tab_title
from dashboard.components.tables.paging import page_offset
from dashboard.components.tables.picking import opened_row
from dashboard.components.verdict import headline, verdict
from dashboard.queries.records import repairs, standing
from dashboard.queries.run_list import RunRow, runs
from dashboard.queries.states.state_grid import StateGrid, state_grid
from dashboard.queries.trends import per_day
from dashboard.store import default_store
from simulator.runs.outcome import Kind
from simulator.runs.words import count

if TYPE_CHECKING:
    from simulator.runs.store import RunStore

GRID_RUNS = 30
PAGE = 100
NO_DAYS: list[date | datetime | str | None] = []


def page() -> None:
    """Show the page."""
    store = default_store()
    st.title("Runs")
    everything = runs(store)
    going = sum(row.kind is Kind.RUNNING for row in everything)
    tab_title(f"{KIND_LOOKS[Kind.RUNNING].sign} {going} running" if going else "", "Runs")
    keep_fresh(lambda: standing(store), live=going > 0)
    if not everything:
        first_run()
        return
    newest = everything[0]
    st.fragment(run_every=LIVE_SECONDS if newest.kind is Kind.RUNNING else None)(_newest)(store, newest.name)
    chosen = _filtered(store)
    if not chosen:
        st.info("No run matches these filters. Remove one to see more.", icon=":material/filter_alt_off:")
        return
    st.fragment(run_every=PART_SECONDS if going else None)(_list)(store, [row.name for row in chosen])
    _grid(state_grid(store, chosen[:GRID_RUNS]), len(chosen))
    _days(chosen)


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
        related(store, row)
        verdict(store.folder(name))
        if row.kind is Kind.REJECTED:
            rejected_lines(store.folder(name))
        st.page_link(
            "views/run.py",
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
            bind="query-params",
        )
        file = st.text_input("File name contains", key="file", placeholder="all files", width=220, bind="query-params")
        days = st.date_input("Started between", value=NO_DAYS, key="days", width=240, bind="query-params")
    since = days[0] if isinstance(days, tuple) and days else None
    until = days[1] if isinstance(days, tuple) and len(days) > 1 else None
    return runs(store, kinds=kinds, file=file.strip(), since=since, until=until, zone=zone())


def _list(store: RunStore, names: list[str]) -> None:
    by_name = {row.name: row for row in runs(store)}
    chosen = [by_name[name] for name in names if name in by_name]
    st.caption(f"{count(len(chosen), 'run')}. Tick a run to open it (by keyboard: arrow keys, then Shift and Space).")
    offset = page_offset(len(chosen), PAGE, key="page")
    _table(store, chosen[offset : offset + PAGE])


def _table(store: RunStore, chosen: list[RunRow]) -> None:
    table = pd.DataFrame(
        [
            {
                "Status": f"{KIND_LOOKS[row.kind].sign} {row.words}",
                "File": row.file or "–",
                "Started": local(row.started),
                "Took": span(row.seconds),
                "Rows": row.rows,
                "Failed": row.failed,
                "Not done": row.pending,
                "Since then": _since_then(store, row),
                "Redrives": row.redrives,
                "Run": row.name,
            }
            for row in chosen
        ]
    )
    colours = {"Status": [text_colour(KIND_LOOKS[row.kind]) for row in chosen]}
    styled = table.style.apply(lambda column: colours.get(str(column.name), [""] * len(column)), axis=0)
    whole = st.column_config.NumberColumn(format="localized")
    columns = {"Took": whole, "Rows": whole, "Failed": whole, "Not done": whole, "File": {"width": "medium"}}
    opened = opened_row(
        styled, [row.name for row in chosen], key="runs-table", alt="Runs, newest first", columns=columns
    )
    if opened is not None:
        st.switch_page("views/run.py", query_params={"run": opened})


def _since_then(store: RunStore, row: RunRow) -> str:
    repair = repairs(store).of(row.name)
    told = [repair.words] if repair else []
    if row.corrects is not None:
        told.append("corrects an earlier run")
    return ", ".join(told)


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
    days = per_day(chosen, zone())
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

"""One run: how it stands, which rows failed and why, its rows, graph, speed, history, logs and files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from dashboard.address import settle_address
from dashboard.components.choices import one_of, text_of
from dashboard.components.first_run import first_run
from dashboard.components.job_panel import job_panel
from dashboard.components.looks import KIND_LOOKS
from dashboard.components.moments import local, took, zone
from dashboard.components.polling import LIVE_SECONDS, PART_SECONDS, keep_fresh, paced
from dashboard.components.row_detail import row_detail
from dashboard.components.run import run_parts
from dashboard.components.run.aws_run import aws_run
from dashboard.components.run.ended_actions import ended_actions
from dashboard.components.run.rejected_lines import rejected_lines
from dashboard.components.run.related import related
from dashboard.components.run.run_controls import run_controls
from dashboard.components.run.time_left import time_left
from dashboard.components.run.verdict import headline, verdict
from dashboard.components.tab import tab_title
from dashboard.components.tables.picking import HOW, picked_row
from dashboard.jobs import job_state, redrive_of
from dashboard.languages.language import tr
from dashboard.plain_text import plain
from dashboard.queries.records import run_record, run_records, standing
from dashboard.queries.rows.failures import failures
from dashboard.queries.run_list import RunRow, run, runs
from dashboard.store import default_store
from simulator.runs.outcome import Kind
from simulator.runs.waiting import behind
from simulator.runs.words import count

if TYPE_CHECKING:
    from dashboard.jobs import Job
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.store import RunStore

PARTS = {
    "Graph": run_parts.graph,
    "Rows": run_parts.rows,
    "Speed": run_parts.speed,
    "History": run_parts.events,
    "Logs": run_parts.log_lines,
    "Files": run_parts.files,
}
# Every how many seconds a part is drawn while the run goes on: to lay out the graph costs the browser most.
LIVE_PARTS = {"Graph": 10.0, "Speed": PART_SECONDS, "Logs": PART_SECONDS, "History": PART_SECONDS}
OF_ONE_RUN = ("line", "row", "event", "state", "history-page", "rows-page", "logs-page")


def page() -> None:
    """Show the page."""
    st.title(tr("Run"))
    store = default_store()
    rows = runs(store)
    if not rows:
        tab_title("Run")
        keep_fresh(lambda: standing(store))
        first_run()
        return
    row = _chosen(rows)
    look = KIND_LOOKS[row.kind]
    tab_title(f"{look.sign} {tr(row.words)}", row.file)
    folder = store.folder(row.name)
    redrive = redrive_of(store, row.name, row.stopped.timestamp() if row.stopped else 0.0)
    live = row.kind is Kind.RUNNING
    keep_fresh(lambda: (standing(store), _going_on(store, redrive)), live=live or redrive is not None)
    if redrive is not None and not live:
        job_panel(store, redrive)
    if live or not _going_on(store, redrive):  # else the run still says how it ended before
        st.fragment(run_every=LIVE_SECONDS if live else None)(_state)(store, folder)
    if run_record(folder).on_aws:
        aws_run(run_record(folder))
    elif live:
        run_controls(folder)
    if not live and not _going_on(store, redrive):
        ended_actions(store, folder, row)
    if row.kind is Kind.REJECTED:
        rejected_lines(folder)
    elif row.failed or live:
        st.fragment(run_every=PART_SECONDS if live else None)(_failed_rows)(folder, live)
    st.divider()
    text_of(
        "Find a row or a user, also those that succeeded",
        key="find",
        placeholder="line number, user ID or error",
        clears=["rows-page"],
        opens={"part": "Rows"},
        width=420,
    )
    # a segmented control writes in the colour of the buttons, which is too dark on the dark page
    part = one_of("Part", list(PARTS), key="part", radio=True, horizontal=True, label_visibility="collapsed")
    st.fragment(run_every=LIVE_PARTS.get(part) if live else None)(PARTS[part])(folder, live)


def _chosen(rows: list[RunRow]) -> RunRow:
    """The run that the address names, or the newest, which the address then names; choosing another changes it."""
    names = [row.name for row in rows]
    by_name = {row.name: row for row in rows}
    asked = st.query_params.get("run")
    if asked is not None and asked not in by_name:
        st.warning(tr(f"There is no run {plain(asked)} (any more). This is the newest one."))
        asked = None
    current = asked or names[0]
    here = zone()
    shown = {row.name: f"{local(row.started, here)} · {row.file or '–'} · {tr(row.words)}" for row in rows}
    # Another widget as soon as the address names another run, by Back too, or a run is shown in other words: the
    # browser keeps the words of the option, and the old ones would come back as an option that there is not.
    widget = f"run {current} {hash(tuple(shown.values()))}"
    st.selectbox(
        tr("Run"),
        names,
        index=names.index(current),
        format_func=shown.__getitem__,
        key=widget,
        on_change=_picked,
        args=(widget,),
    )
    if asked is None:
        settle_address(run=current, **dict.fromkeys(OF_ONE_RUN))
    return by_name[current]


def _picked(widget: str) -> None:
    kept = {name: st.query_params.get_all(name) for name in st.query_params if name not in OF_ONE_RUN}
    st.query_params.from_dict({**kept, "run": [st.session_state[widget]]})


def _going_on(store: RunStore, redrive: Job | None) -> bool:
    return redrive is not None and job_state(store, redrive).running


def _state(store: RunStore, folder: RunFolder) -> None:
    row = run(folder)
    if row is None:
        st.warning(tr("The run's folder has gone."))
        return
    live = row.kind is Kind.RUNNING
    headline(row)
    if row.waits:
        where = behind(run_record(folder), run_records(store))
        st.info(tr("It waits for its turn {where}.", where=tr(where)) if where else tr("It waits for its turn."))
    if row.rows:
        cells = {
            "Rows": f"{row.rows:,}",
            "Succeeded": f"{row.succeeded:,}",
            "Failed": f"{row.failed:,}",
            "Pending" if live else "Not done": f"{row.pending:,}",
            "Took": took(row.seconds),
        }
        if live:
            cells["Left"] = time_left(row)
        with st.container(horizontal=True):
            for name, value in cells.items():
                st.metric(tr(name), value, width="content", border=True)
        note = f", {row.superseded:,} superseded by a newer file" if row.superseded else ""
        st.progress(row.done_share, text=tr(f"{row.done_share:.0%} of the rows done{note}"))
    related(store, row)
    verdict(folder)


def _failed_rows(folder: RunFolder, live: bool) -> None:  # noqa: FBT001 - a fragment's arguments
    found = paced(f"failed {folder.name}", lambda: failures([folder]), live=live)
    st.subheader(tr("The rows that failed"))
    if not found:
        st.caption(tr("No row has failed so far." if live else "They are no longer in items.jsonl."))
        return
    st.caption(tr(f"{count(len(found), 'row')}. {HOW}"))
    table = pd.DataFrame(
        [
            {"Line": one.line, "User": one.user, "Error": one.error, "Why": one.cause, "Attempts": one.attempts}
            for one in found
        ]
    )
    widths = {"Line": st.column_config.NumberColumn(width=70), "Attempts": st.column_config.NumberColumn(width=80)}
    by_place = {str(one.line) if one.line is not None else f"index {one.index}": one for one in found}
    chosen = picked_row(
        table,
        list(by_place),
        key=f"failed-{folder.name}",
        alt="The rows that failed",
        parameter="line",
        columns=widths,
    )
    if chosen in by_place:
        row_detail(folder, index=by_place[chosen].index)
    elif chosen is not None and chosen.isdecimal():
        row_detail(folder, line=int(chosen))


page()

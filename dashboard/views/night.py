"""The night: what ran, what needs a person, whether it gets worse, and all the runs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import streamlit as st

from dashboard.components.choices import some_of, text_of
from dashboard.components.first_run import first_run
from dashboard.components.looks import KIND_LOOKS
from dashboard.components.moments import ZONE, zone
from dashboard.components.night.attention_list import attention_list
from dashboard.components.night.interval_picker import SINCE, WORDS, chosen_span, interval_picker
from dashboard.components.night.run_grid import run_grid
from dashboard.components.night.run_table import run_table
from dashboard.components.night.trend_charts import compared_weeks, trend_charts
from dashboard.components.polling import LIST_SECONDS, LIVE_SECONDS, keep_fresh
from dashboard.components.run.verdict import headline
from dashboard.components.same_page import same_page
from dashboard.components.tab import tab_title
from dashboard.components.tables.paging import page_offset
from dashboard.languages.language import tr
from dashboard.queries.night.attention import needing_attention
from dashboard.queries.night.intervals import EVENING, Interval, Since, morning_of
from dashboard.queries.night.nights import nights
from dashboard.queries.records import standing
from dashboard.queries.run_list import RunRow, run, runs
from dashboard.queries.states.state_grid import state_grid
from dashboard.store import default_store
from simulator.runs.folder.times import parsed_moment
from simulator.runs.outcome import Kind
from simulator.runs.words import count

if TYPE_CHECKING:
    from dashboard.queries.night.nights import Night
    from simulator.runs.folder.run_record import RunRecord
    from simulator.runs.store import RunStore

GRID_RUNS = 30
PAGE = 100
MOST_LIVE = 5
TREND_NIGHTS = 30


def page() -> None:
    """Show the page."""
    store = default_store()
    everything = runs(store)
    going = [row for row in everything if row.kind is Kind.RUNNING]
    st.title(tr("Night"))
    keep_fresh(lambda: standing(store), live=bool(going))
    if not everything:
        tab_title("Night")
        first_run()
        return
    span = interval_picker()
    needing = needing_attention(store, zone())
    here = [record for record in needing if span.holds(parsed_moment(record.started))]
    _name_tab(len(going), len(here))
    rows = [row for row in everything if span.holds(row.started)]
    history = nights(everything, datetime.now(zone()), zone())
    _counts(rows, _within(history, span), history)
    _running(store, going)
    _attention(store, here, len(needing) - len(here))
    _trends(history, span)
    _runs(store, rows)


def _name_tab(going: int, needing: int) -> None:
    told = [f"{KIND_LOOKS[Kind.RUNNING].sign} {going} running"] if going else []
    told.append(f"! {needing} to look at" if needing else "✓ nothing to do")
    tab_title(", ".join(told), "Night")


def _within(history: list[Night], span: Interval) -> list[Night]:
    """The nights of which at least a part is in the interval."""
    here = zone()
    first = morning_of(span.since, here) if span.since else None
    last = morning_of(span.until - timedelta(microseconds=1), here) if span.until else None
    return [one for one in history if (not first or one.morning >= first) and (not last or one.morning <= last)]


def _counts(rows: list[RunRow], within: list[Night], history: list[Night]) -> None:
    ended = [row for row in rows if row.kind is not Kind.RUNNING]
    rejected = sum(row.kind is Kind.REJECTED for row in ended)
    good = sum(row.status == "SUCCEEDED" for row in ended)
    bad = [night.rows_failed for night in history[-TREND_NIGHTS:]]
    cells = {
        "Files": len(rows),
        "Running": len(rows) - len(ended),
        "Succeeded": good,
        "Failed": len(ended) - good - rejected,
        "Rejected": rejected,
        "Bad rows": sum(row.failed for row in rows),
        "Nights without a file": sum(not night.runs for night in within),
    }
    with st.container(horizontal=True, gap="xsmall"):  # all in one line of 1,280 pixels
        for name, value in cells.items():
            if value or name != "Running":
                chart = bad if name == "Bad rows" and len(bad) > 1 else None
                told = tr(f"Bad rows of each of the last {len(bad)} nights") if chart else None
                st.metric(
                    tr(name),
                    f"{value:,}",
                    border=True,
                    width=150,
                    height="stretch",
                    chart_data=chart,
                    chart_type="bar",
                    help=told,
                )
    if not rows:
        st.warning(tr(f"No file has come. {WORDS[chosen_span()]} nothing ran."), icon=":material/bedtime:")


def _running(store: RunStore, going: list[RunRow]) -> None:
    if going:
        st.subheader(tr("Running now"))
        st.fragment(run_every=LIVE_SECONDS)(_live)(store, [row.name for row in going[:MOST_LIVE]])
        if len(going) > MOST_LIVE:
            st.caption(tr(f"And {len(going) - MOST_LIVE:,} more."))


def _live(store: RunStore, names: list[str]) -> None:
    for name in names:
        row = run(store.folder(name))
        if row is None:
            continue
        headline(row)
        if row.rows:
            st.progress(
                row.done_share,
                text=tr(
                    f"{row.succeeded:,} of {row.rows:,} rows succeeded, {row.failed:,} failed, {row.pending:,} to do"
                ),
            )
        st.page_link(
            "views/run.py", label=tr("Open this run"), query_params={"run": name}, icon=":material/open_in_new:"
        )


def _attention(store: RunStore, needing: list[RunRecord], others: int) -> None:
    st.subheader(tr("Needs attention"))
    if needing:
        attention_list(store, needing)
    else:
        st.success(tr("Nothing in this span needs you."), icon=":material/check_circle:")
    asked = {name: st.query_params.get_all(name) for name in (SINCE, "days", ZONE) if name in st.query_params}
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link(
            "views/errors.py",
            label=tr("Every row that failed in this span, and why"),
            query_params=asked or {SINCE: [str(Since.YESTERDAY)]},
            icon=":material/error:",
            width="content",
        )
        if others:
            need = "needs" if others == 1 else "need"
            same_page(
                f"{count(others, 'run')} outside this span {need} attention too",
                icon=":material/history:",
                **{SINCE: str(Since.ALL)},
            )


def _trends(history: list[Night], span: Interval) -> None:
    st.subheader(tr("Is it getting worse?"))
    within = _within(history, Interval(until=span.until))
    shown = within[-max(TREND_NIGHTS, len(_within(history, span))) :]
    if not shown:
        st.caption(tr("There is no night to show."))
        return
    compared_weeks(shown)
    trend_charts(shown)
    st.caption(
        tr(
            f"A night lasts from {EVENING:%H:%M} to {EVENING:%H:%M} and is named by its morning. "
            "Grey: a night without a file."
        )
    )


def _runs(store: RunStore, rows: list[RunRow]) -> None:
    st.subheader(tr("Runs"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kinds = some_of(
            "Status",
            list(Kind),
            key="status",
            shown=lambda kind: KIND_LOOKS[Kind(kind)].words,
            clears=["page"],
            placeholder=tr("all"),
            width=280,
        )
        file = text_of("File name contains", key="file", placeholder="all files", clears=["page"], width=220)
    wanted = file.casefold()
    chosen = [row for row in rows if (not kinds or row.kind in kinds) and wanted in row.file.casefold()]
    if not chosen:
        filtered = "No run matches these filters. Remove one to see more."
        st.info(tr(filtered if kinds or wanted else "No run in this span."), icon=":material/filter_alt_off:")
        return
    going = any(row.kind is Kind.RUNNING for row in chosen)
    st.fragment(run_every=LIST_SECONDS if going else None)(_list)(store, [row.name for row in chosen])
    st.subheader(tr("Runs × workflow states"))
    newest = f"The newest {GRID_RUNS} of {len(chosen):,} runs. " if len(chosen) > GRID_RUNS else ""
    st.caption(tr(f"{newest}Click a run to open it."))
    run_grid(state_grid(store, chosen[:GRID_RUNS]))


def _list(store: RunStore, names: list[str]) -> None:
    by_name = {row.name: row for row in runs(store)}
    chosen = [by_name[name] for name in names if name in by_name]
    st.caption(
        tr(f"{count(len(chosen), 'run')}. Tick a run to open it (by keyboard: arrow keys, then Shift and Space).")
    )
    offset = page_offset(len(chosen), PAGE, key="page")
    run_table(store, chosen[offset : offset + PAGE])


page()

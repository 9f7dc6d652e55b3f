"""The parts of a run's page: graph, rows, speed, history, logs, files."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from dashboard.components import charts
from dashboard.components.choices import number_of, one_of, text_of, ticked
from dashboard.components.moments import span, when, zone
from dashboard.components.polling import paced, steady
from dashboard.components.row_detail import row_detail
from dashboard.components.run.dot import dot, facts
from dashboard.components.run.state_detail import state_detail
from dashboard.components.tables.paging import page_offset
from dashboard.components.tables.picking import HOW, picked_row
from dashboard.components.tables.plain_table import show_table
from dashboard.languages.language import tr
from dashboard.plain_text import plain
from dashboard.queries.downloads import downloads
from dashboard.queries.history import history
from dashboard.queries.logs import LogPage, logs, newest_logs
from dashboard.queries.rows.item_list import STATUSES, items
from dashboard.queries.states.graph import run_graph
from dashboard.queries.trends import throughput
from dashboard.queries.workers.worker_times import worker_times
from simulator.runs.folder.json_lines import encode
from simulator.runs.words import count

if TYPE_CHECKING:
    from dashboard.queries.downloads import Download
    from dashboard.queries.states.graph import RunGraph
    from simulator.runs.folder.run_folder import RunFolder

PAGE = 100
MOST_PAGES = 10**9
GRAPH_SECONDS = 60.0
"""How old the numbers in a graph may be while its colours stay: to lay it out takes the browser half a second."""
NO_ROW_YET = "No row has ended yet."
_GRAPH_STYLE = "<style>.st-key-graph { overflow-x: auto } .st-key-graph svg { min-width: 720px }</style>"
"""On a phone the graph is moved sideways: made as narrow as the screen, nobody could read it."""
KIBIBYTE = 1024


def graph(folder: RunFolder, live: bool) -> None:  # noqa: FBT001 - a fragment's arguments
    """Show the workflow, each state coloured by what happened."""
    found = paced(f"graph {folder.name}", lambda: run_graph(folder), live=live)
    if live:
        found = steady(f"graph {folder.name}", found, _statuses(found), seconds=GRAPH_SECONDS)
    if not found.nodes:
        st.info(tr("The run's workflow (definition.json) has not been written or cannot be read."))
        return
    st.caption(tr("Green passed, amber failed and caught, red failed, blue running, orange stopped, grey not reached."))
    st.html(_GRAPH_STYLE)
    with st.container(key="graph"):
        st.graphviz_chart(
            dot(found, dark=st.context.theme.type == "dark"),
            width="stretch",
            alt=tr("The workflow; the table below says the same"),
        )
    st.caption(tr("Tick a state for its input, output and definition (by keyboard: arrow keys, then Shift and Space)."))
    chosen = picked_row(
        pd.DataFrame(
            [
                {"State": node.box.name, "Type": node.box.type, "Result": facts(node), "In": node.box.inside or ""}
                for node in found.nodes
            ]
        ),
        [node.box.name for node in found.nodes],
        key=f"states-{folder.name}",
        alt="The states of the workflow",
        parameter="state",
    )
    if chosen is not None:
        state_detail(folder, chosen)


def _statuses(found: RunGraph) -> object:
    return [node.status for node in found.nodes], found.passed


def rows(folder: RunFolder, live: bool) -> None:  # noqa: FBT001 - a fragment's arguments
    """Show every row that has been processed, filtered, a page at a time, and everything about one."""
    search = st.query_params.get("find", "").strip()  # of the field above the parts
    with st.container(horizontal=True, vertical_alignment="bottom"):
        status = one_of(
            "Rows that",
            ["", *STATUSES],
            key="row-status",
            shown=lambda one: one or "ended in any way",
            clears=["rows-page"],
            width=200,
        )
    total = items(folder, status=status, search=search, limit=0).total
    if not total:
        st.info(tr("No row matches." if search or status else NO_ROW_YET if live else "No row was run."))
        return
    offset = page_offset(total, PAGE, key="rows-page")
    found = items(folder, status=status, search=search, offset=offset, limit=PAGE).items
    st.caption(tr(f"{count(total, 'row')}. {HOW}"))
    chosen = picked_row(
        pd.DataFrame(
            [
                {
                    "Line": one["line"],
                    "User": one["user"],
                    "Status": tr(one["status"]),
                    "Attempts": one["attempts"],
                    "Took": span(one["seconds"]),
                    "Error": one["error"],
                    "Redrive": one["redrive"] or None,
                }
                for one in found
            ]
        ).astype({"Line": "Int64", "Attempts": "Int64", "Redrive": "Int64"}),
        [str(one["index"]) for one in found],
        key=f"rows-{folder.name}",
        alt="All rows of the run",
        parameter="row",
        height=420,
        columns={"Took": st.column_config.NumberColumn(format="localized")},
    )
    if chosen is not None and chosen.isdecimal():
        row_detail(folder, index=int(chosen))


def speed(folder: RunFolder, live: bool) -> None:  # noqa: FBT001 - a fragment's arguments
    """Show throughput over time, and what the workers did when."""
    flow, found = paced(f"speed {folder.name}", lambda: (throughput(folder), worker_times(folder)), live=live)
    if not flow.points:
        st.info(tr(NO_ROW_YET if live else "No row was run."))
        return
    here = zone()
    st.markdown(tr("**Rows per second**"))
    points = pd.DataFrame(flow.points).assign(time=lambda frame: frame["time"].dt.tz_convert(here))
    charts.throughput(points, flow.seconds)
    st.markdown(tr("**The workers**"))
    if found.spans:
        st.caption(
            tr("The rows of each worker over time, with the waits before retries. Drag to move, scroll to zoom.")
        )
        charts.worker_spans(found.spans, here)
    else:
        st.caption(
            tr(f"Too many rows to draw each of them: the chart sums up each worker's time per {found.seconds:g} s.")
        )
        charts.worker_shares(found.shares, here)


def events(folder: RunFolder, live: bool) -> None:  # noqa: FBT001 - a fragment's arguments
    """Show the history, a page at a time, and one event's details."""
    kind = text_of(
        "Events with this in their type or state",
        key="events",
        placeholder="all events",
        clears=["history-page"],
        width=280,
    )
    total = history(folder, search=kind, limit=0).total
    if not total:
        nothing = "The run has written no history yet." if live else "No history was kept."
        st.info(tr("No event matches." if kind else nothing))
        return
    offset = page_offset(total, PAGE, key="history-page")
    found = history(folder, search=kind, offset=offset, limit=PAGE).events
    table = pd.DataFrame(
        [{"Id": one.id, "Time": when(one.time), "Type": one.type, "State": one.state} for one in found]
    )
    st.caption(tr(f"{count(total, 'event')}. {HOW}"))
    by_id = {str(one.id): one for one in found}
    chosen = picked_row(
        table,
        [str(one.id) for one in found],
        key=f"events-{folder.name}",
        alt="The history of the run",
        parameter="event",
        height=420,
    )
    one = by_id.get(chosen or "")
    if one is not None:
        st.markdown(f"**{plain(one.type)}** {plain(one.state)}")
        st.json(one.details)


def log_lines(folder: RunFolder, live: bool) -> None:  # noqa: FBT001 - a fragment's arguments
    """Show what the functions logged, filtered, a page at a time."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search = text_of(
            "Logs with this text", key="log-search", placeholder="user, request id, error …", clears=["logs-page"]
        )
        level = _choice("Level", ["", "ERROR", "WARNING", "INFO"], "log-level")
        kind = _choice("Kind", ["", "log", "platform", "metrics"], "log-kind")
        follow = ticked("Follow: the newest lines", key="log-follow")
        number = 1
        if not follow:
            number = number_of("Page of logs", MOST_PAGES, key="logs-page", default=1, width=160) or 1
    if follow:
        newest = newest_logs(folder, kind=kind, level=level, search=search, limit=PAGE)
        page = LogPage(lines=newest[::-1], more=False, total=None)
    else:
        page = logs(folder, kind=kind, level=level, search=search, offset=(number - 1) * PAGE, limit=PAGE)
    if not page.lines:
        nothing = "Nothing has been logged yet." if live else "The run has no log line."
        st.info(tr("No log line matches." if search or level or kind or number > 1 else nothing))
        return
    show_table(
        pd.DataFrame(
            [
                {
                    "Time": when(line.time),
                    "Level": line.level,
                    "Function": line.function,
                    "Message": line.text,
                    "All of it": encode(line.fields).decode(errors="replace"),
                }
                for line in page.lines
            ]
        ),
        alt="Log lines",
    )
    if follow:
        st.caption(tr(f"The newest {len(page.lines):,} lines, the newest first."))
    else:
        st.caption(tr(f"Page {number:,}; {'there are more lines' if page.more else 'this is the last one'}."))


def _choice(label: str, options: list[str], key: str) -> str:
    return one_of(label, options, key=key, shown=lambda one: one or "all", clears=["logs-page"], width=140)


def files(folder: RunFolder, live: bool) -> None:  # noqa: FBT001 - a fragment's arguments
    """Offer the run's files to download."""
    found = downloads(folder)
    if not found:
        st.info(tr("The run has no file yet." if live else "The run has no file."))
    for number, one in enumerate(found):
        size = tr(f"{one.size / KIBIBYTE:,.1f} KiB" if one.size >= KIBIBYTE else f"{one.size} bytes")
        st.download_button(
            f"{plain(tr(one.title))} ({size})",
            data=partial(_bytes, one),
            file_name=one.file_name,
            mime=one.mime,
            icon=":material/download:",
            key=f"file-{folder.name}-{number}",
            on_click="ignore",
        )
    st.caption(tr("The run's folder"))
    st.code(str(folder.path), language=None, wrap_lines=True)


def _bytes(download: Download) -> bytes:
    return download.read() or b""

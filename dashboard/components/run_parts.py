"""The parts of a run's page: graph, speed, history, logs, files."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from dashboard.components import charts
from dashboard.components.dot import dot, facts
from dashboard.components.moments import browser_zone, local
from dashboard.components.picking import picked_row
from dashboard.plain_text import plain
from dashboard.queries.downloads import downloads
from dashboard.queries.graph import run_graph
from dashboard.queries.history import history
from dashboard.queries.logs import logs
from dashboard.queries.trends import throughput
from dashboard.queries.worker_times import worker_times
from simulator.runs.folder.json_lines import encode

if TYPE_CHECKING:
    from dashboard.queries.downloads import Download
    from simulator.runs.folder.run_folder import RunFolder

PAGE = 100
KIBIBYTE = 1024


def graph(folder: RunFolder) -> None:
    """Show the workflow, each state coloured by what happened."""
    found = run_graph(folder)
    if not found.nodes:
        st.info("The run's workflow (definition.json) has not been written or cannot be read.")
        return
    st.caption("Green passed, amber error caught, red failed, blue running, purple stopped, grey not reached.")
    st.graphviz_chart(dot(found), width="stretch")
    with st.expander("The same as a table"):
        st.dataframe(
            pd.DataFrame(
                [
                    {
                        "State": node.box.name,
                        "Type": node.box.type,
                        "Result": facts(node),
                        "In": node.box.inside or "",
                    }
                    for node in found.nodes
                ]
            ),
            hide_index=True,
        )


def speed(folder: RunFolder) -> None:
    """Show throughput over time, and what the workers did when."""
    flow = throughput(folder)
    if not flow.points:
        st.info("No row has ended yet.")
        return
    zone = browser_zone()
    st.markdown("**Rows per second**")
    charts.throughput(pd.DataFrame(flow.points).assign(time=lambda frame: frame["time"].dt.tz_convert(zone)))
    found = worker_times(folder)
    st.markdown("**The workers**")
    if found.spans:
        st.caption("The rows of each worker over time, with the waits before retries. Drag to move, scroll to zoom.")
        charts.worker_spans(found.spans, zone)
    else:
        st.caption(f"Too many rows to draw each of them: the chart sums up each worker's time per {found.seconds:g} s.")
        charts.worker_shares(found.shares, zone)


def events(folder: RunFolder) -> None:
    """Show the history, a page at a time, and one event's details."""
    total = history(folder, limit=0).total
    offset = _offset("history", total)
    page = history(folder, offset=offset, limit=PAGE)
    if not page.events:
        st.info("The run has written no history yet.")
        return
    table = pd.DataFrame(
        [{"Id": one.id, "Time": local(one.time), "Type": one.type, "State": one.state} for one in page.events]
    )
    st.caption(f"{total:,} events. Click one to see what it says.")
    chosen = picked_row(table, key=f"events-{folder.name}-{offset}", height=420)
    if chosen is not None:
        one = page.events[chosen]
        st.markdown(f"**{plain(one.type)}** {plain(one.state)}")
        st.json(one.details)


def log_lines(folder: RunFolder) -> None:
    """Show what the functions logged, filtered, a page at a time."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search = st.text_input("Logs with this text", key="log-search", placeholder="user, request id, error …")
        level = st.selectbox("Level", ["", "ERROR", "WARNING", "INFO"], format_func=lambda one: one or "all", width=140)
        kind = st.selectbox("Kind", ["", "log", "platform", "metrics"], format_func=lambda one: one or "all", width=140)
    number = int(st.session_state.get(f"logs-page-{folder.name}", 1))
    page = logs(folder, kind=kind, level=level, search=search, offset=(number - 1) * PAGE, limit=PAGE)
    if not page.lines:
        st.info("No log line matches." if search or level or kind or number > 1 else "Nothing has been logged yet.")
    else:
        st.dataframe(
            pd.DataFrame(
                [
                    {"Time": local(line.time), "Level": line.level, "Function": line.function, "Message": line.text}
                    | {"All of it": encode(line.fields).decode(errors="replace")}
                    for line in page.lines
                ]
            ),
            hide_index=True,
        )
    if page.more or number > 1:
        st.number_input("Page of logs", min_value=1, step=1, key=f"logs-page-{folder.name}", width=160)


def files(folder: RunFolder) -> None:
    """Offer the run's files to download."""
    found = downloads(folder)
    if not found:
        st.info("The run has no file yet.")
    for number, one in enumerate(found):
        size = f"{one.size / KIBIBYTE:,.1f} KiB" if one.size >= KIBIBYTE else f"{one.size} bytes"
        st.download_button(
            f"{plain(one.title)} ({size})",
            data=partial(_bytes, one),
            file_name=one.file_name,
            mime=one.mime,
            icon=":material/download:",
            key=f"file-{folder.name}-{number}",
            on_click="ignore",
        )
    st.caption("The run's folder")
    st.code(str(folder.path), language=None, wrap_lines=True)


def _bytes(download: Download) -> bytes:
    return download.read() or b""


def _offset(what: str, total: int) -> int:
    pages = max((total + PAGE - 1) // PAGE, 1)
    if pages == 1:
        return 0
    number = st.number_input(f"Page of the {what} (1 to {pages:,})", 1, pages, 1, key=f"{what}-page", width=220)
    return (int(number) - 1) * PAGE

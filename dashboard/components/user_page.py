"""One user: name, e-mail, totals, and what changed, newest first, by which file and line, or why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from dashboard.components import charts
from dashboard.components.moments import local, when, zone
from dashboard.components.opening import open_page
from dashboard.components.tables.paging import page_offset
from dashboard.components.tables.picking import opened_row
from dashboard.languages.language import tr
from dashboard.plain_text import plain
from dashboard.queries.users import user_history
from lambdas.shared.audit_key import ROW_FAILED
from lambdas.shared.columns import TOTALS

if TYPE_CHECKING:
    from dashboard.queries.users import Change, UserStatistics
    from simulator.runs.store import RunStore

PAGE = 200
TYPES = {**{column.audit_type: column.title for column in TOTALS}, ROW_FAILED: "Row failed"}
STATUS = {"success": "changed", "superseded": "kept: a newer file was there", "failed": "the row failed"}


def user_page(store: RunStore, user: str, known: UserStatistics | None) -> None:
    """Show a user.

    Args:
        store: the runs, whose audit items tell the history.
        user: the user's ID.
        known: what the database says of the user; None if it says nothing.
    """
    st.header(plain(user, 80))
    if known is not None:
        st.markdown(f"**{plain(known.username, 200)}** · {plain(known.email, 200)}")
        with st.container(horizontal=True):
            for column, total in zip(TOTALS, known.totals, strict=True):
                st.metric(tr(column.title), "–" if total is None else f"{total:,}", border=True, width=160)
        st.caption(
            tr(f"As of {local(known.last_updated)}." if known.last_updated else "No file has set these totals yet.")
        )
    changes = user_history(store.folders(), user)
    st.subheader(tr("What happened"))
    if not changes:
        st.info(tr("No row about this user is in the kept runs."))
        return
    failed = [change for change in changes if change.status == "failed"]
    if failed:
        number = len(failed)
        told = "1 row about this user failed." if number == 1 else f"{number:,} rows about this user failed."
        st.warning(tr(f"{told} The reasons are in the column Why not."), icon=":material/warning:")
        last = failed[-1]
        place = f"{plain(last.file, 120)}, line {last.line:,}" if last.line is not None else plain(last.file, 120)
        st.markdown(tr(f"**The last one:** {place}, {local(last.time)}. {plain(_why_not(last), 300)}"))
    _history(user, changes[::-1])
    _chart(changes)


def _history(user: str, changes: list[Change]) -> None:
    """The changes, newest first."""
    st.caption(tr("Newest first. Tick a line to open its row (by keyboard: arrow keys, then Shift and Space)."))
    offset = page_offset(len(changes), PAGE, key="page")
    shown = changes[offset : offset + PAGE]
    table = pd.DataFrame(
        [
            {
                "Time": when(one.time),
                "What": tr(TYPES.get(one.type, one.type)),
                "From": one.old,
                "To": one.new,
                "File": one.file,
                "Line": one.line,
                "Outcome": tr(STATUS.get(one.status, one.status)),
                "Why not": _why_not(one),
                "Run": one.run,
            }
            for one in shown
        ]
    ).astype({"From": "Int64", "To": "Int64", "Line": "Int64"})
    last = len(changes) - offset  # newest first: a line keeps its number, counted from the oldest
    rows = [f"{last - number} {one.run}" for number, one in enumerate(shown)]
    opened = opened_row(table, rows, key=f"history-{user}", alt="What happened, newest first", height=460)
    if opened is not None:
        change = shown[rows.index(opened)]
        line = {} if change.line is None else {"line": str(change.line)}
        open_page("views/run.py", run=change.run, **line)


def _why_not(change: Change) -> str:
    return ": ".join(part for part in (change.error, change.cause) if part)


def _chart(changes: list[Change]) -> None:
    here = zone()
    points = [
        {
            "time": one.time.astimezone(here),
            "total": one.new,
            "old": one.old,
            "what": tr(TYPES[one.type]),
            "run": one.run,
        }
        for one in changes
        if one.new is not None and one.time is not None and one.type in TYPES and one.status == "success"
    ]
    if points:
        charts.user_history(pd.DataFrame(points))

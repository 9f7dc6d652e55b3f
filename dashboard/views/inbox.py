"""The failure inbox: failed rows of all runs that wait for somebody, in groups; and what became of the others."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from dashboard.components.choices import one_of, some_of, text_of
from dashboard.components.inbox.inbox_actions import inbox_actions
from dashboard.components.inbox.row_editor import row_editor
from dashboard.components.moments import local
from dashboard.components.polling import keep_fresh
from dashboard.components.tab import tab_title
from dashboard.components.tables.paging import page_offset
from dashboard.components.tables.picking import HOW, picked_row
from dashboard.languages.language import counted, tr
from dashboard.plain_text import plain
from dashboard.queries.rows.inbox_rows import accepted_rows, failure_inbox, inbox_look
from dashboard.store import default_store
from lambdas.user_log_reporter.codes import CODES
from simulator.runs.failure_inbox.failed_row import FailedRow, State

if TYPE_CHECKING:
    from simulator.runs.failure_inbox.failure_inbox import FailureInbox

PAGE = 200
PAGES = ("rows-page",)  # parameters of the address
STATES = (State.OPEN, State.SENT, State.ACCEPTED, State.CORRECTED, State.OVERTAKEN, State.REDRIVEN)
MEANINGS = {
    State.OPEN: "waits for somebody",
    State.SENT: "sent again, goes on there",
    State.ACCEPTED: "accepted by a person",
    State.CORRECTED: "sent again, and succeeded",
    State.OVERTAKEN: "a newer file had its user",
    State.REDRIVEN: "succeeded in a redrive",
}


def page() -> None:
    """Show the page."""
    st.title(tr("Inbox"))
    store = default_store()
    keep_fresh(lambda: inbox_look(store))
    try:
        inbox, damaged = failure_inbox(store)
    except OSError as error:
        st.error(plain(error, 800), icon=":material/error:")
        return
    if damaged:
        st.warning(
            counted(
                len(damaged),
                "{n} line of {file} cannot be read; rows that it accepted are open again.",
                "{n} lines of {file} cannot be read; rows that they accepted are open again.",
                file=plain(accepted_rows().path.name),
            ),
            icon=":material/warning:",
        )
    _headline(inbox)
    state, rows = _filtered(inbox)
    if state is not State.OPEN:
        _settled(rows)
        return
    groups: dict[str, list[FailedRow]] = {}
    for row in rows:
        groups.setdefault(_name(row), []).append(row)
    if not groups:
        if inbox.open:
            st.info(tr("No open row is like that."))
        return
    st.caption(tr(HOW))
    chosen = picked_row(
        _group_table(groups),
        list(groups),
        key="groups",
        alt="Groups of open rows, the oldest first",
        parameter="group",
        clears=("rows-page",),
        height=300,
    )
    if chosen is not None and chosen in groups:
        rows = groups[chosen]
        st.subheader(plain(rows[0].code.name))
        st.markdown(tr(rows[0].code.meaning))
    offset = page_offset(len(rows), PAGE, key="rows-page")
    inbox_actions(store, row_editor(store, rows[offset : offset + PAGE]))


def _headline(inbox: FailureInbox) -> None:
    number = len(inbox.open)
    if not inbox.rows:
        tab_title("✓ none", "Inbox")
        st.success(tr("No row has failed."), icon=":material/check_circle:")
    elif not number:
        tab_title("✓ none", "Inbox")
        st.success(tr("Nothing is open: every failed row is settled."), icon=":material/check_circle:")
    else:
        tab_title(f"{number:,} open", "Inbox")
        oldest = plain(local(inbox.open[0].time))
        st.markdown(
            counted(
                number,
                "**{n} row** waits for somebody, since {when}.",
                "**{n} rows** wait for somebody, the oldest since {when}.",
                when=oldest,
            )
        )
    states = Counter(row.state for row in inbox.rows)
    told = [f"{tr(str(state))}: {states[state]:,}" for state in STATES if states[state]]
    if told:
        st.caption(plain(" · ".join(told)))
    if inbox.going_on:
        st.caption(
            counted(
                len(inbox.going_on),
                "{n} run goes on: its failed rows come when it has ended.",
                "{n} runs go on: their failed rows come when they have ended.",
            )
        )


def _filtered(inbox: FailureInbox) -> tuple[State, list[FailedRow]]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        state = one_of(
            "Since then",
            [str(one) for one in STATES],
            key="state",
            shown=lambda one: MEANINGS[State(one)],
            clears=PAGES,
            width=240,
        )
        names = [code.name for code in CODES]
        codes = some_of("Code", names, key="code", clears=PAGES, width=240, placeholder=tr("all codes"))
        file = text_of("File name contains", key="file", placeholder="all files", clears=PAGES, width=200)
        user = text_of("User", key="user", placeholder="all users", clears=PAGES, width=160)
    wanted = file.casefold()
    return State(state), [
        row
        for row in inbox.rows
        if row.state == state
        and (not codes or row.code.name in codes)
        and wanted in row.file.casefold()
        and (not user or row.user == user)
    ]


def _settled(rows: list[FailedRow]) -> None:
    if not rows:
        st.info(tr("No row is like that."))
        return
    st.caption(tr(HOW))
    offset = page_offset(len(rows), PAGE, key="rows-page")
    shown = {row.name: row for row in rows[offset : offset + PAGE]}
    table = pd.DataFrame(
        [
            {
                "User": row.user,
                "Line": row.line,
                "File": row.file,
                "Uploaded": local(row.time),
                "Code": row.code.name,
                "Why": row.cause,
                "Reason": row.acceptance.reason if row.acceptance else "",
                "Accepted by": row.acceptance.by if row.acceptance else "",
                "Settled in": row.by.run if row.by else "",
            }
            for row in shown.values()
        ]
    )
    chosen = picked_row(table, list(shown), key="settled", alt="Settled rows", parameter="row", height=480)
    row = shown.get(chosen or "")
    if row is None:
        return
    with st.container(horizontal=True):
        st.page_link(
            "views/run.py",
            label=tr("The run in which it failed"),
            query_params={"run": row.run, "line": str(row.line)},
            icon=":material/open_in_new:",
        )
        if row.by is not None and row.by.run != row.run:
            line = {} if row.by.line is None else {"line": str(row.by.line)}
            st.page_link(
                "views/run.py",
                label=tr("The run that settled it"),
                query_params={"run": row.by.run, **line},
                icon=":material/open_in_new:",
            )


def _name(row: FailedRow) -> str:
    """Return a name of the row's group for the address."""
    return hashlib.sha256(repr(row.group).encode(errors="replace")).hexdigest()[:12]


def _group_table(groups: dict[str, list[FailedRow]]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "Code": rows[0].code.name,
                "Rows": len(rows),
                "As it is": tr("may succeed" if rows[0].code.retryable else "fails again"),
                "Cause": rows[0].cause,
                "Oldest": local(rows[0].time),
                "Newest": local(rows[-1].time),
            }
            for rows in groups.values()
        ]
    )


page()

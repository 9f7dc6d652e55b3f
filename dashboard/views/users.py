"""The users' statistics as they stand in PostgreSQL, and one user's history."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.components import charts
from dashboard.components.moments import local, zone
from dashboard.components.polling import keep_fresh
from dashboard.components.tab import tab_title
from dashboard.components.tables.paging import page_offset
from dashboard.components.tables.picking import HOW, opened_row, picked_row
from dashboard.deployed.deployment import deployment
from dashboard.plain_text import plain
from dashboard.queries.read_only_database import DatabaseUnavailable, ReadOnlyDatabase
from dashboard.queries.records import standing
from dashboard.queries.users import Change, UserPage, user_history, users
from dashboard.store import default_store
from lambdas.shared.audit_key import ROW_FAILED
from lambdas.shared.columns import TOTALS
from simulator.runs.suggested_command import command
from simulator.runs.words import count

PAGE = 100
ORDERS = {
    "user": "User ID",
    **{column.title.lower(): f"Most {column.title.lower()}" for column in TOTALS},
    "updated": "Last updated",
}
TITLES = [column.title for column in TOTALS]
TYPES = {**{column.audit_type: column.title for column in TOTALS}, ROW_FAILED: "Row failed"}


@st.cache_resource
def _database() -> ReadOnlyDatabase:
    return ReadOnlyDatabase()


def _users(**question: Any) -> UserPage:
    deployed = deployment()
    if deployed is None:
        return users(_database(), **question)
    from dashboard.deployed.users import deployed_users  # noqa: PLC0415 - boto3

    return deployed_users(deployed, **question)


def page() -> None:
    """Show the page."""
    st.title("Users")
    tab_title(st.query_params.get("user", ""), "Users")
    keep_fresh(lambda: standing(default_store()))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search = st.text_input(
            "User ID, name or e-mail contains", key="search", placeholder="all users", width=280, bind="query-params"
        ).strip()
        order = st.selectbox(
            "Order", list(ORDERS), format_func=ORDERS.__getitem__, width=180, key="order", bind="query-params"
        )
    user = st.query_params.get("user")
    try:
        found = _users(search=search, order=order, limit=0)
        offset = page_offset(found.total, PAGE, key="page")
        if found.total:
            found = _users(search=search, order=order, offset=offset, limit=PAGE)
    except DatabaseUnavailable as error:
        st.error(plain(error, 800), icon=":material/database_off:")
        st.caption("A user's history needs no database.")
        if deployment() is None:
            st.caption("A run starts the database:")
            st.code(command("run", "sample.csv", anywhere=True), language=None)
        user = st.text_input("History of the user with the ID", value=user or "", key="history-of").strip() or None
        if user:
            st.query_params["user"] = user
    else:
        user = _statistics(found) or user
    if user:
        _history(user)


def _statistics(found: UserPage) -> str | None:
    if not found.tables:
        st.info("The database is still empty. Make the first run in a terminal, in the project's folder:")
        st.code(command("run", "sample.csv", anywhere=True), language=None)
        return None
    if not found.users:
        st.info("No user matches.")
        return None
    st.caption(f"{count(found.total, 'user')}. {HOW}")
    table = pd.DataFrame(
        [
            {
                "User": one.user_id,
                "Name": one.username,
                "E-mail": one.email,
                **dict(zip(TITLES, one.totals, strict=True)),
                "As of": local(one.last_updated),
            }
            for one in found.users
        ]
    ).astype(dict.fromkeys(TITLES, "Int64"))
    rows = [one.user_id for one in found.users]
    return picked_row(table, rows, key="users-table", alt="Users and their totals", parameter="user", height=420)


def _history(user: str) -> None:
    st.subheader(f"History of {plain(user, 80)}")
    changes = user_history(default_store().folders(), user)
    if not changes:
        st.info("None of the kept runs has changed this user.")
        return
    here = zone()
    points = [
        {"time": one.time.astimezone(here), "total": one.new, "old": one.old, "what": TYPES[one.type], "run": one.run}
        for one in changes
        if one.new is not None and one.time is not None and one.type in TYPES and one.status == "success"
    ]
    if points:
        charts.user_history(pd.DataFrame(points))
    st.caption("Tick a line to open its run (by keyboard: arrow keys, then Shift and Space).")
    rows = [f"{number} {one.run}" for number, one in enumerate(changes)]  # oldest first: a line keeps its number
    opened = opened_row(_table(changes), rows, key=f"history-{user}", alt="What changed, oldest first", height=360)
    if opened is not None:
        st.switch_page("views/run.py", query_params={"run": opened.partition(" ")[2]})


def _table(changes: list[Change]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "Time": local(one.time),
                "What": TYPES.get(one.type, one.type),
                "Old": one.old,
                "New": one.new,
                "Status": one.status,
                "Error": one.error or "",
                "Run": one.run,
            }
            for one in changes
        ]
    ).astype({"Old": "Int64", "New": "Int64"})


page()

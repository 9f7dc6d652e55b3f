"""The users' statistics as they stand in PostgreSQL, and one user's history."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.components import charts
from dashboard.components.moments import browser_zone, local
from dashboard.components.picking import picked_row
from dashboard.plain_text import plain
from dashboard.queries.read_only_database import DatabaseUnavailable, ReadOnlyDatabase
from dashboard.queries.users import Change, UserPage, user_history, users
from dashboard.store import default_store
from lambdas.shared.audit_key import ROW_FAILED
from lambdas.shared.columns import TOTALS
from simulator.runs.suggested_command import command

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


def page() -> None:
    """Show the page."""
    st.title("Users")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search = st.text_input("User ID, name or e-mail contains", key="search", placeholder="all users", width=280)
        order = st.selectbox("Order", list(ORDERS), format_func=ORDERS.__getitem__, width=180)
        number = int(st.number_input("Page", min_value=1, step=1, key="users-page", width=120))
    user = st.query_params.get("user")
    try:
        found = users(_database(), search=search.strip(), order=order, offset=(number - 1) * PAGE, limit=PAGE)
    except DatabaseUnavailable as error:
        st.error(plain(error, 800), icon=":material/database_off:")
        st.caption(
            f"A run starts the database: `{command('run', 'sample.csv', anywhere=True)}`. "
            "A user's history needs no database."
        )
        user = st.text_input("History of the user with the ID", value=user or "", key="history-of").strip() or None
    else:
        user = _statistics(found, number) or user
    if user:
        st.query_params["user"] = user
        _history(user)


def _statistics(found: UserPage, number: int) -> str | None:
    if not found.tables:
        st.info("The database is still empty. Make the first run in a terminal, in the project's folder:")
        st.code(command("run", "sample.csv", anywhere=True), language=None)
        return None
    if not found.users:
        st.info("No user matches." if number == 1 else f"There is no page {number}; there are {found.total:,} users.")
        return None
    pages = (found.total + PAGE - 1) // PAGE
    st.caption(f"{found.total:,} users, page {number} of {pages:,}. Click one for the history.")
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
    chosen = picked_row(table, key="users-table", height=420)
    return None if chosen is None else found.users[chosen].user_id


def _history(user: str) -> None:
    st.subheader(f"History of {plain(user, 80)}")
    changes = user_history(default_store().folders(), user)
    if not changes:
        st.info("None of the kept runs has changed this user.")
        return
    zone = browser_zone()
    points = [
        {"time": one.time.astimezone(zone), "total": one.new, "old": one.old, "what": TYPES[one.type], "run": one.run}
        for one in changes
        if one.new is not None and one.time is not None and one.type in TYPES and one.status == "success"
    ]
    if points:
        charts.user_history(pd.DataFrame(points))
    chosen = picked_row(_table(changes), key=f"history-{user}", height=360)
    if chosen is not None:
        st.switch_page("pages/run.py", query_params={"run": changes[chosen].run})
    st.caption("Click a line to open its run.")


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

"""The users and their totals, or one user: who that is, and what happened to them."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.components.choices import one_of, text_of
from dashboard.components.moments import when
from dashboard.components.polling import keep_fresh
from dashboard.components.same_page import same_page
from dashboard.components.tab import tab_title
from dashboard.components.tables.paging import page_offset
from dashboard.components.tables.picking import HOW, picked_row
from dashboard.components.user_page import user_page
from dashboard.deployed.deployment import deployment
from dashboard.languages.language import tr
from dashboard.plain_text import plain
from dashboard.queries.read_only_database import DatabaseUnavailable, ReadOnlyDatabase
from dashboard.queries.records import standing
from dashboard.queries.users import UserPage, UserStatistics, user_statistics, users
from dashboard.store import default_store
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


@st.cache_resource
def _database() -> ReadOnlyDatabase:
    return ReadOnlyDatabase()


def _users(**question: Any) -> UserPage:
    deployed = deployment()
    if deployed is None:
        return users(_database(), **question)
    from dashboard.deployed.users import deployed_users  # noqa: PLC0415 - boto3

    return deployed_users(deployed, **question)


def _user(user: str) -> UserStatistics | None:
    deployed = deployment()
    if deployed is None:
        return user_statistics(_database(), user)
    from dashboard.deployed.users import deployed_user  # noqa: PLC0415 - boto3

    return deployed_user(deployed, user)


def _how_to_start_it() -> None:
    if deployment() is None:
        st.caption(tr("A run starts the database:"))
        st.code(command("run", "sample.csv", anywhere=True), language=None)


def page() -> None:
    """Show the page."""
    st.title(tr("Users"))
    user = st.query_params.get("user")
    tab_title(user or "", "Users")
    keep_fresh(lambda: standing(default_store()))
    if user:
        _one(user)
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search = text_of(
            "User ID, name or e-mail contains", key="search", placeholder="all users", clears=["page"], width=280
        )
        order = one_of("Order", list(ORDERS), key="order", shown=ORDERS.__getitem__, clears=["page"], width=180)
    try:
        found = _users(search=search, order=order, limit=0)
        offset = page_offset(found.total, PAGE, key="page")
        if found.total:
            found = _users(search=search, order=order, offset=offset, limit=PAGE)
    except DatabaseUnavailable as error:
        st.error(plain(error, 800), icon=":material/database_off:")
        st.caption(tr("A user's history needs no database."))
        _how_to_start_it()
        if search:
            user_page(default_store(), search, None)
        else:
            st.caption(tr("Or type a whole user ID above, to see that user's history."))
        return
    _list(found, search)


def _one(user: str) -> None:
    same_page("All users", icon=":material/arrow_back:")
    try:
        known = _user(user)
    except DatabaseUnavailable as error:
        st.error(plain(error, 800), icon=":material/database_off:")
        st.caption(tr("The history below needs no database."))
        _how_to_start_it()
        user_page(default_store(), user, None)
        return
    if known is None:
        st.warning(tr(f"There is no user {plain(user, 80)} in the table users."), icon=":material/person_off:")
    user_page(default_store(), user, known)


def _list(found: UserPage, search: str) -> None:
    if not found.tables:
        st.info(tr("The database is still empty. Make the first run in a terminal, in the project's folder:"))
        st.code(command("run", "sample.csv", anywhere=True), language=None)
        return
    if not found.users:
        st.info(tr("No user of the table users matches."))
        if search:  # a file may have named a user that the table has not
            user_page(default_store(), search, None)
        return
    st.caption(tr(f"{count(found.total, 'user')}. {HOW}"))
    table = pd.DataFrame(
        [
            {
                "User": one.user_id,
                "Name": one.username,
                "E-mail": one.email,
                **dict(zip(TITLES, one.totals, strict=True)),
                "As of": when(one.last_updated),
            }
            for one in found.users
        ]
    ).astype(dict.fromkeys(TITLES, "Int64"))
    rows = [one.user_id for one in found.users]
    if picked_row(table, rows, key="users-table", alt="Users and their totals", parameter="user", height=560):
        st.rerun()
    if found.total == 1:
        user_page(default_store(), found.users[0].user_id, found.users[0])


page()

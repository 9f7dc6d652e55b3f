"""Errors over all runs: grouped, then the rows of a group, then everything about one row."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from dashboard.components.moments import local
from dashboard.components.polling import keep_fresh
from dashboard.components.row_detail import row_detail
from dashboard.components.tab import tab_title
from dashboard.components.tables.picking import HOW, picked_row
from dashboard.plain_text import plain
from dashboard.queries.failures import ErrorGroup, error_groups
from dashboard.queries.records import standing
from dashboard.store import default_store
from simulator.runs.words import count

if TYPE_CHECKING:
    from dashboard.queries.failures import Failure
    from simulator.runs.store import RunStore

SHOWN = 1_000


def page() -> None:
    """Show the page."""
    st.title("Errors")
    store = default_store()
    tab_title("Errors")
    keep_fresh(lambda: standing(store))
    groups = error_groups(store.folders())
    if not groups:
        st.success("No row has failed and no file was rejected, in any run.", icon=":material/check_circle:")
        return
    rows, runs = sum(group.rows for group in groups), {run for group in groups for run in group.runs}
    st.caption(
        f"{count(rows, 'failed row')} in {count(len(runs), 'run')}, grouped by "
        f"error and cause (… and # replace the parts that differ from row to row). {HOW}"
    )
    by_name = {_name(group): group for group in groups}
    chosen = picked_row(
        _table(groups),
        list(by_name),
        key="groups",
        alt="Errors, those with the most rows first",
        parameter="group",
        clears=("row",),
        height=420,
    )
    if chosen is None:
        return
    if chosen not in by_name:
        st.warning("No run that is kept has this error (any more).")
        return
    _group(store, by_name[chosen])


def _name(group: ErrorGroup) -> str:
    """Return a name for the address, the same in any order and after further runs."""
    return hashlib.sha256(repr((group.error, group.group, group.whole_file)).encode(errors="replace")).hexdigest()[:12]


def _table(groups: list[ErrorGroup]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "Error": group.error,
                "Cause": group.group,
                "Failed": "the whole file" if group.whole_file else "rows",
                "Rows": group.rows,
                "Runs": len(group.runs),
                "First seen": local(group.first),
                "Last seen": local(group.last),
            }
            for group in groups
        ]
    )


def _group(store: RunStore, group: ErrorGroup) -> None:
    st.subheader(plain(group.error))
    st.markdown(f"For example: {plain(group.example, 600)}")
    if group.failures:
        _rows(store, group)
        return
    for name in group.runs[:SHOWN]:
        st.page_link(
            "views/run.py", label=f"Open {plain(name)}", query_params={"run": name}, icon=":material/open_in_new:"
        )


def _rows(store: RunStore, group: ErrorGroup) -> None:
    failures = sorted(group.failures, key=lambda one: (one.run, -one.index), reverse=True)[:SHOWN]
    if len(group.failures) > SHOWN:
        st.caption(f"The newest {SHOWN:,} of {len(group.failures):,} rows. {HOW}")
    else:
        st.caption(HOW)
    names = {folder.name: folder.record_as_written().source.key for folder in map(store.folder, group.runs)}
    table = pd.DataFrame(
        [
            {
                "Time": local(one.time),
                "File": names.get(one.run, ""),
                "Line": one.line,
                "User": one.user,
                "Why": one.cause,
                "Attempts": one.attempts,
                "Run": one.run,
            }
            for one in failures
        ]
    )
    by_place = {f"{one.run}:{one.index}": one for one in failures}
    chosen = picked_row(
        table, list(by_place), key=f"rows-{_name(group)}", alt="Rows that failed so", parameter="row", height=420
    )
    if chosen in by_place:
        _row(store, by_place[chosen])


def _row(store: RunStore, failure: Failure) -> None:
    folder = store.folder(failure.run)
    if not folder.path.is_dir():
        st.warning("This run's folder has gone; load the page again.")
        return
    row_detail(folder, index=failure.index)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link(
            "views/run.py", label="Open its run", query_params={"run": failure.run}, icon=":material/open_in_new:"
        )
        if folder.failed_rows_file.exists():
            st.download_button(
                "Download the run's failed-rows.csv",
                data=folder.failed_rows_file.read_bytes,
                file_name="failed-rows.csv",
                mime="text/csv",
                icon=":material/download:",
                on_click="ignore",
            )


page()

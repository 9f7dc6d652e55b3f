"""Errors of a span, of files or of one run: grouped, the new kinds first; every row; and everything about one row."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from dashboard.components.choices import text_of
from dashboard.components.moments import local, when
from dashboard.components.night.interval_picker import SINCE, interval_picker
from dashboard.components.polling import keep_fresh
from dashboard.components.row_detail import row_detail
from dashboard.components.same_page import same_page
from dashboard.components.tab import tab_title
from dashboard.components.tables.paging import page_offset
from dashboard.components.tables.picking import HOW, picked_row
from dashboard.languages.language import tr
from dashboard.plain_text import plain
from dashboard.queries.night.intervals import Since
from dashboard.queries.records import repairs, run_record, run_records, standing
from dashboard.queries.rows.error_groups import ErrorGroup, error_groups, known_kinds
from dashboard.store import default_store
from simulator.runs.folder.times import parsed_moment
from simulator.runs.words import count

if TYPE_CHECKING:
    from dashboard.queries.rows.failures import Failure
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.folder.run_record import RunRecord
    from simulator.runs.store import RunStore

PAGE = 500
OF_ONE_GROUP = ("row", "rows-page")


def page() -> None:
    """Show the page."""
    st.title(tr("Errors"))
    store = default_store()
    keep_fresh(lambda: standing(store))
    asked, known = _asked(store)
    groups = error_groups([store.folder(one.name) for one in asked], known=known)
    if not groups:
        tab_title("✓ none", "Errors")
        st.success(tr("No row has failed and no file was rejected here."), icon=":material/check_circle:")
        if asked != (everything := run_records(store)) and everything:
            same_page("Errors of all runs", icon=":material/history:", **{SINCE: str(Since.ALL)})
        return
    rows, runs = sum(group.rows for group in groups), {run for group in groups for run in group.runs}
    new = sum(group.new for group in groups)
    tab_title(f"{rows:,} rows" + (f", {new} new" if new else ""), "Errors")
    st.caption(
        tr(
            f"{count(rows, 'failed row')} in {count(len(runs), 'run')}, grouped by error and cause (… and # replace "
            f"what differs from row to row). New: no earlier run had it. {HOW}"
        )
    )
    by_name = {_name(group): group for group in groups}
    chosen = picked_row(
        _table(groups),
        list(by_name),
        key="groups",
        alt="Errors, new kinds first, then those with the most rows",
        parameter="group",
        clears=OF_ONE_GROUP,
        height=420,
    )
    if chosen is not None and chosen not in by_name:
        st.warning(tr("None of these runs has this error (any more)."))
        chosen = None
    _rows_of(store, groups if chosen is None else [by_name[chosen]], one=chosen is not None)


def _asked(store: RunStore) -> tuple[list[RunRecord], frozenset[tuple[str, str, bool]] | None]:
    """The runs that the address asks for, and the kinds of error that were known before them."""
    records, name = run_records(store), st.query_params.get("run")
    if name is not None:
        found = [one for one in records if one.name == name]
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(tr(f"Of one run: **{plain(found[0].source.key or name) if found else plain(name)}**"))
            if found:
                st.page_link(
                    "views/run.py",
                    label=tr("Open this run"),
                    query_params={"run": name},
                    icon=":material/open_in_new:",
                )
            same_page("Errors of all runs", **{SINCE: str(Since.ALL)})
        if not found:
            st.warning(tr("There is no such run (any more)."))
        return found, _known_before(store, records, min((one.started or "" for one in found), default=""))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        span = interval_picker()
        file = text_of("File name contains", key="file", placeholder="all files", clears=["rows-page"], width=220)
    wanted = file.casefold()
    within = [one for one in records if span.holds(parsed_moment(one.started))]
    found = [one for one in within if wanted in one.source.key.casefold()]
    first = min((one.started or "" for one in within), default="")
    return found, None if span.since is None else _known_before(store, records, first)


def _known_before(store: RunStore, records: list[RunRecord], moment: str) -> frozenset[tuple[str, str, bool]] | None:
    """Return None if there is no earlier run: then nothing counts as new."""
    before = [one for one in records if (one.started or "") < moment]
    return known_kinds(store, before) if before else None


def _name(group: ErrorGroup) -> str:
    """Return a name for the address, the same in any order and after further runs."""
    return hashlib.sha256(repr(group.key).encode(errors="replace")).hexdigest()[:12]


def _table(groups: list[ErrorGroup]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "New": tr("new") if group.new else "",
                "Rows": None if group.whole_file else group.rows,
                "Cause": group.cause,
                "Error": group.error,
                "Failed": tr("the whole file" if group.whole_file else "rows"),
                "Runs": len(group.runs),
                "First here": when(group.first),
                "Last here": when(group.last),
            }
            for group in groups
        ]
    ).astype({"Rows": "Int64"})


def _rows_of(store: RunStore, groups: list[ErrorGroup], *, one: bool) -> None:
    if one:
        st.subheader(plain(groups[0].error))
        st.markdown(tr(f"For example: {plain(groups[0].example, 600)}"))
    for name in dict.fromkeys(run for group in groups if group.whole_file for run in group.runs[:PAGE]):
        record = run_record(store.folder(name))
        with st.container(horizontal=True, vertical_alignment="center"):
            file, started = plain(record.source.key or name), local(record.started)
            st.markdown(tr(f"**{file}**, {started}: the whole file failed"), width="content")
            st.page_link(
                "views/run.py",
                label=tr("Open this run"),
                query_params={"run": name},
                icon=":material/open_in_new:",
                width="content",
            )
    failures = [failure for group in groups for failure in group.failures]
    if not failures:
        return
    if not one:
        st.subheader(tr("Every row that failed"))
    st.caption(tr(HOW))
    failures.sort(key=lambda failure: (failure.run, -failure.index), reverse=True)
    offset = page_offset(len(failures), PAGE, key="rows-page")
    shown = failures[offset : offset + PAGE]
    by_place = {f"{failure.run}:{failure.index}": failure for failure in shown}
    key = f"rows-{_name(groups[0]) if one else 'all'}"
    chosen = picked_row(
        _row_table(store, shown), list(by_place), key=key, alt="Rows that failed", parameter="row", height=420
    )
    if chosen in by_place:
        _row(store.folder(by_place[chosen].run), by_place[chosen])


def _row_table(store: RunStore, failures: list[Failure]) -> pd.DataFrame:
    records = {name: run_record(store.folder(name)) for name in dict.fromkeys(one.run for one in failures)}
    known = repairs(store)
    since = {name: repair.words for name in records if (repair := known.of(name)) is not None}
    return pd.DataFrame(
        [
            {
                "File": records[one.run].source.key,
                "Line": one.line,
                "Why": one.cause,
                "User": one.user,
                "Error": one.error,
                "Time": when(one.time),
                "Attempts": one.attempts,
                "Since then": since.get(one.run, ""),
                "Run": one.run,
            }
            for one in failures
        ]
    )


def _row(folder: RunFolder, failure: Failure) -> None:
    if not folder.path.is_dir():
        st.warning(tr("This run's folder has gone; load the page again."))
        return
    row_detail(folder, index=failure.index)


page()

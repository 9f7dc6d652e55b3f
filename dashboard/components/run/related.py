"""Related to a run: the run that it corrects, the runs that corrected it, its attempts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from dashboard.components.moments import local, span, when
from dashboard.components.same_page import same_page
from dashboard.components.tables.plain_table import show_table
from dashboard.languages.language import tr
from dashboard.plain_text import plain
from dashboard.queries.attempts import attempts
from dashboard.queries.records import repairs
from dashboard.queries.run_list import later_of_same_file, run

if TYPE_CHECKING:
    from dashboard.queries.run_list import RunRow
    from simulator.runs.store import RunStore


def related(store: RunStore, row: RunRow) -> None:
    """Show links from a run to those that belong to it, and what they did; nothing if it stands alone."""
    repair = repairs(store).of(row.name)
    if repair is not None:
        told = tr(f"Repaired: {repair.words} in a later file." if repair.complete else f"So far {repair.words}.")
        (st.success if repair.complete else st.info)(told, icon=":material/healing:")
    for name in repair.by if repair else ():
        _link(store, "Corrected in", name)
    if row.corrects is not None:
        _link(store, "Corrects rows of", row.corrects)
    later = later_of_same_file(store, row)
    if later is not None:
        _link(store, "A file of this name was accepted later:", later.name)
    if row.redrives:
        _attempts(store, row)


def _link(store: RunStore, words: str, name: str) -> None:
    there = run(store.folder(name))
    if there is None:
        st.caption(tr("{words} {name}, which is no longer here.", words=tr(words), name=plain(name)))
        return
    label = f"{tr(words)} {plain(there.file)}, {local(there.started)}: {plain(tr(there.words))}"
    same_page(label, icon=":material/link:", run=name)


def _attempts(store: RunStore, row: RunRow) -> None:
    found = attempts(store.folder(row.name))
    if not found:
        return
    st.markdown(tr(f"**Attempts** (together {'so far ' if row.stopped is None else ''}what *Took* says)"))
    table = pd.DataFrame(
        [
            {
                "Attempt": tr("redrive {n}", n=one.number) if one.number else tr("first"),
                "Started": when(one.started),
                "Took": span(one.seconds),
                "Ended": one.status or ("INTERRUPTED" if one is not found[-1] or row.stopped else "RUNNING"),
                "Error": one.error or "",
            }
            for one in found
        ]
    )
    show_table(
        table,
        alt="The attempts of this run",
        columns={"Took": st.column_config.NumberColumn(format="localized")},
        width="content",
    )

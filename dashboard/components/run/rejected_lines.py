"""The validator's findings, beside the lines themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from dashboard.components.tables.plain_table import show_table
from dashboard.languages.language import tr
from dashboard.plain_text import plain
from dashboard.queries.rejection import rejection

if TYPE_CHECKING:
    from simulator.runs.folder.run_folder import RunFolder

SHOWN = 200
TOLD = 5


def rejected_lines(folder: RunFolder) -> None:
    """Show the errors of a rejected file by line, each beside its line and its neighbours."""
    found = rejection(folder)
    st.subheader(tr("Errors in the file"))
    for message in found.whole_file:
        st.error(plain(message, 800), icon=":material/block:")
    if not found.lines:
        return
    told = [
        tr("- line {n:,}: {message}", n=one.line, message=plain(message, 300))
        for one in found.lines
        for message in one.messages
    ]
    if len(told) > TOLD:
        told[TOLD:] = [tr("- and {n:,} more, in the table", n=len(told) - TOLD)]
    st.markdown("\n".join(told))
    table = pd.DataFrame(
        [
            {
                "": "✗" if line.messages else "",
                "Line": line.line,
                "Text": line.text if line.text is not None else tr("(cannot be read)"),
                "Error": "; ".join(line.messages),
            }
            for line in found.lines[:SHOWN]
        ]
    )
    wrong = ["background-color: #d6454533" if line.messages else "" for line in found.lines[:SHOWN]]
    show_table(
        table.style.apply(lambda _column: wrong, axis=0),
        alt="Errors in the file",
        columns={"": st.column_config.TextColumn(width=30), "Line": st.column_config.NumberColumn(width=60)},
    )
    if len(found.lines) > SHOWN:
        st.caption(tr(f"The first {SHOWN} of {len(found.lines):,} lines; all of them are in run.json."))

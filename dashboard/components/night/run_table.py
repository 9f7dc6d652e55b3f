"""Runs as a table, a row of which opens its run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from dashboard.components.looks import KIND_LOOKS, text_colour
from dashboard.components.moments import span, when
from dashboard.components.opening import open_page
from dashboard.components.tables.picking import opened_row
from dashboard.languages.language import tr
from dashboard.queries.records import repairs

if TYPE_CHECKING:
    from dashboard.queries.run_list import RunRow
    from simulator.runs.corrections.repairs import Repairs
    from simulator.runs.store import RunStore


def run_table(store: RunStore, chosen: list[RunRow]) -> None:
    """Show these runs; a tick opens one."""
    known = repairs(store)
    table = pd.DataFrame(
        [
            {
                "Status": f"{KIND_LOOKS[row.kind].sign} {tr(row.words)}",
                "File": row.file or "–",
                "Started": when(row.started),
                "Took": span(row.seconds),
                "Rows": row.rows,
                "Failed": row.failed,
                "Not done": row.pending,
                "Since then": _since_then(known, row),
                "Redrives": row.redrives,
                "Run": row.name,
            }
            for row in chosen
        ]
    )
    colours = {"Status": [text_colour(KIND_LOOKS[row.kind]) for row in chosen]}
    styled = table.style.apply(lambda column: colours.get(str(column.name), [""] * len(column)), axis=0)
    whole = st.column_config.NumberColumn(format="localized")
    columns = {"Took": whole, "Rows": whole, "Failed": whole, "Not done": whole, "File": {"width": "medium"}}
    opened = opened_row(
        styled, [row.name for row in chosen], key="runs-table", alt="Runs, newest first", columns=columns
    )
    if opened is not None:
        open_page("views/run.py", run=opened)


def _since_then(known: Repairs, row: RunRow) -> str:
    repair = known.of(row.name)
    told = [tr(repair.words)] if repair else []
    if row.corrects is not None:
        told.append(tr("corrects an earlier run"))
    return ", ".join(told)

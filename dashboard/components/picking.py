"""A table of which one row can be picked by a click."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    import pandas as pd
    from pandas.io.formats.style import Styler

ROW_PIXELS = 36


def picked_row(
    table: pd.DataFrame | Styler, *, key: str, height: int = 400, columns: dict[str, Any] | None = None
) -> int | None:
    """Show a table, at most `height` pixels high; return which row was clicked, None if none was."""
    size = len(getattr(table, "data", table))
    event = st.dataframe(
        table,
        hide_index=True,
        height=min(ROW_PIXELS * (size + 1) + 4, height),
        on_select="rerun",
        selection_mode="single-cell",
        key=key,
        column_config=columns,
    )
    cells = event.selection.cells
    return cells[0][0] if cells and cells[0][0] < size else None

"""A table that is only read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

from dashboard.components.tables.labels import shown_columns
from dashboard.languages.language import tr

if TYPE_CHECKING:
    import pandas as pd
    from pandas.io.formats.style import Styler


def show_table(
    table: pd.DataFrame | Styler,
    *,
    alt: str,
    columns: dict[str, Any] | None = None,
    width: Literal["stretch", "content"] = "stretch",
) -> None:
    """Show a table.

    Args:
        table: what is shown; its columns are named in English.
        alt: its name for people who cannot see it.
        columns: Streamlit's column configuration.
        width: whether it is as wide as the page, or as its columns.
    """
    st.dataframe(
        table,
        hide_index=True,
        column_config=shown_columns(table, columns),
        placeholder="–",
        alt=tr(alt),
        width=width,
    )

"""How the columns of a table are shown: named in the page's language, times to the second."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st
from pandas.api.types import is_datetime64_any_dtype

from dashboard.languages.language import tr

if TYPE_CHECKING:
    import pandas as pd
    from pandas.io.formats.style import Styler

_TIME = "YYYY-MM-DD HH:mm:ss"


def shown_columns(table: pd.DataFrame | Styler, given: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return Streamlit's configuration of a table's columns.

    Args:
        table: its columns are named in English, and its times are in the page's time zone.
        given: the configuration of some columns.
    """
    data: pd.DataFrame = getattr(table, "data", table)
    known = dict(given or {})
    for name in data.columns:
        if is_datetime64_any_dtype(data[name]):
            known.setdefault(name, st.column_config.DatetimeColumn(format=_TIME))
    names = [str(name) for name in data.columns]
    return {name: {**known.get(name, {}), "label": known.get(name, {}).get("label") or tr(name)} for name in names}

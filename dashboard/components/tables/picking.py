"""A table of which one row can be ticked: nothing happens by focus, by sorting, or by a change of the data below.

A tick is kept by what the row is about, never by its number: the same number is another row in another order or page.
Streamlit's grid takes arrow keys only while no row is ticked from the start (`selection_default`), so none is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

from dashboard.components.tables.labels import shown_columns
from dashboard.languages.language import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd
    from pandas.io.formats.style import Styler

ROW_PIXELS = 35
FRAME_PIXELS = 3
HOW = "Tick a row for more (by keyboard: arrow keys, then Shift and Space)."


@dataclass(frozen=True, slots=True)
class Edition:
    """The rows that a table has shown under one number."""

    number: int
    rows: tuple[str, ...]

    def next(self, rows: tuple[str, ...]) -> Edition:
        """Return the edition that shows `rows`: the same number while every row keeps its place."""
        kept = self.rows == rows[: len(self.rows)]
        return Edition(self.number if kept else self.number + 1, rows)


def picked_row(
    table: pd.DataFrame | Styler,
    rows: Sequence[str],
    *,
    key: str,
    alt: str,
    parameter: str,
    clears: Sequence[str] = (),
    height: int = 400,
    columns: dict[str, Any] | None = None,
) -> str | None:
    """Show a table; return the row that the address names, which a tick changes.

    Args:
        table: what is shown.
        rows: what each row is about; unique, and the same however the rows are ordered.
        key: the table's name on the page.
        alt: its name for people who cannot see it.
        parameter: the parameter of the address; the row need not be among those shown.
        clears: parameters that say something only about the row that was ticked before.
        height: the most pixels.
        columns: Streamlit's column configuration.
    """
    widget = shown_as(key, rows)
    looks = _Looks(alt, height, columns)
    _grid(table, widget, looks, partial(_ticked, widget, tuple(rows), parameter, tuple(clears)))
    return st.query_params.get(parameter) or None


def opened_row(
    table: pd.DataFrame | Styler,
    rows: Sequence[str],
    *,
    key: str,
    alt: str,
    height: int = 400,
    columns: dict[str, Any] | None = None,
) -> str | None:
    """Show a table whose rows are ways to somewhere else; return the row that was ticked just now, None if none was.

    The arguments are those of `picked_row`. After a return to the page, nothing is ticked.
    """
    widget = shown_as(key, rows)
    ticked = _grid(table, widget, _Looks(alt, height, columns), "rerun")
    if not ticked:
        return None
    st.session_state[_edition_key(key)] = Edition(_edition(key).number + 1, tuple(rows))
    return rows[ticked[0]]


@dataclass(frozen=True, slots=True)
class _Looks:
    alt: str
    height: int
    columns: dict[str, Any] | None


def _grid(
    table: pd.DataFrame | Styler, widget: str, looks: _Looks, on_select: Callable[[], None] | Literal["rerun"]
) -> list[int]:
    data = getattr(table, "data", table)
    size = len(data)
    event = st.dataframe(
        table,
        hide_index=True,
        height=min(ROW_PIXELS * (size + 1) + FRAME_PIXELS, looks.height),
        on_select=on_select,
        selection_mode="single-row",
        key=widget,
        column_config=shown_columns(table, looks.columns),
        placeholder="–",
        alt=tr(looks.alt),
    )
    return [row for row in event.selection.rows if row < size]


def _ticked(widget: str, rows: tuple[str, ...], parameter: str, clears: tuple[str, ...]) -> None:
    ticked = st.session_state[widget].selection.rows
    asked = {name: st.query_params.get_all(name) for name in st.query_params if name not in (parameter, *clears)}
    if ticked and ticked[0] < len(rows):
        asked[parameter] = [rows[ticked[0]]]
    st.query_params.from_dict(asked)  # at once: one step of the browser's history


def shown_as(key: str, rows: Sequence[str]) -> str:
    """Return the widget's name: another one as soon as a row has another place, so that no old tick counts for it."""
    edition = st.session_state[_edition_key(key)] = _edition(key).next(tuple(rows))
    return f"{key}-{edition.number}"


def _edition(key: str) -> Edition:
    found = st.session_state.get(_edition_key(key))
    return found if isinstance(found, Edition) else Edition(0, ())


def _edition_key(key: str) -> str:
    return f"edition of {key}"

"""The open rows in a table that is edited in place; what is typed is checked as the function checks it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from dashboard.components.moments import local
from dashboard.components.tables.picking import ROW_PIXELS, shown_as
from dashboard.languages.language import counted, tr
from dashboard.plain_text import plain
from lambdas.shared.columns import COLUMNS, TOTALS, USER
from simulator.runs.failure_inbox.failed_row import FailedRow, RowPlace
from simulator.runs.failure_inbox.sending import originals, outgoing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simulator.runs.failure_inbox.sending import Original, Outgoing
    from simulator.runs.store import RunStore

MOST_SHOWN = 10
_PICK = "Pick"
_COUNT_PIXELS = 95
"""Ten digits, as a count that is just too large has."""


@dataclass(frozen=True, slots=True)
class Picked:
    """The rows that a person has ticked or edited, and the file that sends them again."""

    rows: list[FailedRow]
    outgoing: Outgoing


def row_editor(store: RunStore, rows: Sequence[FailedRow]) -> Picked:
    """Show rows in the columns of their files; return those that are ticked or edited.

    Args:
        store: the runs.
        rows: the rows, the oldest first.
    """
    texts = originals(store, rows)
    names = [row.name for row in rows]
    every = st.checkbox(
        counted(len(rows), "Tick the {n} row shown", "Tick all {n} rows shown"), key=f"every-{hash(tuple(names))}"
    )
    st.caption(
        tr(
            "Type into a cell to correct it (by keyboard: arrow keys, then Enter). Rows that are ticked or edited can "
            "be sent again or accepted."
        )
    )
    edited = st.data_editor(
        _table(rows, texts, every=every),
        hide_index=True,
        height=min(ROW_PIXELS * (len(rows) + 1) + 4, 480),
        disabled=[name for name in _READ_ONLY if name != _PICK],
        column_config={
            _PICK: st.column_config.CheckboxColumn(tr(_PICK)),
            USER.field: st.column_config.TextColumn(tr(USER.title), width="small"),
            **{one.field: st.column_config.TextColumn(tr(one.title), width=_COUNT_PIXELS) for one in TOTALS},
            **{name: {"label": tr(name)} for name in _READ_ONLY},
            "Row": st.column_config.LinkColumn(tr("Row"), display_text=tr("open")),
        },
        key=f"{shown_as('inbox', names)}-{every}",
        alt=tr("Open rows"),
    )
    picked, fields = [], {}
    for row, (_, cells) in zip(rows, edited.iterrows(), strict=True):
        place = RowPlace(row.run, row.line)
        typed = ["" if pd.isna(cells[one.field]) else str(cells[one.field]) for one in COLUMNS]
        changed = place in texts and typed != texts[place].fields
        if cells[_PICK] or changed:
            picked.append(row)
            if place in texts:
                fields[place] = typed
    found = Picked(picked, outgoing(picked, fields))
    _tell(found, texts)
    return found


_READ_ONLY = ("Why", "Line", "File", "Uploaded", "Attempts", "Code", "Row")


def _table(rows: Sequence[FailedRow], texts: Mapping[RowPlace, Original], *, every: bool) -> pd.DataFrame:
    lines = []
    for row in rows:
        text = texts.get(RowPlace(row.run, row.line))
        fields = text.fields if text is not None else [row.user or "", *[""] * (len(COLUMNS) - 1)]
        lines.append(
            {
                _PICK: every,
                **{column.field: value for column, value in zip(COLUMNS, fields, strict=True)},
                "Why": row.cause,
                "Line": row.line,
                "File": row.file,
                "Uploaded": local(row.time),
                "Attempts": row.attempts,
                "Code": row.code.name,
                "Row": f"/run?run={row.run}&line={row.line}",
            }
        )
    return pd.DataFrame(lines)


def _tell(found: Picked, texts: Mapping[RowPlace, Original]) -> None:
    """Say what keeps rows from being sent, and what is special about those that can be."""
    sent = found.outgoing
    by_place = {RowPlace(row.run, row.line): row for row in found.rows}
    problems = [
        tr("Line {line} of {file}: {why}", line=place.line, file=plain(by_place[place].file), why=plain(why))
        for place, why in sent.problems.items()
    ]
    if problems:
        more = [tr("and {n} more", n=f"{len(problems) - MOST_SHOWN:,}")] if len(problems) > MOST_SHOWN else []
        st.warning("\n".join(f"- {one}" for one in [*problems[:MOST_SHOWN], *more]), icon=":material/edit:")
    for row, fields in sent.rows:
        text = texts.get(RowPlace(row.run, row.line))
        if text is not None and text.fields[0] != fields[0]:
            st.info(
                tr(
                    "Line {line} of {file} goes to another user: {new} in place of {old}.",
                    line=row.line,
                    file=plain(row.file),
                    new=plain(fields[0]),
                    old=plain(text.fields[0]),
                )
            )
    if sent.left_out:
        st.info(
            counted(
                len(sent.left_out),
                "{n} older row of a user with a newer row here stays: it is overtaken when that has succeeded.",
                "{n} older rows of users with newer rows here stay: they are overtaken when those have succeeded.",
            )
        )

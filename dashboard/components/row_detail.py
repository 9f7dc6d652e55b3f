"""Everything about one row: as it stood in the file, its attempts, its audit items, its logs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from dashboard.components.moments import local, took, when
from dashboard.components.tables.plain_table import show_table
from dashboard.languages.language import counted, tr
from dashboard.plain_text import plain
from dashboard.queries.rows.row_result import row_result
from lambdas.user_log_reporter.reasons import person_text
from simulator.runs.folder.json_lines import encode
from simulator.runs.folder.times import milliseconds_between
from simulator.runs.row_story import RowStory, row_story

if TYPE_CHECKING:
    from simulator.runs.folder.run_folder import RunFolder

_TRY = 4
"""A try is [state, start, stop, error]."""


def row_detail(folder: RunFolder, *, line: int | None = None, index: int | None = None) -> None:
    """Show a row, by its line in the file or by its index."""
    story = row_story(folder, line=line, index=index)
    if story is None:
        st.warning(
            tr(f"The file has no row {'on line ' + str(line) if index is None else 'with index ' + str(index)}.")
        )
        return
    with st.container(border=True):
        st.markdown(tr(f"**Line {story.line:,}**" if story.line is not None else f"**Row index {story.index}**"))
        _as_in_the_file(story)
        for item in story.items:
            _item(item)
        _result(folder, story)
        if not story.items:
            st.info(tr("This row has not been processed."))
        _audit(story.audit)
        _logs(story.logs)


def _as_in_the_file(story: RowStory) -> None:
    st.caption(tr("Text in the file"))
    if not story.fields:
        st.text(tr("(the file cannot be read)"))
        return
    st.code(story.raw.rstrip("\r\n"), language=None, wrap_lines=True)
    names = [name or tr("(column {n})", n=number) for number, name in enumerate(story.header, 1)]
    names += [tr("(column {n})", n=number) for number in range(len(names) + 1, len(story.fields) + 1)]
    values = [*story.fields, *[tr("(missing)")] * (len(names) - len(story.fields))]
    show_table(pd.DataFrame({"Column": names, "Value": values}), alt="Text in the file", width="content")


def _result(folder: RunFolder, story: RowStory) -> None:
    name = story.items[-1].get("name") if story.items else None
    found = row_result(folder, name, story.index) if isinstance(name, str) and story.index is not None else None
    if found is not None:
        with st.expander(tr("Input and output of its child execution")):
            st.json(found)


def _item(item: dict[str, Any]) -> None:
    good = item.get("status") == "SUCCEEDED"
    attempts = item.get("attempts")
    told = f"{tr(str(item.get('outcome') or item.get('status')))}, " + counted(
        int(attempts or 0), "{n} attempt", "{n} attempts"
    )
    if item.get("redrive"):
        told += tr(", redrive {n}", n=item["redrive"])
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(plain(told), color="green" if good else "red", icon=":material/check:" if good else ":material/close:")
        began, how_long = local(item.get("start")), _between(item.get("start"), item.get("stop"))
        st.caption(
            plain(tr("{when}, {time}, worker {worker}", when=began, time=how_long, worker=item.get("worker"))),
            width="content",
        )
    if item.get("error"):
        st.markdown(f"**{plain(item['error'])}**: {plain(person_text(item.get('cause')), 1000)}")
    tries = [one for one in item.get("tries") or [] if isinstance(one, list) and len(one) == _TRY]
    if tries:
        show_table(
            pd.DataFrame(
                [
                    {
                        "State": state,
                        "Began": when(start),
                        "Took": _between(start, stop),
                        "Ended": error or tr("ok"),
                    }
                    for state, start, stop, error in tries
                ]
            ),
            alt="Attempts",
            width="content",
        )


def _between(start: str | None, stop: str | None) -> str:
    milliseconds = milliseconds_between(start, stop)
    if milliseconds is None:
        return "–"
    return tr(f"{milliseconds} ms") if milliseconds < 1000 else took(milliseconds / 1000)  # noqa: PLR2004 - a second


def _audit(items: list[dict[str, Any]]) -> None:
    st.caption(tr(f"Audit items ({len(items)})"))
    if items:
        show_table(
            pd.DataFrame(
                [
                    {
                        "Type": str(item.get("processingType", "")),
                        "Status": tr(str(item.get("status", ""))),
                        "Old": _number(item.get("oldValue")),
                        "New": _number(item.get("newValue")),
                        "Error": str(item.get("errorMessage") or ""),
                        "At": when(item.get("processedAt")),
                    }
                    for item in items
                ]
            ),
            alt="Audit items",
            width="content",
        )


def _number(value: object) -> str:
    return "" if value is None else str(value)


def _logs(logs: list[dict[str, Any]]) -> None:
    st.caption(tr(f"Logs ({len(logs)})"))
    if logs:
        text = "\n".join(f"{record.get('time')}  {_message(record)}" for record in logs)
        st.code(text, language=None, wrap_lines=True, height=220 if len(logs) > 6 else "content")  # noqa: PLR2004 - lines that fit


def _message(record: dict[str, Any]) -> str:
    message = record.get("message")
    return message.rstrip() if isinstance(message, str) else encode(message).decode(errors="replace")

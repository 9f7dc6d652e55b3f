"""Everything about one row: as it stood in the file, its attempts, its audit items, its logs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from dashboard.components.moments import local, took
from dashboard.plain_text import plain
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
        st.warning(f"The file has no row {'on line ' + str(line) if index is None else 'with index ' + str(index)}.")
        return
    with st.container(border=True):
        st.markdown(f"**Line {story.line:,}**" if story.line is not None else f"**Row index {story.index}**")
        _as_in_the_file(story)
        for item in story.items:
            _item(item)
        if not story.items:
            st.info("This row has not been processed.")
        _audit(story.audit)
        _logs(story.logs)


def _as_in_the_file(story: RowStory) -> None:
    st.caption("Text in the file")
    if not story.fields:
        st.text("(the file cannot be read)")
        return
    st.code(story.raw.rstrip("\r\n"), language=None, wrap_lines=True)
    names = [name or f"(column {number})" for number, name in enumerate(story.header, 1)]
    names += [f"(column {number})" for number in range(len(names) + 1, len(story.fields) + 1)]
    values = [*story.fields, *["(missing)"] * (len(names) - len(story.fields))]
    st.dataframe(pd.DataFrame({"Column": names, "Value": values}), hide_index=True, width="content")


def _item(item: dict[str, Any]) -> None:
    good = item.get("status") == "SUCCEEDED"
    attempts = item.get("attempts")
    told = f"{item.get('outcome') or item.get('status')}, {attempts} attempt{'' if attempts == 1 else 's'}"
    if item.get("redrive"):
        told += f", redrive {item['redrive']}"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(plain(told), color="green" if good else "red", icon=":material/check:" if good else ":material/close:")
        when, how_long = local(item.get("start")), _between(item.get("start"), item.get("stop"))
        st.caption(plain(f"{when}, {how_long}, worker {item.get('worker')}"), width="content")
    if item.get("error"):
        st.markdown(f"**{plain(item['error'])}**: {plain(person_text(item.get('cause')), 1000)}")
    tries = [one for one in item.get("tries") or [] if isinstance(one, list) and len(one) == _TRY]
    if tries:
        st.dataframe(
            pd.DataFrame(
                [
                    {"State": state, "Began": local(start), "Took": _between(start, stop), "Ended": error or "ok"}
                    for state, start, stop, error in tries
                ]
            ),
            hide_index=True,
            width="content",
        )


def _between(start: str | None, stop: str | None) -> str:
    milliseconds = milliseconds_between(start, stop)
    if milliseconds is None:
        return "–"
    return f"{milliseconds} ms" if milliseconds < 1000 else took(milliseconds / 1000)  # noqa: PLR2004 - a second


def _audit(items: list[dict[str, Any]]) -> None:
    st.caption(f"Audit items ({len(items)})")
    if items:
        st.dataframe(
            pd.DataFrame(
                [
                    {
                        "Type": str(item.get("processingType", "")),
                        "Status": str(item.get("status", "")),
                        "Old": _number(item.get("oldValue")),
                        "New": _number(item.get("newValue")),
                        "Error": str(item.get("errorMessage") or ""),
                        "At": local(item.get("processedAt")),
                    }
                    for item in items
                ]
            ),
            hide_index=True,
            width="content",
        )


def _number(value: object) -> str:
    return "" if value is None else str(value)


def _logs(logs: list[dict[str, Any]]) -> None:
    st.caption(f"Logs ({len(logs)})")
    if logs:
        text = "\n".join(f"{record.get('time')}  {_message(record)}" for record in logs)
        st.code(text, language=None, wrap_lines=True, height=220 if len(logs) > 6 else "content")  # noqa: PLR2004 - lines that fit


def _message(record: dict[str, Any]) -> str:
    message = record.get("message")
    return message.rstrip() if isinstance(message, str) else encode(message).decode(errors="replace")

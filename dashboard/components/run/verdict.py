"""The answer in one box: how a run ended, which rows failed and why, and what to do now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard.components.looks import KIND_LOOKS
from dashboard.components.moments import local, took
from dashboard.components.run.step_button import step_button
from dashboard.languages.language import tr
from dashboard.plain_text import plain
from dashboard.queries.records import repairs, run_record
from simulator.runs.advice.next_steps import next_steps
from simulator.runs.outcome import explanation
from simulator.runs.store import RunStore
from simulator.runs.suggested_command import command

if TYPE_CHECKING:
    from dashboard.queries.run_list import RunRow
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.folder.run_record import RunRecord

REASONS = 8


def badge(row: RunRow) -> None:
    """Show how a run stands as a badge."""
    look = KIND_LOOKS[row.kind]
    st.badge(plain(tr(row.words), 80), color=look.colour, icon=look.icon)


def headline(row: RunRow) -> None:
    """Show a run's badge, file and times on one line."""
    with st.container(horizontal=True, vertical_alignment="center"):
        badge(row)
        st.markdown(f"**{plain(row.file or tr('(file not known)'), 120)}**", width="content")
        st.caption(f"{local(row.started)} · {took(row.seconds)}", width="content")


def verdict(folder: RunFolder) -> None:
    """Show why rows failed, why the run ended so, and what can be done; nothing for a run that went well.

    Nothing is to be done for a run whose rows have all been corrected.
    """
    record = run_record(folder)
    store = RunStore(folder.runs)
    repair = repairs(store).of(folder.name)
    for note in record.notes:
        st.warning(plain(tr(note)), icon=":material/info:")
    why = explanation(record)
    if why:
        st.markdown(tr(f"**Why the run ended.** {plain(tr(why), 800)}"))
    if record.reasons:
        _reasons(record)
    if repair is None or not repair.complete:
        _steps(store, folder, record)


def _reasons(record: RunRecord) -> None:
    st.markdown(tr(f"**Why {record.rows.failed:,} row{'' if record.rows.failed == 1 else 's'} failed**"))
    lines = []
    for reason in record.reasons[:REASONS]:
        place = f"line {reason.line:,}" if reason.line is not None else f"row index {reason.index}"
        lines.append(
            tr(
                f"- **{reason.count:,} ×** :red[{plain(reason.error, 80)}]: {plain(reason.cause, 200)} "
                f"({'' if reason.count == 1 else 'for example '}{place})"
            )
        )
    if len(record.reasons) > REASONS:
        rest = sum(reason.count for reason in record.reasons[REASONS:])
        lines.append(tr(f"- {rest:,} more for other reasons: see the table of failed rows"))
    st.markdown("\n".join(lines))


def _steps(store: RunStore, folder: RunFolder, record: RunRecord) -> None:
    steps = next_steps(folder, record)
    if not steps:
        return
    st.markdown(tr("**Next steps**" if len(steps) > 1 else "**Next step**"))
    for number, step in enumerate(steps, 1):
        st.markdown(f"{f'{number}. ' if len(steps) > 1 else ''}{plain(tr(step.text), 600)}")
        step_button(store, folder, record, step, first=number == 1)
        if step.words or step.on_aws:
            typed = step.on_aws or command(*step.words, home=folder.runs.parent, anywhere=True)
            with st.expander(tr("The same in a terminal"), icon=":material/terminal:"):
                st.code(typed, language=None, wrap_lines=True)

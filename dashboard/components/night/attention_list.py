"""The runs that need a person, each with what went wrong and its one next step as a button."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard.components.looks import KIND_LOOKS
from dashboard.components.moments import local
from dashboard.components.run.step_button import step_button
from dashboard.components.tables.paging import page_offset
from dashboard.jobs import job_state, redrive_of
from dashboard.languages.language import tr
from dashboard.plain_text import plain
from dashboard.queries.records import repairs
from simulator.runs.advice.next_steps import next_steps
from simulator.runs.folder.times import parsed_moment
from simulator.runs.outcome import explanation, findings, in_words, kind
from simulator.runs.words import count

if TYPE_CHECKING:
    from simulator.runs.corrections.repairs import Repair
    from simulator.runs.folder.run_record import RunRecord
    from simulator.runs.store import RunStore

PAGE = 8


def attention_list(store: RunStore, needing: list[RunRecord]) -> None:
    """Show these runs in their order, some to a page.

    Args:
        store: all runs.
        needing: as `dashboard.queries.night.attention` gives them.
    """
    offset = page_offset(len(needing), PAGE, key="worst")
    known = repairs(store)
    for record in needing[offset : offset + PAGE]:
        _one(store, record, known.of(record.name))


def _one(store: RunStore, record: RunRecord, repair: Repair | None) -> None:
    folder, look = store.folder(record.name), KIND_LOOKS[kind(record)]
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(
                f":{look.colour}[{look.icon}] **{plain(record.source.key or record.name)}** · "
                f"{plain(tr(in_words(record)))} · {local(record.started)}"
            )
            st.page_link(
                "views/run.py",
                label=tr("Open this run"),
                query_params={"run": record.name},
                icon=":material/open_in_new:",
                width="content",
            )
        for line in _why(record, repair):
            st.markdown(line)
        stopped = parsed_moment(record.stopped)
        if (redrive := redrive_of(store, record.name, stopped.timestamp() if stopped else 0.0)) is not None:
            going = job_state(store, redrive).running
            told = "A redrive has been started: see the run." if going else "A redrive could not begin: see the run."
            (st.info if going else st.warning)(tr(told), icon=":material/replay:")
            if not redrive.run:
                return
        steps = next_steps(folder, record)
        if steps:
            more = tr(f" ({count(len(steps) - 1, 'more step')} on the run's page.)") if len(steps) > 1 else ""
            st.caption(plain(tr(steps[0].text), 600).rstrip("\\.:。：") + tr(".") + more)
            step_button(store, folder, record, steps[0])


def _why(record: RunRecord, repair: Repair | None) -> list[str]:
    """What went wrong, in one or two lines of Markdown."""
    told = []
    if repair is not None:
        told.append(tr(f"So far {repair.words}."))
    if record.rejected:
        found = findings(record)
        if found:
            first = found[0]
            place = f"Line {first.line:,}: " if first.line is not None else ""
            more = f" (and {len(found) - 1:,} more)" if len(found) > 1 else ""
            told.append(tr(f"{place}{plain(first.message, 300)}{more}"))
    elif record.reasons:
        worst = record.reasons[0]
        rest = sum(one.count for one in record.reasons[1:])
        more = tr(f", and {count(rest, 'row')} for other reasons") if rest else ""
        told.append(f"{worst.count:,} × **{plain(worst.error, 80)}**: {plain(worst.cause, 300)}{more}")
    elif why := explanation(record):
        told.append(plain(tr(why), 400))
    return told

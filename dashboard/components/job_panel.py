"""A run or a redrive that was started from a page: its state, while it runs and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard.components.run.rejected_lines import rejected_lines
from dashboard.components.run.verdict import headline, verdict
from dashboard.jobs import job_state
from dashboard.languages.language import tr
from dashboard.plain_text import plain
from dashboard.queries.run_list import run
from simulator.runs.outcome import Kind

if TYPE_CHECKING:
    from dashboard.jobs import Job
    from simulator.runs.store import RunStore

LIVE_SECONDS = 0.7


def job_panel(store: RunStore, job: Job) -> None:
    """Show a job; only this part of the page refreshes, and only while its process lives."""
    running = job_state(store, job).running
    st.fragment(run_every=LIVE_SECONDS if running else None)(_panel)(store, job, running)


def _panel(store: RunStore, job: Job, running: bool) -> None:  # noqa: FBT001 - a fragment's arguments
    state = job_state(store, job)
    if running and not state.running:
        st.rerun()
    with st.container(border=True):
        st.markdown(f"**{plain(tr(job.title))}**")
        row = run(store.folder(state.run)) if state.run else None
        if state.failed:
            st.error(tr("The command ended without a result. Its messages:"), icon=":material/error:")
        elif row is None:
            st.info(tr("Starting the local cloud …" if state.running else "The run's folder has gone."))
        if state.messages and (state.failed or state.running or row is None):
            st.code(state.messages, language=None, wrap_lines=True)
        if row is None or state.run is None:
            return
        if job.run is not None and state.running and row.kind is not Kind.RUNNING:
            st.info(tr("Starting the redrive …"), icon=":material/replay:")  # the run still says how it ended before
            return
        headline(row)
        if row.rows:
            told = f"{row.succeeded:,} of {row.rows:,} rows succeeded, {row.failed:,} failed, {row.pending:,} to do"
            st.progress(row.done_share, text=told)
        if not state.running:
            folder = store.folder(state.run)
            verdict(folder)
            if row.kind is Kind.REJECTED:
                rejected_lines(folder)
        st.page_link(
            "views/run.py", label=tr("Open this run"), query_params={"run": row.name}, icon=":material/open_in_new:"
        )

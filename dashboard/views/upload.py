"""Upload a CSV file and run it: the command of the terminal, started from the page."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import streamlit as st

from dashboard.components.aws_upload import aws_upload
from dashboard.components.job_panel import job_panel
from dashboard.components.moments import zone
from dashboard.components.polling import keep_fresh
from dashboard.components.same_page import same_page
from dashboard.components.tab import tab_title
from dashboard.deployed.deployment import deployment
from dashboard.jobs import CannotStart, Job, find_job, job_state, jobs, start_run
from dashboard.languages.language import tr
from dashboard.plain_text import plain
from dashboard.store import default_store
from lambdas.shared.columns import HEADER

if TYPE_CHECKING:
    from simulator.runs.store import RunStore


def page() -> None:
    """Show the page."""
    st.title(tr("Upload"))
    tab_title("Upload")
    deployed = deployment()
    if deployed is not None:
        aws_upload(deployed)
        return
    store = default_store()
    keep_fresh(lambda: [job.name for job in jobs(store)])
    st.caption(
        tr(
            "The file goes through the whole pipeline, as with the command run of the terminal: S3, validation, every "
            f"row. Its columns: {', '.join(HEADER)}. A file that Excel saved (Shift_JIS, UTF-16, BOM) is converted. "
            "Rows of a corrected failed-rows.csv are refused if their user ID is no longer that of their line."
        )
    )
    file = st.file_uploader(tr("CSV file"), type=["csv"], key="file")
    create = st.checkbox(tr("First create the users that the file names and the database has not"), key="create-users")
    if st.button(tr("Upload and run"), type="primary", icon=":material/play_arrow:", disabled=file is None) and file:
        try:
            job = start_run(store, file.name, file.getvalue(), create_users=create)
        except CannotStart as error:
            st.error(plain(error, 800), icon=":material/error:")
        else:
            st.query_params["job"] = job.name
    shown = _shown(store)
    if shown is not None:
        job_panel(store, shown)
    _earlier(store, shown)


def _shown(store: RunStore) -> Job | None:
    """The job that the address names, else an upload that is going on (a redrive is on the page of its run)."""
    name = st.query_params.get("job")
    if name is not None:
        found = find_job(store, name)
        if found is None:
            st.warning(tr("This upload is no longer kept; its run is on the page Night."))
        return found
    return next((job for job in jobs(store) if job.run is None and job_state(store, job).running), None)


def _earlier(store: RunStore, shown: Job | None) -> None:
    rest = [job for job in jobs(store) if shown is None or job.name != shown.name]
    if not rest:
        return
    with st.expander(tr(f"Earlier ({len(rest)})")):
        for job in rest:
            began = _clock(job.started)
            same_page(f"{began} · {plain(tr(job.title))}", job=job.name)


def _clock(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, zone()):%Y-%m-%d %H:%M:%S}"


page()

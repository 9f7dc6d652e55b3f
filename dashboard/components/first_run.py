"""What a page says while there is no run: how to make the first one."""

from __future__ import annotations

import streamlit as st

from dashboard.deployed.deployment import deployment
from dashboard.languages.language import tr
from dashboard.plain_text import plain
from simulator.pipeline.settings import PROJECT_ROOT
from simulator.runs.suggested_command import command


def first_run() -> None:
    """Say it."""
    deployed = deployment()
    if deployed is not None:
        words = "The stack has no run of that time." if deployed.read else "The stack's runs are being read."
        st.info(tr(f"{words} Runs appear here by themselves. `--since 30d` behind `--stack` looks further back."))
        return
    st.info(
        tr("There is no run yet. Make the first one in a terminal, in the project's folder:"), icon=":material/rocket:"
    )
    st.code(command("run", "sample.csv", anywhere=True), language=None)
    st.caption(plain(tr(f"The project's folder is {PROJECT_ROOT}. The run appears here by itself.")))
    st.page_link("views/upload.py", label=tr("or upload a CSV file here"), icon=":material/upload_file:")

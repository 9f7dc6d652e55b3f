"""The browser's tab: its picture, and a title that tells one tab from another."""

from __future__ import annotations

import streamlit as st

from dashboard.languages.language import tr

ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#1f6fb5"/>'
    '<path d="M9 10h14M9 16h14M9 22h8" stroke="#fff" stroke-width="3" stroke-linecap="round"/></svg>'
)
"""Drawn here: an icon by name would be fetched from the internet."""
APP = "CSV pipeline"
_MOST = 60


def tab_title(*parts: str) -> None:
    """Name the tab, what tells it from others first: `✗ Failed · kyoto.csv · CSV pipeline`."""
    short = (part if len(part) <= _MOST else part[: _MOST - 1] + "…" for part in parts if part)
    st.set_page_config(page_title=" · ".join([*(tr(one) for one in short), tr(APP)]))

"""The browser's address, corrected in its place: Back does not lead to the one that it had before.

Streamlit's `query_params` always adds a step to the browser's history, and while a page is being opened it writes the
parameters behind the path of the page before.
"""

from __future__ import annotations

import json
from uuid import uuid4

import streamlit as st


def settle_address(**parameters: str | None) -> None:
    """Write parameters into the address; None takes one away."""
    said = json.dumps(parameters).replace("<", "\\u003c")
    st.html(
        f"<script>/* {uuid4()}: the same script would not run again */ {{ const address = new URL(location); "
        f"for (const [name, value] of Object.entries({said})) "
        "value === null ? address.searchParams.delete(name) : address.searchParams.set(name, value); "
        "history.replaceState(history.state, '', address); }</script>",
        unsafe_allow_javascript=True,
    )

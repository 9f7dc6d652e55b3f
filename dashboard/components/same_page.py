"""Links from a page to itself with another address: Streamlit's page link leaves the address as it was."""

from __future__ import annotations

import streamlit as st

from dashboard.components.moments import ZONE
from dashboard.languages.language import LANGUAGE, tr

KEPT = (ZONE, LANGUAGE)
"""Parameters that stay: they say how to show something, not what."""


def same_page(label: str, *, icon: str | None = None, **parameters: str) -> None:
    """Show a button that opens this page with these parameters in the address, and no others."""
    key = f"same page {label} {sorted(parameters.items())}"
    if st.button(tr(label), key=key, type="tertiary", icon=icon, on_click=_go, args=(parameters,)):
        st.rerun()  # all of the page: the button may be in a fragment


def _go(parameters: dict[str, str]) -> None:
    kept = {name: st.query_params[name] for name in KEPT if name in st.query_params}
    st.query_params.from_dict({**kept, **parameters})

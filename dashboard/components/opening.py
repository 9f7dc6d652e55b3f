"""Opens another page by a link that is clicked by itself, so that Back leads to the address that was left.

Streamlit's `switch_page` first writes the new page's parameters behind the old page's path (`/?run=...`): Back would
lead there, and what the old address said (span, filters) would be lost.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import streamlit as st

from dashboard.components.same_page import KEPT
from dashboard.languages.language import tr

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEY = "opening"
_LOOK_MILLISECONDS = 30


def open_page(page: str, **parameters: str) -> None:
    """Show a link to a page with these parameters in the address, and click it."""
    kept: Mapping[str, str] = {name: st.query_params[name] for name in KEPT if name in st.query_params}
    with st.container(key=_KEY):
        st.page_link(page, label=tr("Opening …"), query_params={**kept, **parameters}, icon=":material/open_in_new:")
    selector = json.dumps(f".st-key-{_KEY} a")
    st.html(
        f"<script>(function look() {{ const link = document.querySelector({selector}); "
        f"link ? link.click() : setTimeout(look, {_LOOK_MILLISECONDS}); }})()</script>",
        unsafe_allow_javascript=True,
    )

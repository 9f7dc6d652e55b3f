"""The frame around the pages: `streamlit run dashboard` opens this file."""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st

_ROOT = str(Path(__file__).resolve().parents[1])
if _ROOT not in sys.path:  # Streamlit puts the folder of this file on the path, not the project's
    sys.path.insert(0, _ROOT)

from dashboard.components.moments import name_zone, settle_zone, zone_picker  # noqa: E402 - see above
from dashboard.components.tab import APP, ICON  # noqa: E402 - see above
from dashboard.deployed.options import BadOptions  # noqa: E402 - see above
from dashboard.languages.language import language_picker, name_language, settle_language, tr  # noqa: E402 - see above
from dashboard.plain_text import plain  # noqa: E402 - see above
from dashboard.store import default_store  # noqa: E402 - see above
from simulator.fetch.errors import FetchError  # noqa: E402 - see above
from simulator.pipeline.errors import CloudError  # noqa: E402 - see above

st.set_page_config(page_title=APP, page_icon=ICON, layout="wide")
settle_language()
settle_zone()
try:
    default_store()
except (CloudError, BadOptions, FetchError) as error:  # no page could show anything
    st.error(plain(error, 800), icon=":material/error:")
    st.stop()
chosen = st.navigation(
    [
        st.Page("views/night.py", title=tr("Night"), icon=":material/bedtime:", default=True),
        st.Page("views/run.py", title=tr("Run"), icon=":material/account_tree:"),
        st.Page("views/inbox.py", title=tr("Inbox"), icon=":material/inbox:"),
        st.Page("views/errors.py", title=tr("Errors"), icon=":material/error:"),
        st.Page("views/users.py", title=tr("Users"), icon=":material/person_search:"),
        st.Page("views/forecast.py", title=tr("Forecast"), icon=":material/payments:"),
        st.Page("views/upload.py", title=tr("Upload"), icon=":material/upload_file:"),
    ],
    position="top",
)
chosen.run()
name_language()
name_zone()
with st.container(horizontal=True):
    with st.popover(tr("Time zone"), icon=":material/schedule:", type="tertiary"):
        zone_picker()
    with st.popover("Language / 言語", icon=":material/translate:", type="tertiary"):
        language_picker()

"""The choice of the span that a page shows; the address names it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import streamlit as st

from dashboard.components.choices import days_of
from dashboard.components.moments import zone
from dashboard.languages.language import tr
from dashboard.queries.night.intervals import Since, interval

if TYPE_CHECKING:
    from dashboard.queries.night.intervals import Interval

SINCE = "since"
"""The parameter of the address; `days` names the days of `Since.DAYS`."""
WORDS = {
    Since.YESTERDAY: "Since yesterday 18:00",
    Since.DAY: "The last 24 hours",
    Since.WEEK: "The last 7 nights",
    Since.MONTH: "The last 30 nights",
    Since.ALL: "Everything",
    Since.DAYS: "Days to choose …",
}
PAGES = ("page", "worst", "rows-page")
"""Parameters that name a page of what the span holds."""


def chosen_span(default: Since = Since.YESTERDAY) -> Since:
    """Return the choice that the address names; `default` if it names none, or one that there is not."""
    asked = st.query_params.get(SINCE, default)
    return Since(asked) if asked in list(Since) else default


def interval_picker(default: Since = Since.YESTERDAY) -> Interval:
    """Show the choice; return what it means now.

    Args:
        default: what counts while the address names nothing.
    """
    current = chosen_span(default)
    widget = f"span {current}"  # another widget as soon as the address names another span, by Back too
    st.selectbox(
        tr("Span"),
        list(Since),
        index=list(Since).index(current),
        format_func=lambda one: tr(WORDS[one]),
        key=widget,
        width=240,
        on_change=_chosen,
        args=(widget, default),
    )
    days = days_of("Started between", key="days", clears=PAGES, width=240) if current is Since.DAYS else ()
    here = zone()
    return interval(current, datetime.now(here), here, days)


def _chosen(widget: str, default: Since) -> None:
    picked = st.session_state[widget]
    if picked not in list(Since):
        return  # the words of an option in the language of before
    kept = {name: st.query_params.get_all(name) for name in st.query_params if name not in (SINCE, "days", *PAGES)}
    st.query_params.from_dict({**kept, **({SINCE: [str(picked)]} if picked != default else {})})

"""What a run costs on AWS, how long it takes there, and which quota it meets first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from dashboard.components.charts import growth_lines
from dashboard.components.first_run import first_run
from dashboard.components.tab import tab_title
from dashboard.languages.language import tr
from dashboard.plain_text import plain
from dashboard.queries.run_list import runs
from dashboard.store import default_store
from simulator.forecast.costs import Line, total
from simulator.forecast.forecast import (
    ASSUMPTIONS,
    MOST_CONCURRENCY,
    MOST_ROWS,
    OMISSIONS,
    Forecast,
    NothingToForecast,
    forecast,
)
from simulator.forecast.page import drawn_plans, html_page
from simulator.forecast.price_list import price_list
from simulator.runs.folder.run_record import RUNNING
from simulator.runs.words import count

if TYPE_CHECKING:
    from collections.abc import Sequence


@st.cache_data(max_entries=20, show_spinner="Simulating all plans …")
def _made(name: str, _ended: str | None, rows: int, concurrency: int | None, per_day: int | None) -> Forecast:
    folder = default_store().folder(name)
    return forecast(folder, folder.record(), rows=rows, concurrency=concurrency, per_day=per_day)


def page() -> None:
    """Show the page."""
    st.title(tr("Forecast"))
    tab_title(tr("Forecast"))
    st.caption(
        tr(
            "What a file costs on AWS, how long it takes there, and which quota it meets first: from what a run really "
            "did."
        )
    )
    ended = {
        row.name: row
        for row in runs(default_store())
        if row.status != RUNNING and (row.succeeded or 0) + (row.failed or 0)
    }
    if not ended:
        st.info(tr("No run has processed a row yet: there is nothing to forecast from."), icon=":material/timer_off:")
        first_run()
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            tr("Run that is measured"),
            list(ended),
            format_func=lambda one: plain(f"{ended[one].file}, {count(ended[one].rows or 0, 'row')}, {one}", 90),
            key="measured",
        )
        rows = st.number_input(tr("Rows"), 1, MOST_ROWS, max(ended[name].rows or 1, 1), key="rows", width=180)
        concurrency = st.number_input(tr("Children at once"), 1, MOST_CONCURRENCY, None, key="concurrency", width=180)
        per_day = st.number_input(tr("Rows per day"), 1, MOST_ROWS * 1000, None, key="per-day", width=180)
    try:
        made = _made(name, ended[name].status, int(rows), concurrency, per_day)
    except (NothingToForecast, OSError) as error:
        st.error(plain(error, 800), icon=":material/error:")
        return
    _show(made)


def _show(made: Forecast) -> None:
    st.info(plain(made.recommendation, 800), icon=":material/lightbulb:")
    with st.container(horizontal=True):
        st.metric(tr("One run"), f"${made.usd:,.4f}")
        st.metric(tr("Takes"), made.point.took)
        st.metric(tr("A month, {rows} rows per day", rows=f"{made.rows_per_day:,.0f}"), f"${made.month_usd:,.2f}")
    if made.claim is not None:
        st.text(made.claim.words)
    st.subheader(tr("How it grows"))
    growth_lines(drawn_plans(made.growth))
    st.subheader(tr("Limits of this plan, the first one met at the top"))
    limits = [{"limit": one.what, "used": one.used, "of": one.limit, "share": one.share} for one in made.limits]
    st.dataframe(
        pd.DataFrame(limits),
        hide_index=True,
        column_config={"share": st.column_config.NumberColumn(format="percent")},
    )
    _bill(tr("Cost of one run"), made.lines)
    _bill(tr("Cost of a month without files"), made.month)
    prices = price_list()
    st.caption(
        tr("Prices of {date}, {region}, in US dollars, without free tiers.", date=prices.date, region=prices.region)
    )
    st.download_button(
        tr("Page with all plans"), html_page(made), "forecast.html", "text/html", icon=":material/download:"
    )
    with st.expander(tr("Assumptions, and what is left out")):
        for sentence in ASSUMPTIONS:
            st.text(sentence)
        st.text(f"Left out: {'; '.join(OMISSIONS)}.")


def _bill(title: str, lines: Sequence[Line]) -> None:
    st.subheader(f"{title}: ${total(list(lines)):,.4f}")
    prices = price_list().prices
    table = [
        {
            "item": line.item,
            "quantity": line.quantity,
            "unit": line.unit,
            "price, $": prices[line.price].rate,
            "price has a source": line.sourced,
            "$": line.usd,
            "basis": line.basis,
        }
        for line in lines
    ]
    st.dataframe(
        pd.DataFrame(table),
        hide_index=True,
        column_config={
            "quantity": st.column_config.NumberColumn(format="localized"),
            "$": st.column_config.NumberColumn(format="%.6f"),
        },
    )


page()

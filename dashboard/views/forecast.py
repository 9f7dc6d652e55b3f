"""What a run costs on AWS, how long it takes there, and which quota it meets first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from dashboard.components.charts import growth_lines
from dashboard.components.choices import number_of, one_of
from dashboard.components.first_run import first_run
from dashboard.components.moments import local
from dashboard.components.polling import keep_fresh
from dashboard.components.tab import tab_title
from dashboard.components.tables.plain_table import show_table
from dashboard.languages.language import tr
from dashboard.plain_text import plain
from dashboard.queries.records import standing
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
from simulator.forecast.limits import STOPS
from simulator.forecast.page import drawn_plans, html_page
from simulator.forecast.price_list import price_list
from simulator.runs.folder.run_record import RUNNING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.forecast.limits import Limit


@st.cache_data(max_entries=20, show_spinner="Simulating all plans …")
def _made(name: str, _ended: str | None, rows: int, concurrency: int | None, per_day: int | None) -> Forecast:
    folder = default_store().folder(name)
    return forecast(folder, folder.record(), rows=rows, concurrency=concurrency, per_day=per_day)


def page() -> None:
    """Show the page."""
    st.title(tr("Forecast"))
    tab_title("Forecast")
    st.caption(
        tr(
            "What a file costs on AWS, how long it takes there, and which quota it meets first: from what a run really "
            "did."
        )
    )
    store = default_store()
    keep_fresh(lambda: standing(store))
    found = [row for row in runs(store) if row.status != RUNNING and (row.succeeded or 0) + (row.failed or 0)]
    ended = {row.name: row for row in sorted(found, key=lambda row: row.status != "SUCCEEDED")}
    if not ended:
        st.info(tr("No run has processed a row yet: there is nothing to forecast from."), icon=":material/timer_off:")
        first_run()
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = one_of(
            "Run that is measured",
            list(ended),
            key="run",
            shown=lambda one: f"{local(ended[one].started)} · {ended[one].file} · {ended[one].rows or 0:,} rows",
            width=420,
        )
        known = f"{ended[name].rows or 0}"
        rows = number_of("Rows", MOST_ROWS, key="rows", placeholder=known, width=210)
        concurrency = number_of(
            "Children at once", MOST_CONCURRENCY, key="concurrency", placeholder=tr("as deployed"), width=210
        )
        per_day = number_of("Rows per day", MOST_ROWS * 1000, key="per-day", placeholder=tr("one such file"), width=210)
    try:
        made = _made(name, ended[name].status, rows or max(ended[name].rows or 1, 1), concurrency, per_day)
    except (NothingToForecast, OSError) as error:
        st.error(plain(error, 800), icon=":material/error:")
        return
    _show(made)


def _show(made: Forecast) -> None:
    st.info(plain(tr(made.recommendation), 800), icon=":material/lightbulb:")
    with st.container(horizontal=True):
        st.metric(tr("One run"), f"${made.usd:,.4f}", border=True, width="content")
        st.metric(tr("Takes"), tr(made.point.took), border=True, width="content")
        st.metric(
            tr("A month, {rows} rows per day", rows=f"{made.rows_per_day:,.0f}"),
            f"${made.month_usd:,.2f}",
            border=True,
            width="content",
        )
    if made.claim is not None:
        st.text(tr(made.claim.words))
    st.subheader(tr("How it grows"))
    growth_lines(drawn_plans(made.growth))
    st.subheader(tr("Limits of this plan, the first one met at the top"))
    show_table(
        pd.DataFrame(
            [
                {
                    "Share": one.share,
                    "Limit": tr(one.what),
                    "Used": one.used,
                    "Of": one.limit,
                    "Limit has a source": one.sourced,
                    "If it is met": _met(one),
                }
                for one in made.limits
            ]
        ),
        alt="Limits of this plan",
        columns={
            "Share": st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1, width=110),
            "Used": st.column_config.NumberColumn(format="localized"),
            "Of": st.column_config.NumberColumn(format="localized"),
        },
    )
    _bill("Cost of one run", made.lines)
    _bill("Cost of a month without files", made.month)
    prices = price_list()
    st.caption(
        tr(
            "Prices of {oldest} to {newest}, {region}, in US dollars, without free tiers. "
            "A figure with a ? has no source.",
            oldest=prices.oldest,
            newest=prices.newest,
            region=prices.region,
        )
    )
    st.download_button(
        tr("Page with all plans"), html_page(made), "forecast.html", "text/html", icon=":material/download:"
    )
    with st.expander(tr("Assumptions, and what is left out")):
        for title, sentences in (("Assumptions", ASSUMPTIONS), ("Left out", OMISSIONS)):
            st.markdown(f"**{tr(title)}**")
            st.markdown("\n".join(f"- {plain(tr(sentence), 800)}" for sentence in sentences))


def _met(limit: Limit) -> str:
    return tr("the run fails" if limit.effect == STOPS else "the run is slower")


def _bill(title: str, lines: Sequence[Line]) -> None:
    st.subheader(plain(f"{tr(title)}: ${total(list(lines)):,.4f}"))
    prices = price_list().prices
    table = [
        {
            "Item": tr(line.item),
            "$": line.usd,
            "Quantity": line.quantity,
            "Unit": tr(line.unit),
            "Price, $": prices[line.price].rate,
            "Price has a source": prices[line.price].sourced,
            "Basis": tr(line.basis),
        }
        for line in lines
    ]
    show_table(
        pd.DataFrame(table),
        alt=title,
        columns={
            "Quantity": st.column_config.NumberColumn(format="localized"),
            "$": st.column_config.NumberColumn(format="%.6f"),
        },
    )


page()

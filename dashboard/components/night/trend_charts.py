"""Is it getting worse? Nights compared in numbers, and charts whose axis has every night, also those without a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import pandas as pd
import streamlit as st

from dashboard.components.charts import show_chart, tip
from dashboard.components.looks import BLUE, GRAY, GREEN, ORANGE, RED
from dashboard.components.moments import took
from dashboard.languages.language import tr
from dashboard.queries.night.nights import together

if TYPE_CHECKING:
    from dashboard.queries.night.nights import Night

WEEK = 7
_HEIGHT = 220


def compared_weeks(nights: list[Night]) -> None:
    """Show the last seven nights beside the seven before; nothing while there are fewer than two.

    Args:
        nights: oldest first, without a gap.
    """
    after, before = nights[-WEEK:], nights[-2 * WEEK : -WEEK]
    if not before:
        st.caption(tr("There are not yet two weeks to compare."))
        return
    now, then = together(after), together(before)
    st.caption(tr(f"The last {len(after)} nights, and the change from the {len(before)} before."))
    with st.container(horizontal=True):
        _share("Rows that failed", now.failed_rate, then.failed_rate, good="less")
        _share("Runs that succeeded", now.success_rate, then.success_rate, good="more")
        faster = (now.median_seconds or 0) - (then.median_seconds or 0)
        st.metric(
            tr("Median duration"),
            took(now.median_seconds),
            tr(f"{faster:+.1f} s") if now.seconds and then.seconds else None,
            delta_color="inverse",
            border=True,
            width="content",
        )
        st.metric(
            tr("Rows per night"),
            f"{_rows(now) / len(after):,.0f}",
            f"{_rows(now) / len(after) - _rows(then) / len(before):+,.0f}",
            delta_color="off",
            border=True,
            width="content",
        )


def _share(title: str, now: float | None, then: float | None, *, good: str) -> None:
    change = None if now is None or then is None else (now - then) * 100
    st.metric(
        tr(title),
        "–" if now is None else f"{now:.2%}" if good == "less" else f"{now:.0%}",
        None if change is None else tr(f"{change:+.2f} points"),
        delta_color="inverse" if good == "less" else "normal",
        border=True,
        width="content",
    )


def _rows(night: Night) -> int:
    return night.rows_succeeded + night.rows_failed


def trend_charts(nights: list[Night]) -> None:
    """Show failed rows, succeeded runs, durations and rows of each night.

    Args:
        nights: oldest first, without a gap.
    """
    frame = pd.DataFrame(
        [
            {
                "night": one.morning.isoformat(),
                "failed_rate": one.failed_rate,
                "success_rate": one.success_rate,
                "median": one.median_seconds,
                "p95": one.p95_seconds,
                "Succeeded": one.rows_succeeded,
                "Failed": one.rows_failed,
                "runs": one.runs,
            }
            for one in nights
        ]
    )
    left, right = st.columns(2)
    with left:
        st.markdown(tr("**Rows that failed, per night**"))
        _rate(frame, "failed_rate", "Rows that failed", RED)
        st.markdown(tr("**Duration of a run, per night**"))
        _durations(frame)
    with right:
        st.markdown(tr("**Runs that succeeded, per night**"))
        _rate(frame, "success_rate", "Runs that succeeded", GREEN, whole=True)
        st.markdown(tr("**Rows per night**"))
        _row_bars(frame)


def _axis(frame: pd.DataFrame) -> alt.X:
    """Every night, named `11-28` by its morning."""
    axis = alt.Axis(labelAngle=-45, labelExpr="slice(datum.value, 5)", labelOverlap=True)
    return alt.X("night:O", title=None, axis=axis, scale=alt.Scale(domain=list(frame["night"])))


def _missing(frame: pd.DataFrame) -> alt.Chart:
    """A grey band where no file came."""
    chart: alt.Chart = (
        alt.Chart(frame[frame["runs"] == 0].assign(what=tr("no file")))
        .mark_bar(color=GRAY, opacity=0.35)
        .encode(x=_axis(frame), y=alt.value(0), y2=alt.value("height"), tooltip=[tip("night:O"), tip("what:N")])
    )
    return chart


def _show(layers: list[alt.Chart], frame: pd.DataFrame, what: str) -> None:
    missing = [_missing(frame)] if (frame["runs"] == 0).any() else []
    show_chart(alt.layer(*missing, *layers).properties(height=_HEIGHT), what)


def _rate(frame: pd.DataFrame, field: str, title: str, colour: str, *, whole: bool = False) -> None:
    chart = (
        alt.Chart(frame)
        .mark_line(point=alt.OverlayMarkDef(size=40, color=colour), color=colour, invalid="break-paths-filter-domains")
        .encode(
            x=_axis(frame),
            y=alt.Y(
                f"{field}:Q",
                title=None,
                axis=alt.Axis(format=".0%" if whole else ".1%", tickCount=5),
                scale=alt.Scale(domain=[0, 1]) if whole else alt.Scale(zero=True),
            ),
            tooltip=[tip("night:O"), tip(f"{field}:Q", format=".2%", title=tr(title)), tip("runs:Q")],
        )
    )
    _show([chart], frame, tr(f"{title}, per night"))


def _durations(frame: pd.DataFrame) -> None:
    long = frame.melt(["night", "runs"], ["median", "p95"], "of the runs", "seconds")
    long["of the runs"] = long["of the runs"].map(tr)
    chart = (
        alt.Chart(long)
        .mark_line(point=alt.OverlayMarkDef(size=40), invalid="break-paths-filter-domains")
        .encode(
            x=_axis(frame),
            y=alt.Y("seconds:Q", title=None, axis=alt.Axis(labelExpr=f"datum.label + {tr('0 s')[1:]!r}", tickCount=5)),
            color=alt.Color(
                "of the runs:N",
                scale=alt.Scale(domain=[tr("median"), tr("p95")], range=[BLUE, ORANGE]),
                legend=alt.Legend(title=None, orient="top"),
            ),
            tooltip=[tip("night:O"), tip("of the runs:N"), tip("seconds:Q", format=",.1f")],
        )
    )
    _show([chart], frame, tr("How long the runs took, per night: median and 95th percentile"))


def _row_bars(frame: pd.DataFrame) -> None:
    long = frame.melt(["night", "runs"], ["Succeeded", "Failed"], "outcome", "rows")
    long["outcome"] = long["outcome"].map(tr)
    chart = (
        alt.Chart(long)
        .mark_bar()
        .encode(
            x=_axis(frame),
            y=alt.Y("rows:Q", title=None, axis=alt.Axis(format="~s", tickCount=5)),
            color=alt.Color(
                "outcome:N",
                scale=alt.Scale(domain=[tr("Succeeded"), tr("Failed")], range=[GREEN, RED]),
                legend=alt.Legend(title=None, orient="top"),
            ),
            tooltip=[tip("night:O"), tip("outcome:N"), tip("rows:Q", format=",")],
        )
    )
    _show([chart], frame, tr("Rows per night, succeeded and failed"))

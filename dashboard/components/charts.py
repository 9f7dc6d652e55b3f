"""The charts: each takes rows of plain values and shows them; nothing here reads files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import altair as alt
import pandas as pd
import streamlit as st

from dashboard.components.looks import AMBER, BLUE, GRAY, GREEN, ORANGE, RED
from dashboard.languages.language import tr
from dashboard.queries.workers.spans import Part

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

    from streamlit.elements.vega_charts import VegaLiteState

    from simulator.forecast.growth import Point

_PART_WORDS = [str(part) for part in (Part.ATTEMPT, Part.FAILED_ATTEMPT, Part.WAIT, Part.AFTER_ERROR)]
_PART_RGB = [GREEN, RED, ORANGE, GRAY]
_LABEL = "#4a4d55"
_LANE = 0.85
"""The part of a worker's lane that is filled if it was busy all the time."""


def tip(shorthand: str, **options: Any) -> alt.Tooltip:
    """Return a field of a chart's tooltip, named in the page's language: `tip("rows:Q", format=",")`."""
    named = {"title": tr(shorthand.rpartition(":")[0].replace("_", " ")), **options}
    return alt.Tooltip(shorthand, **named)


def show_chart(
    chart: alt.Chart | alt.LayerChart | alt.FacetChart,
    what: str,
    *,
    key: str | None = None,
    selection: str | None = None,
) -> VegaLiteState | None:
    """Show a chart; return what was selected in it.

    Args:
        chart: the chart.
        what: says what it is to people who do not see it.
        key: its name on the page; needed with `selection`.
        selection: the name of its selection parameter; None if nothing can be selected.
    """
    if st.context.theme.type != "dark":  # Streamlit's own labels are too pale on white
        chart = chart.configure_axis(labelColor=_LABEL, titleColor=_LABEL).configure_legend(labelColor=_LABEL)
    if selection is None:
        st.altair_chart(chart, alt=tr(what), key=key)
        return None
    return st.altair_chart(chart, alt=tr(what), key=key, on_select="rerun", selection_mode=selection)


def throughput(points: pd.DataFrame, seconds: float) -> None:
    """Show rows per second over time.

    Args:
        points: `time`, `per_second`, `succeeded`, `failed`.
        seconds: how long the span of a point is; the last one would have no width without it.
    """
    end = points.tail(1).assign(time=lambda frame: frame["time"] + pd.Timedelta(seconds=seconds))
    points = pd.concat([points, end], ignore_index=True)
    chart = (
        alt.Chart(points)
        .mark_area(line={"color": BLUE}, color=BLUE, opacity=0.3, interpolate="step-after")
        .encode(
            x=alt.X("time:T", title=None, axis=alt.Axis(format="%H:%M:%S", labelOverlap=True, labelSeparation=8)),
            y=alt.Y("per_second:Q", title=tr("Rows per second")),
            tooltip=[
                tip("time:T", format="%H:%M:%S.%L"),
                tip("per_second:Q", format=",.0f"),
                tip("succeeded:Q"),
                tip("failed:Q"),
            ],
        )
    )
    show_chart(chart.properties(height=220), "Rows per second over time")


def worker_spans(spans: Sequence[dict[str, Any]], zone: tzinfo) -> None:
    """Show the rows of each worker over time; spans as `dashboard.queries.workers.worker_times` gives them."""
    frame = pd.DataFrame(list(spans))
    frame = frame.assign(
        start=frame["start"].dt.tz_convert(zone),
        stop=frame["stop"].dt.tz_convert(zone),
        part=frame["part"].map(lambda part: tr(str(part))),
    )
    chart = (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=alt.X("start:T", title=None, axis=alt.Axis(format="%H:%M:%S", labelOverlap=True, labelSeparation=8)),
            x2="stop:T",
            y=alt.Y("worker:O", title=tr("Worker")),
            color=_part_colour(frame),
            tooltip=[
                tip("line:Q"),
                tip("user:N"),
                tip("part:N"),
                tip("error:N"),
                tip("state:N"),
                tip("start:T", format="%H:%M:%S.%L"),
            ],
        )
        .interactive(bind_y=False)
    )
    count = frame["worker"].nunique()
    show_chart(chart.properties(height=34 * count + 90), f"The rows of {count} workers over time")


def worker_shares(shares: Sequence[dict[str, Any]], zone: tzinfo) -> None:
    """Show how each worker spent its time, summed up; shares as `dashboard.queries.workers.worker_times` gives them."""
    workers = sorted({share["worker"] for share in shares})
    frame = pd.DataFrame(stacked_shares(shares, workers))
    frame = frame.assign(
        start=frame["start"].dt.tz_convert(zone), stop=frame["stop"].dt.tz_convert(zone), part=frame["part"].map(tr)
    )
    lanes = alt.Axis(
        values=[lane + 0.5 for lane in range(len(workers))],
        labelExpr=f"{json.dumps(workers)}[floor(datum.value)]",
        grid=False,
    )
    chart = (
        alt.Chart(frame)
        .mark_rect()
        .encode(
            x=alt.X("start:T", title=None, axis=alt.Axis(format="%H:%M:%S", labelOverlap=True, labelSeparation=8)),
            x2="stop:T",
            y=alt.Y("low:Q", title=tr("Worker"), scale=alt.Scale(domain=[len(workers), 0], nice=False), axis=lanes),
            y2="high:Q",
            color=_part_colour(frame),
            tooltip=[tip("worker:O"), tip("part:N"), tip("share:Q", format=".0%"), tip("rows:Q"), tip("failed:Q")],
        )
    )
    show_chart(chart.properties(height=34 * len(workers) + 90), "How each worker spent its time")


def stacked_shares(shares: Sequence[dict[str, Any]], workers: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the shares with `low` and `high`: each worker has a lane of height 1, in which its parts lie on another.

    Vega-Lite stacks no bars that have a beginning and an end in time, and a chart for each worker has a fixed width.
    """
    order = {word: number for number, word in enumerate(_PART_WORDS)}
    filled: dict[tuple[Any, Any], float] = {}
    stacked = []
    for share in sorted(shares, key=lambda one: order.get(str(one["part"]), len(order))):
        place = (share["worker"], share["start"])
        below = filled.get(place, 0.0)
        filled[place] = above = min(below + share["share"], 1.0)
        floor = workers.index(share["worker"]) + 1 - (1 - _LANE) / 2
        stacked.append(
            {**share, "part": str(share["part"]), "low": floor - below * _LANE, "high": floor - above * _LANE}
        )
    return stacked


def _part_colour(frame: pd.DataFrame) -> alt.Color:
    words = [tr(word) for word in _PART_WORDS]
    present = [word for word in words if word in set(frame["part"])]
    return alt.Color(
        "part:N",
        scale=alt.Scale(domain=words, range=_PART_RGB),
        legend=alt.Legend(title=None, orient="top", columns=2, values=present),
    )


def user_history(points: pd.DataFrame) -> None:
    """Show how one user's totals changed; a point is `time`, `total`, `what`, `run`, `old`."""
    chart = (
        alt.Chart(points)
        .mark_line(point=True, interpolate="step-after")
        .encode(
            x=alt.X("time:T", title=None, axis=alt.Axis(format="%m-%d %H:%M", labelOverlap=True, labelSeparation=8)),
            y=alt.Y("total:Q", title=tr("Total")),
            color=alt.Color(
                "what:N", scale=alt.Scale(range=[BLUE, ORANGE]), legend=alt.Legend(title=None, orient="top")
            ),
            tooltip=[tip("time:T"), tip("what:N"), tip("old:Q"), tip("total:Q"), tip("run:N")],
        )
    )
    show_chart(chart.properties(height=260), "The user's totals over time")


def growth_lines(plans: Mapping[str, Sequence[Point]]) -> None:
    """Show how time and cost of some plans grow with the rows, a line for each plan."""
    names = [tr(name) for name in plans]
    points = [
        {
            "plan": tr(name),
            "rows": point.plan.rows,
            "seconds": point.seconds,
            "US dollars": point.usd,
            "first limit": tr(point.first.words),
        }
        for name, line in plans.items()
        for point in line
    ]
    legend = alt.Legend(title=None, orient="bottom", columns=1, labelLimit=320)
    colours = alt.Scale(domain=names, range=[BLUE, ORANGE, GREEN, RED, GRAY, AMBER])
    amounts = alt.Axis(format=",~r", tickCount=5)
    base = alt.Chart(pd.DataFrame(points)).encode(
        x=alt.X("rows:Q", scale=alt.Scale(type="log"), title=tr("rows"), axis=amounts),
        color=alt.Color("plan:N", sort=names, scale=colours, legend=legend),
        strokeDash=alt.StrokeDash("plan:N", sort=names, legend=legend),
        tooltip=[
            tip("plan:N"),
            tip("rows:Q", format=","),
            tip("seconds:Q", format=",.1f"),
            tip("US dollars:Q", format=",.4f"),
            tip("first limit:N"),
        ],
    )
    for field, title in (
        ("seconds", "Seconds of a run by its rows"),
        ("US dollars", "US dollars of a run by its rows"),
    ):
        st.markdown(f"**{tr(title)}**")
        chart = base.mark_line(point=True).encode(
            y=alt.Y(f"{field}:Q", scale=alt.Scale(type="log"), title=tr(field), axis=amounts)
        )
        show_chart(chart.properties(height=420), title)

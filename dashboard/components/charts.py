"""The charts: each takes rows of plain values and shows them; nothing here reads files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import altair as alt
import pandas as pd
import streamlit as st

from dashboard.components.looks import BLUE, GRAY, GREEN, ORANGE, RED, STATE_LOOKS
from dashboard.queries.states.state_grid import StateStatus
from dashboard.queries.workers.spans import Part

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

    from simulator.forecast.growth import Point

_STATUS_WORDS = [one.words for one in STATE_LOOKS.values()]
_STATUS_RGB = [one.rgb for one in STATE_LOOKS.values()]
_NOT_REACHED = STATE_LOOKS[StateStatus.SKIPPED].sign
_PART_WORDS = [str(part) for part in (Part.ATTEMPT, Part.FAILED_ATTEMPT, Part.WAIT, Part.AFTER_ERROR)]
_PART_RGB = [GREEN, RED, ORANGE, GRAY]
_LABEL = "#4a4d55"
_LANE = 0.85
"""The part of a worker's lane that is filled if it was busy all the time."""


def _show(chart: alt.Chart | alt.LayerChart, what: str) -> None:
    """Show a chart; `what` says what it is to people who do not see it."""
    if st.context.theme.type != "dark":  # Streamlit's own labels are too pale on white
        chart = chart.configure_axis(labelColor=_LABEL, titleColor=_LABEL).configure_legend(labelColor=_LABEL)
    st.altair_chart(chart, alt=what)


def status_grid(cells: Sequence[dict[str, Any]], states: Sequence[str], runs: Sequence[str]) -> None:
    """Show runs (across, oldest first) x workflow states (down).

    Args:
        cells: `run` (a label), `file`, `state`, `outcome` (words), `sign`, `detail`.
        states: the order of the rows.
        runs: the order of the columns.
    """
    base = alt.Chart(pd.DataFrame(cells)).encode(
        x=alt.X("run:N", sort=list(runs), title=None, axis=alt.Axis(labelAngle=-60, labelLimit=110)),
        y=alt.Y("state:N", sort=list(states), title=None, axis=alt.Axis(labelLimit=190, labelOverlap=False)),
        tooltip=["run:N", "file:N", "state:N", "outcome:N", "detail:N"],
    )
    squares = base.mark_rect(cornerRadius=3, stroke="transparent", strokeWidth=3).encode(
        opacity=alt.condition(alt.datum.sign == _NOT_REACHED, alt.value(0.25), alt.value(1)),
        color=alt.Color(
            "outcome:N",
            scale=alt.Scale(domain=_STATUS_WORDS, range=_STATUS_RGB),
            legend=alt.Legend(title=None, orient="top", columns=2, values=sorted({cell["outcome"] for cell in cells})),
        ),
    )
    signs = base.mark_text(color="white", fontWeight="bold").encode(text="sign:N")
    _show(
        (squares + signs).properties(height=30 * len(states) + 170),
        f"Grid of {len(runs)} runs by {len(states)} workflow states",
    )


def rows_per_day(days: Sequence[dict[str, Any]]) -> None:
    """Show rows per day, succeeded and failed stacked; a day is `day`, `succeeded`, `failed`."""
    stacked = [
        {"day": day["day"], "rows": day[name.lower()], "outcome": name}
        for day in days
        for name in ("Succeeded", "Failed")
    ]
    chart = (
        alt.Chart(pd.DataFrame(stacked))
        .mark_bar(size=22)
        .encode(
            x=alt.X("day:O", title=None, axis=alt.Axis(labelAngle=-45)),
            y=alt.Y("rows:Q", title="Rows", axis=alt.Axis(format="~s")),
            color=alt.Color(
                "outcome:N",
                scale=alt.Scale(domain=["Succeeded", "Failed"], range=[GREEN, RED]),
                legend=alt.Legend(title=None, orient="top"),
            ),
            tooltip=["day:O", "outcome:N", alt.Tooltip("rows:Q", format=",")],
        )
    )
    _show(chart.properties(height=240), "Rows per day, succeeded and failed")


def success_rate(days: Sequence[dict[str, Any]]) -> None:
    """Show the share of the ended runs that succeeded, per day; a day is `day`, `rate` (0 to 1)."""
    if not days:
        st.caption("No run has ended yet.")
        return
    chart = (
        alt.Chart(pd.DataFrame(list(days)))
        .mark_line(point=alt.OverlayMarkDef(size=60), color=BLUE)
        .encode(
            x=alt.X("day:O", title=None, axis=alt.Axis(labelAngle=-45)),
            y=alt.Y("rate:Q", title="Succeeded", axis=alt.Axis(format=".0%"), scale=alt.Scale(domain=[0, 1])),
            tooltip=["day:O", alt.Tooltip("rate:Q", format=".1%")],
        )
    )
    _show(chart.properties(height=240), "Share of runs that succeeded, per day")


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
            x=alt.X("time:T", title=None, axis=alt.Axis(format="%H:%M:%S", labelOverlap=True)),
            y=alt.Y("per_second:Q", title="Rows per second"),
            tooltip=[
                alt.Tooltip("time:T", format="%H:%M:%S.%L"),
                alt.Tooltip("per_second:Q", format=",.0f"),
                "succeeded:Q",
                "failed:Q",
            ],
        )
    )
    _show(chart.properties(height=220), "Rows per second over time")


def worker_spans(spans: Sequence[dict[str, Any]], zone: tzinfo) -> None:
    """Show the rows of each worker over time; spans as `dashboard.queries.workers.worker_times` gives them."""
    frame = pd.DataFrame(list(spans))
    frame = frame.assign(
        start=frame["start"].dt.tz_convert(zone), stop=frame["stop"].dt.tz_convert(zone), part=frame["part"].map(str)
    )
    chart = (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=alt.X("start:T", title=None, axis=alt.Axis(format="%H:%M:%S", labelOverlap=True)),
            x2="stop:T",
            y=alt.Y("worker:O", title="Worker"),
            color=_part_colour(frame),
            tooltip=["line:Q", "user:N", "part:N", "error:N", "state:N", alt.Tooltip("start:T", format="%H:%M:%S.%L")],
        )
        .interactive(bind_y=False)
    )
    count = frame["worker"].nunique()
    _show(chart.properties(height=34 * count + 90), f"The rows of {count} workers over time")


def worker_shares(shares: Sequence[dict[str, Any]], zone: tzinfo) -> None:
    """Show how each worker spent its time, summed up; shares as `dashboard.queries.workers.worker_times` gives them."""
    workers = sorted({share["worker"] for share in shares})
    frame = pd.DataFrame(stacked_shares(shares, workers))
    frame = frame.assign(start=frame["start"].dt.tz_convert(zone), stop=frame["stop"].dt.tz_convert(zone))
    lanes = alt.Axis(
        values=[lane + 0.5 for lane in range(len(workers))],
        labelExpr=f"{json.dumps(workers)}[floor(datum.value)]",
        grid=False,
    )
    chart = (
        alt.Chart(frame)
        .mark_rect()
        .encode(
            x=alt.X("start:T", title=None, axis=alt.Axis(format="%H:%M:%S", labelOverlap=True)),
            x2="stop:T",
            y=alt.Y("low:Q", title="Worker", scale=alt.Scale(domain=[len(workers), 0], nice=False), axis=lanes),
            y2="high:Q",
            color=_part_colour(frame),
            tooltip=["worker:O", "part:N", alt.Tooltip("share:Q", format=".0%"), "rows:Q", "failed:Q"],
        )
    )
    _show(chart.properties(height=34 * len(workers) + 90), "How each worker spent its time")


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
    present = [word for word in _PART_WORDS if word in set(frame["part"])]
    return alt.Color(
        "part:N",
        scale=alt.Scale(domain=_PART_WORDS, range=_PART_RGB),
        legend=alt.Legend(title=None, orient="top", columns=2, values=present),
    )


def user_history(points: pd.DataFrame) -> None:
    """Show how one user's totals changed; a point is `time`, `total`, `what`, `run`, `old`."""
    chart = (
        alt.Chart(points)
        .mark_line(point=True, interpolate="step-after")
        .encode(
            x=alt.X("time:T", title=None),
            y=alt.Y("total:Q", title="Total"),
            color=alt.Color(
                "what:N", scale=alt.Scale(range=[BLUE, ORANGE]), legend=alt.Legend(title=None, orient="top")
            ),
            tooltip=["time:T", "what:N", "old:Q", "total:Q", "run:N"],
        )
    )
    _show(chart.properties(height=260), "The user's totals over time")


def growth_lines(plans: Mapping[str, Sequence[Point]]) -> None:
    """Show how time and cost of some plans grow with the rows, a line for each plan."""
    points = [
        {
            "plan": name,
            "rows": point.plan.rows,
            "seconds": point.seconds,
            "US dollars": point.usd,
            "first limit": point.first.words,
        }
        for name, line in plans.items()
        for point in line
    ]
    base = alt.Chart(pd.DataFrame(points)).encode(
        x=alt.X("rows:Q", scale=alt.Scale(type="log"), title="rows"),
        color=alt.Color("plan:N", sort=list(plans), title=None, legend=alt.Legend(orient="bottom", columns=2)),
        strokeDash=alt.StrokeDash("plan:N", sort=list(plans), title=None),
        tooltip=["plan:N", "rows:Q", "seconds:Q", "US dollars:Q", "first limit:N"],
    )
    for field in ("seconds", "US dollars"):
        chart = base.mark_line(point=True).encode(y=alt.Y(f"{field}:Q", scale=alt.Scale(type="log"), title=field))
        _show(chart, f"{field} of a run by its rows, a line for each plan")

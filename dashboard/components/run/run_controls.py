"""Buttons for a run that goes on: stop it, pause it, change its Map Run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from dashboard.languages.language import tr
from dashboard.plain_text import plain
from simulator.pipeline.errors import CloudError
from simulator.pipeline.steering.orders import BadOrder, Order
from simulator.pipeline.steering.port import Refused
from simulator.pipeline.steering.steering import steer

if TYPE_CHECKING:
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.folder.run_record import MapRunNote

MOST_CONCURRENCY = 10_000
BY_PAGE = "Stopped on the run's page."


def run_controls(folder: RunFolder) -> None:
    """Show the buttons, and what became of the last order."""
    note = folder.record_as_written().map_run
    paused = note is not None and note.paused
    if paused:
        st.warning(tr("Paused: no more rows are begun. Its time limits go on."), icon=":material/pause_circle:")
    with st.container(horizontal=True, vertical_alignment="center"):
        _stop(folder)
        _pause(folder, paused=paused)
        if note is not None and note.status == "RUNNING":
            _change(folder, note)
    told = st.session_state.pop(_told(folder), None)
    if told is not None:
        (st.error if told.startswith("!") else st.success)(plain(tr(told.removeprefix("!")), 800))


def _stop(folder: RunFolder) -> None:
    with st.popover(tr("Stop …"), icon=":material/stop_circle:", key=f"open-stop-{folder.name}"):
        st.markdown(
            tr(
                "Stops the run as StopExecution does: no more rows are begun, and it ends as Stopped. Rows that have "
                "succeeded stay so; the rest can be redriven."
            )
        )
        if st.button(tr("Stop now"), type="primary", key=f"stop-{folder.name}"):
            _order(folder, "Stopped.", kind="stop", cause=BY_PAGE)


def _pause(folder: RunFolder, *, paused: bool) -> None:
    if paused:
        if st.button(tr("Resume"), icon=":material/play_arrow:", key=f"resume-{folder.name}", type="primary"):
            _order(folder, "It goes on.", kind="resume")
    elif st.button(
        tr("Pause"),
        icon=":material/pause:",
        key=f"pause-{folder.name}",
        help=tr("Begins no more rows until Resume. Only the simulator can do so: Step Functions has no pause."),
    ):
        _order(folder, "Paused. It takes a moment until the rows that have begun are done.", kind="pause")


def _change(folder: RunFolder, note: MapRunNote) -> None:
    with st.popover(tr("Change …"), icon=":material/tune:", key=f"open-change-{folder.name}"):
        st.markdown(tr("Changes the Map Run while it runs, as UpdateMapRun does. An empty field keeps what holds."))
        with st.form(f"change-{folder.name}", border=False):
            concurrency = st.number_input(
                tr("Rows at once (0: as many as there may be)"),
                min_value=0,
                max_value=MOST_CONCURRENCY,
                value=None,
                step=1,
                placeholder=str(note.max_concurrency),
            )
            failures = st.number_input(
                tr("Failed rows that are tolerated"),
                min_value=0,
                value=None,
                step=1,
                placeholder=str(note.tolerated_failure_count),
            )
            percentage = st.number_input(
                tr("Failed rows that are tolerated, in %"),
                min_value=0.0,
                max_value=100.0,
                value=None,
                step=1.0,
                format="%g",
                placeholder=f"{note.tolerated_failure_percentage:g}",
            )
            if st.form_submit_button(tr("Change it"), type="primary"):
                _order(
                    folder,
                    "Changed.",
                    kind="update",
                    max_concurrency=concurrency,
                    tolerated_count=failures,
                    tolerated_percentage=percentage,
                )


def _order(folder: RunFolder, done: str, **values: Any) -> None:
    try:
        steer(folder, Order(run=folder.name, **values))
    except (BadOrder, Refused, CloudError) as error:
        done = f"!{error}"
    st.session_state[_told(folder)] = done
    st.rerun()


def _told(folder: RunFolder) -> str:
    return f"told of {folder.name}"

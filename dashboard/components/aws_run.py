"""What the page of a run on AWS says beside the rest: where it ran, as of when, and what can be done to it there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard.components.moments import local
from dashboard.deployed.deployment import deployment
from dashboard.deployed.options import ALLOW
from dashboard.plain_text import plain
from simulator.fetch.errors import FetchError
from simulator.runs.folder.run_record import RUNNING
from simulator.runs.folder.times import parsed_moment
from simulator.runs.outcome import redrivable

if TYPE_CHECKING:
    from dashboard.deployed.stack import Deployment
    from simulator.runs.folder.run_record import RunRecord


def aws_run(record: RunRecord) -> None:
    """Say where a run is, and offer what may be done to it there."""
    origin = record.origin
    if origin is None:
        return
    place = f" at {origin.endpoint}" if origin.endpoint else ""
    fetched = parsed_moment(origin.fetched_at) if origin.fetched_at else None
    st.caption(
        plain(f"A run on AWS ({origin.region}, account {origin.account}{place}), as it was on {local(fetched)}.", 300)
    )
    deployed = deployment()
    name = "Stop" if record.status == RUNNING else "Redrive" if redrivable(record) else ""
    if not name:
        return
    if deployed is None or not deployed.options.allow_actions:
        st.caption(f"To {name.lower()} it from here, start the dashboard with `-- --stack NAME {ALLOW}`.")
        return
    with st.popover(f"{name} …", icon=":material/bolt:"):
        st.markdown(_WORDS[name])
        if st.button(f"{name} on AWS now", type="primary", key=f"{name}-{record.name}"):
            _do(deployed, record, name)


_WORDS = {
    "Redrive": "Runs the rows that did not succeed again, as they are in the file. Useful if the cause was not in the "
    "file and is repaired: a wrong row fails again.",
    "Stop": "Ends the run. Rows that have not started stay as they are; those that have started are cut off.",
}


def _do(deployed: Deployment, record: RunRecord, name: str) -> None:
    from dashboard.deployed.actions import redrive, stop  # noqa: PLC0415 - boto3

    act = {"Redrive": redrive, "Stop": stop}[name]
    try:
        act(deployed, record)
    except FetchError as error:
        st.error(plain(error, 800), icon=":material/error:")
    else:
        st.success("AWS has taken it. This page follows in some seconds.")

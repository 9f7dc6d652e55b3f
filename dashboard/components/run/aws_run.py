"""What the page of a run on AWS says beside the rest: where it ran, as of when, and what can be done to it there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import streamlit as st

from dashboard.components.moments import local
from dashboard.deployed.deployment import deployment
from dashboard.deployed.options import ALLOW
from dashboard.languages.language import tr
from dashboard.plain_text import plain
from simulator.fetch.errors import FetchError
from simulator.runs.folder.run_record import RUNNING
from simulator.runs.folder.times import parsed_moment
from simulator.runs.suggested_command import aws_stop

if TYPE_CHECKING:
    from dashboard.deployed.stack import Deployment
    from simulator.runs.folder.run_record import RunRecord


_WORDS = {
    "Redrive": "Runs the rows that did not succeed again, as they are in the file. Useful if the cause was not in the "
    "file and is repaired: a wrong row fails again.",
    "Stop": "Ends the run. Rows that have not started stay as they are; those that have started are cut off.",
}


def aws_run(record: RunRecord) -> None:
    """Say where a run is, and offer to stop it there while it goes on; what else can be done stands in its steps."""
    origin = record.origin
    if origin is None:
        return
    fetched = parsed_moment(origin.fetched_at) if origin.fetched_at else None
    where = {
        "region": plain(origin.region),
        "account": plain(origin.account),
        "endpoint": plain(origin.endpoint),
        "when": plain(local(fetched)),
    }
    if origin.endpoint:
        told = tr("A run on AWS ({region}, account {account} at {endpoint}), as it was on {when}.", **where)
    else:
        told = tr("A run on AWS ({region}, account {account}), as it was on {when}.", **where)
    st.caption(told)
    if record.status == RUNNING:
        aws_action(record)
        with st.expander(tr("The same in a terminal"), icon=":material/terminal:"):
            st.code(aws_stop(record), language=None, wrap_lines=True)


def aws_action(record: RunRecord, kind: Literal["primary", "secondary"] = "secondary") -> None:
    """Offer to stop a run that goes on, or to redrive one that has ended; say what allows it if the dashboard may not.

    Args:
        record: the run's.
        kind: how much the button stands out.
    """
    name = "Stop" if record.status == RUNNING else "Redrive"
    deployed = deployment()
    if deployed is None or not deployed.options.allow_actions:
        st.caption(tr(f"To {name.lower()} it from here, start the dashboard with `-- --stack NAME {ALLOW}`."))
        return
    with st.popover(tr(f"{name} …"), type=kind, icon=":material/bolt:", key=f"open-{name}-{record.name}"):
        st.markdown(tr(_WORDS[name]))
        if st.button(tr(f"{name} on AWS now"), type="primary", key=f"{name}-{record.name}"):
            _do(deployed, record, name)


def _do(deployed: Deployment, record: RunRecord, name: str) -> None:
    from dashboard.deployed.actions import redrive, stop  # noqa: PLC0415 - boto3

    act = {"Redrive": redrive, "Stop": stop}[name]
    try:
        act(deployed, record)
    except FetchError as error:
        st.error(plain(error, 800), icon=":material/error:")
    else:
        st.success(tr("AWS has taken it. This page follows in some seconds."))

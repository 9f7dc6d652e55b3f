"""The stack that the dashboard was started for. Without boto3 if it shows the runs of this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard.deployed.options import options
from simulator.pipeline.settings import Settings

if TYPE_CHECKING:
    from dashboard.deployed.options import Options
    from dashboard.deployed.stack import Deployment


@st.cache_resource(show_spinner="Looking for the stack on AWS")
def _deployment(found: Options) -> Deployment:
    from dashboard.deployed.stack import Deployment  # noqa: PLC0415 - boto3

    return Deployment(found, Settings().home.create().aws)


def deployment() -> Deployment | None:
    """Return the stack that the dashboard was started for; None if it shows the runs of this machine.

    Raises:
        BadOptions: what stands behind `--` cannot be understood.
        FetchError: the stack cannot be found.
        CloudError: the home folder cannot be made.
    """
    found = options()
    if found is None:
        return None
    deployed: Deployment = _deployment(found)
    deployed.touch()
    return deployed

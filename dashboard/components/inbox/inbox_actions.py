"""What can be done with the rows that are picked: send them again, or accept them with a reason and a name."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import streamlit as st

from dashboard.deployed.deployment import deployment
from dashboard.jobs import CannotStart, start_run
from dashboard.languages.language import counted, tr
from dashboard.plain_text import plain
from dashboard.queries.rows.inbox_rows import accepted_rows
from simulator.fetch.errors import FetchError

if TYPE_CHECKING:
    from dashboard.components.inbox.row_editor import Picked
    from simulator.runs.failure_inbox.failed_row import FailedRow
    from simulator.runs.store import RunStore

NAME = "inbox-name"


def inbox_actions(store: RunStore, picked: Picked) -> None:
    """Show the buttons.

    Args:
        store: the runs.
        picked: the rows.
    """
    with st.container(horizontal=True, vertical_alignment="center"):
        _send(store, picked)
        with st.popover(
            counted(len(picked.rows), "Accept this {n} row …", "Accept these {n} rows …"),
            icon=":material/done_all:",
            disabled=not picked.rows,
        ):
            _accept(picked.rows)


def _send(store: RunStore, picked: Picked) -> None:
    sent = picked.outgoing
    number = len(sent.rows)
    on_aws = any(row.on_aws for row, _ in sent.rows)
    label = counted(number, "Send this {n} row", "Send these {n} rows")
    name = f"failed-rows-{datetime.now(UTC):%Y%m%d-%H%M%S}.csv"
    blocked = not number or bool(sent.problems)
    deployed = deployment()
    if on_aws and (deployed is None or not deployed.options.allow_actions):
        st.download_button(
            tr("Download these rows"),
            data=sent.text,
            file_name=name,
            mime="text/csv",
            icon=":material/download:",
            disabled=blocked,
            on_click="ignore",
        )
        st.caption(tr("Rows of runs on AWS go back there: upload the file to the input bucket."))
        return
    if not st.button(label, type="primary", icon=":material/send:", disabled=blocked, key="inbox-send"):
        return
    try:
        if deployed is not None:
            from dashboard.deployed.actions import upload  # noqa: PLC0415 - boto3

            st.success(plain(tr(upload(deployed, name, sent.text)), 800))
            return
        job = start_run(store, name, sent.text, other_users=True)
    except (CannotStart, FetchError, OSError) as error:
        st.error(plain(error, 800), icon=":material/error:")
        return
    st.switch_page("views/upload.py", query_params={"job": job.name})


def _accept(rows: list[FailedRow]) -> None:
    st.caption(tr("Nothing more is done about them. Reason and name are kept, and can be read later."))
    reason = st.text_input(tr("Reason"), key="inbox-reason")
    name = st.text_input(tr("Your name"), key=NAME)
    ready = bool(reason.strip() and name.strip())
    if not st.button(tr("Accept now"), type="primary", disabled=not ready, key="inbox-accept"):
        return
    try:
        accepted_rows().accept(rows, by=name.strip(), reason=reason.strip())
    except OSError as error:
        st.error(plain(error, 800), icon=":material/error:")
    else:
        st.rerun()

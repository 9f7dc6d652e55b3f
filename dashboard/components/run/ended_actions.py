"""What can be done with a run that has ended, whatever its end: verify it, run its file again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from dashboard.components.moments import local
from dashboard.components.opening import open_page
from dashboard.components.tables.plain_table import show_table
from dashboard.jobs import CannotStart, job_state, newest_of, start_run, start_verify
from dashboard.languages.language import counted, tr
from dashboard.plain_text import plain
from dashboard.queries.records import run_record

if TYPE_CHECKING:
    from dashboard.jobs import Job
    from dashboard.queries.run_list import RunRow
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.store import RunStore

LOOK_SECONDS = 1.0
PLACES = {
    "input.csv": "input.csv",
    "results": "result files",
    "audit": "audit items",
    "failed-rows.csv": "failed-rows.csv",
    "failure inbox": "failure inbox",
    "database": "database",
}


def ended_actions(store: RunStore, folder: RunFolder, row: RunRow) -> None:
    """Show the buttons, and the result of the last verification since the run's end.

    A run on AWS can only be verified: its file is not run again here.
    """
    verified = newest_of(store, folder.name, "verify")
    ended = row.stopped.timestamp() if row.stopped else 0.0
    if verified is not None and verified.started < ended:
        verified = None  # of an earlier attempt
    running = verified is not None and job_state(store, verified).running
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            tr("Verify"),
            icon=":material/fact_check:",
            key=f"verify-{folder.name}",
            disabled=running,
            help=tr("Compares all that the run left: file, rows, result files, audit items, failed rows, database."),
        ):
            _start_verify(store, folder)
        if (
            not run_record(folder).on_aws
            and folder.input_file.is_file()
            and st.button(tr("Run the same file again"), icon=":material/restart_alt:", key=f"again-{folder.name}")
        ):
            _start_again(store, folder, row)
    if verified is not None:
        st.fragment(run_every=LOOK_SECONDS if running else None)(_verified)(store, verified, running)


def _start_verify(store: RunStore, folder: RunFolder) -> None:
    try:
        start_verify(store, folder.name)
    except CannotStart as error:
        st.error(plain(error, 800), icon=":material/error:")
    else:
        st.rerun()


def _start_again(store: RunStore, folder: RunFolder, row: RunRow) -> None:
    try:
        job = start_run(store, row.file or folder.input_file.name, folder.input_file.read_bytes())
    except (CannotStart, OSError) as error:
        st.error(plain(error, 800), icon=":material/error:")
    else:
        open_page("views/upload.py", job=job.name)


def _verified(store: RunStore, job: Job, running: bool) -> None:  # noqa: FBT001 - a fragment's arguments
    state = job_state(store, job)
    if state.running:
        st.info(tr("Verifying …"), icon=":material/fact_check:")
        return
    if running:
        st.rerun()
    found = state.document
    when = local(datetime.fromtimestamp(job.started, UTC))
    if "clean" not in found:
        st.error(tr("It could not be verified. The command's messages:"), icon=":material/error:")
        st.code(state.messages, language=None, wrap_lines=True)
    elif found["clean"]:
        st.success(tr("Verified {when}: everything agrees.", when=plain(when)), icon=":material/verified:")
        st.caption(_compared(found))
    else:
        total = int(found.get("disagreementCount", 0))
        st.error(
            counted(
                total,
                "Verified {when}: {n} disagreement.",
                "Verified {when}: {n} disagreements.",
                when=plain(when),
            ),
            icon=":material/rule:",
        )
        st.caption(_compared(found))
        _disagreements(found.get("disagreements", []))


def _compared(found: dict[str, Any]) -> str:
    return plain(
        " · ".join(f"{tr(PLACES.get(place, place))}: {number:,}" for place, number in found["compared"].items())
    )


def _disagreements(found: list[dict[str, Any]]) -> None:
    show_table(
        pd.DataFrame(
            [
                {
                    "Line": one.get("line"),
                    "User": one.get("user"),
                    "Place": tr(PLACES.get(str(one.get("place")), str(one.get("place")))),
                    "Disagreement": one.get("message"),
                }
                for one in found
            ]
        ),
        alt="Disagreements",
    )

"""A next step as a button: the page does what the command beside it does."""

from __future__ import annotations

from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal

import streamlit as st

from dashboard.components.opening import open_page
from dashboard.components.run.aws_run import aws_action
from dashboard.jobs import CannotStart, start_redrive, start_run
from dashboard.languages.language import tr
from dashboard.plain_text import plain
from simulator.runs.advice.step import Action
from simulator.runs.words import count

if TYPE_CHECKING:
    from collections.abc import Callable

    from dashboard.jobs import Job
    from simulator.runs.advice.step import NextStep
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.folder.run_record import RunRecord
    from simulator.runs.store import RunStore


def step_button(store: RunStore, folder: RunFolder, record: RunRecord, step: NextStep, *, first: bool = True) -> None:
    """Show a step's button.

    Args:
        store: all runs.
        folder: the run that the step is about.
        record: its record.
        step: the step.
        first: whether it is the most useful one, which stands out.
    """
    kind: Literal["primary", "secondary"] = "primary" if first else "secondary"
    key = f"{step.action}-{folder.name}"
    if record.on_aws and step.action is Action.REDRIVE:
        aws_action(record, kind)
    elif step.action is Action.REDRIVE:
        _redrive(store, folder, record, kind, key)
    elif step.action is Action.CORRECT or (record.on_aws and step.action is Action.SEND_FAILED_ROWS):
        _failed_rows(folder, record, kind, key)
    elif step.action is Action.UPLOAD:
        if st.button(tr("Upload the corrected file"), type=kind, icon=":material/upload_file:", key=key):
            open_page("views/upload.py")
    elif step.words:  # none for a run on AWS: nothing of it is run here
        label, icon, start = _started(store, folder, record, step.action)
        if st.button(tr(label), type=kind, icon=icon, key=key):
            _start(start, "views/upload.py", folder)


def _redrive(
    store: RunStore, folder: RunFolder, record: RunRecord, kind: Literal["primary", "secondary"], key: str
) -> None:
    left = record.rows.failed + record.rows.pending
    with st.popover(tr("Redrive …"), type=kind, icon=":material/replay:", key=f"open-{key}"):
        st.markdown(
            tr(
                f"Runs the {count(left, 'row')} that did not succeed again, as they are in the file. A wrong row fails "
                "again."
            )
        )
        if st.button(tr("Redrive now"), type="primary", key=key):
            _start(partial(start_redrive, store, folder.name), "views/run.py", folder)


def _failed_rows(folder: RunFolder, record: RunRecord, kind: Literal["primary", "secondary"], key: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            tr("Download failed-rows.csv"),
            data=folder.failed_rows_file.read_bytes,
            file_name=_failed_rows_name(record),
            mime="text/csv",
            icon=":material/download:",
            type=kind,
            key=key,
            on_click="ignore",
        )
        st.page_link("views/upload.py", label=tr("Upload it corrected"), icon=":material/upload_file:")


def _started(
    store: RunStore, folder: RunFolder, record: RunRecord, action: Action
) -> tuple[str, str, Callable[[], Job]]:
    """Return label, icon and what starts the job."""
    if action is Action.SEND_FAILED_ROWS:
        return (
            "Send failed-rows.csv again",
            ":material/send:",
            lambda: start_run(store, _failed_rows_name(record), folder.failed_rows_file.read_bytes()),
        )
    name = record.source.key or folder.input_file.name
    create = action is Action.CREATE_USERS
    return (
        "Run it again, create its users first" if create else "Run the file again",
        ":material/person_add:" if create else ":material/play_arrow:",
        lambda: start_run(store, name, folder.input_file.read_bytes(), create_users=create),
    )


def _start(start: Callable[[], Job], page: str, folder: RunFolder) -> None:
    try:
        job = start()
    except (CannotStart, OSError) as error:
        st.error(plain(error, 800), icon=":material/error:")
        return
    open_page(page, **({"run": folder.name} if job.run is not None else {"job": job.name}))


def _failed_rows_name(record: RunRecord) -> str:
    """`kyoto-failed-rows.csv`: two runs' files do not get the same name in a folder of downloads."""
    stem = PurePosixPath(record.source.key.replace("\\", "/")).stem
    return f"{stem}-failed-rows.csv" if stem else "failed-rows.csv"

"""The button that runs the rows of a run that did not succeed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard.jobs import CannotStart, start_redrive
from dashboard.plain_text import plain
from dashboard.queries.records import run_record
from simulator.runs.outcome import redrivable

if TYPE_CHECKING:
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.store import RunStore


def redrive_button(store: RunStore, folder: RunFolder) -> None:
    """Offer to redrive a run that can be; nothing for any other."""
    record = run_record(folder)
    if not redrivable(record):
        return
    left = record.rows.failed + record.rows.pending
    with st.popover("Redrive …", icon=":material/replay:"):
        st.markdown(
            f"Runs the {left:,} row{'' if left == 1 else 's'} that did not succeed again, as they are in the file. "
            "Useful if the cause was not in the file and is repaired: a wrong row fails again."
        )
        if st.button("Redrive now", type="primary", key=f"redrive-{folder.name}"):
            try:
                start_redrive(store, folder.name)
            except CannotStart as error:
                st.error(plain(error, 800), icon=":material/error:")
            else:
                st.rerun()

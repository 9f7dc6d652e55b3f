"""One state of a run: its input, its output, its definition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from dashboard.components.moments import local
from dashboard.languages.language import tr
from dashboard.plain_text import plain
from dashboard.queries.states.state_visits import definition_of, visits

if TYPE_CHECKING:
    from simulator.runs.folder.run_folder import RunFolder


def state_detail(folder: RunFolder, state: str) -> None:
    """Show a state; a sentence if the workflow of the run has none of that name."""
    definition = definition_of(folder, state)
    if definition is None:
        st.warning(tr("The workflow of this run has no state {state}.", state=plain(state)))
        return
    with st.container(border=True):
        st.markdown(f"**{plain(state)}**")
        seen = visits(folder, state)
        if not seen:
            st.info(
                tr("The history has no input and output of it: it was not reached, or runs once per row (see Rows).")
            )
        for visit in seen:
            left = local(visit.stopped) if visit.stopped else tr("not left")
            st.caption(plain(f"{local(visit.started)} – {left}"))
            columns = st.columns(2)
            with columns[0]:
                _value(tr("Input"), visit.input)
            with columns[1]:
                if visit.stopped:
                    _value(tr("Output"), visit.output)
        with st.expander(tr("Definition")):
            st.json(definition)


def _value(title: str, value: Any) -> None:
    st.markdown(f"**{title}**")
    if isinstance(value, dict | list):
        st.json(value, expanded=2)
    else:
        st.code(str(value), language=None, wrap_lines=True)

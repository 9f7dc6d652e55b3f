"""How a run and a state are shown: in words, in colour, and with a sign for people who do not see colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import streamlit as st

from dashboard.queries.states.state_grid import StateStatus
from simulator.runs.outcome import Kind

GREEN, RED, ORANGE, BLUE, GRAY, AMBER = "#2e7d32", "#c62828", "#a85f00", "#1f6fb5", "#6f6f6f", "#8a6d00"
"""White text on them, and they on white, have a contrast of 4.5:1; they and the dark page one of 3:1, as WCAG 2.2
asks of text and of shapes (1.4.3, 1.4.11). tests/unit/dashboard/test_contrast.py measures it."""


@dataclass(frozen=True, slots=True)
class Look:
    """A word, Streamlit's colour name, the same colour for charts and for text on white, a sign and an icon."""

    words: str
    colour: Literal["green", "red", "orange", "blue", "gray", "yellow"]
    rgb: str
    sign: str
    icon: str


KIND_LOOKS = {
    Kind.OK: Look("Succeeded", "green", GREEN, "✓", ":material/check_circle:"),
    Kind.SOME_FAILED: Look("Some rows failed", "yellow", AMBER, "!", ":material/warning:"),
    Kind.OUTAGE: Look("Rows lost to an outage", "orange", ORANGE, "⚡", ":material/cloud_off:"),
    Kind.FAILED: Look("Failed", "red", RED, "✗", ":material/error:"),
    Kind.REJECTED: Look("File rejected", "red", RED, "⊘", ":material/block:"),
    Kind.STOPPED: Look("Stopped", "orange", ORANGE, "■", ":material/stop_circle:"),
    Kind.RUNNING: Look("Running", "blue", BLUE, "▶", ":material/sync:"),
}
STATE_LOOKS = {
    StateStatus.SUCCEEDED: Look("Passed", "green", GREEN, "✓", ""),
    StateStatus.CAUGHT: Look("Failed, caught", "yellow", AMBER, "!", ""),
    StateStatus.FAILED: Look("Failed", "red", RED, "✗", ""),
    StateStatus.RUNNING: Look("Running", "blue", BLUE, "▶", ""),
    StateStatus.STOPPED: Look("Stopped here", "orange", ORANGE, "■", ""),
    StateStatus.SKIPPED: Look("Not reached", "gray", GRAY, "·", ""),
    StateStatus.ABSENT: Look("Not in its workflow", "gray", GRAY, "", ""),
}


def text_colour(look: Look) -> str:
    """Return CSS for words about it in a table: coloured on the light page; no colour of ours reads on the dark one."""
    return "font-weight: 600" + (f"; color: {look.rgb}" if st.context.theme.type == "light" else "")

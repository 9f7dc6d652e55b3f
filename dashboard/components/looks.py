"""How a run and a state are shown: in words, in colour, and with a sign for people who do not see colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dashboard.queries.state_grid import StateStatus
from simulator.runs.outcome import Kind

GREEN, RED, ORANGE, BLUE, GRAY, AMBER = "#2e9e5b", "#d64545", "#d9822b", "#3b82c4", "#8a8f98", "#a58a12"


@dataclass(frozen=True, slots=True)
class Look:
    """A word, Streamlit's colour name, the same colour for charts, a sign and an icon."""

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

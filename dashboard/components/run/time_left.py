"""How long a run that goes on will still take, by its pace of the last minute."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import streamlit as st

from dashboard.components.moments import took
from dashboard.languages.language import tr

if TYPE_CHECKING:
    from dashboard.queries.run_list import RunRow

WINDOW_SECONDS = 60.0
_LEAST_SECONDS = 2.0


def time_left(row: RunRow) -> str:
    """Return `about 3 min 05 s`; a dash while the pace is not known.

    The pace is that of what this browser's session saw; what earlier attempts did, or the start, does not count.
    """
    key = f"pace of {row.name}"
    now, done = time.monotonic(), row.succeeded + row.failed
    seen = [(moment, rows) for moment, rows in st.session_state.get(key, []) if now - moment <= WINDOW_SECONDS]
    seen.append((now, done))
    st.session_state[key] = seen
    left = seconds_left(seen, row.pending)
    return "–" if left is None else tr("about {time}", time=took(left))


def seconds_left(seen: list[tuple[float, int]], pending: int) -> float | None:
    """Return how long `pending` rows take; None if the pace is not known.

    Args:
        seen: pairs of a moment in seconds and the rows done until then, the oldest first.
        pending: the rows that are not done.
    """
    (first, before), (last, after) = seen[0], seen[-1]
    if last - first < _LEAST_SECONDS or after <= before:
        return None
    return pending * (last - first) / (after - before)

"""The columns that `failed-rows.csv` has beside those of an upload."""

from __future__ import annotations

LINE, ERROR, CAUSE, ATTEMPTS, RUN = "_line", "_error", "_cause", "_attempts", "_run"
FAILED_ROWS_COLUMNS = [LINE, ERROR, CAUSE, ATTEMPTS, RUN]
OLDER_FAILED_ROWS_COLUMNS = [LINE, ERROR, CAUSE, ATTEMPTS]
"""Files written before `_run` was added."""


def original_width(header: list[str]) -> int:
    """Return how many columns of a header are the uploader's: without those that an earlier run added."""
    for ours in (FAILED_ROWS_COLUMNS, OLDER_FAILED_ROWS_COLUMNS):
        if header[-len(ours) :] == ours:
            return len(header) - len(ours)
    return len(header)

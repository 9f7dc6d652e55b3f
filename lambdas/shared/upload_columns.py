"""The columns that `failed-rows.csv` has beside those of an upload."""

from __future__ import annotations

LINE, ERROR, CAUSE, CODE, RETRYABLE, RUN = "_line", "_error", "_cause", "_code", "_retryable", "_run"
FAILED_ROWS_COLUMNS = [LINE, ERROR, CAUSE, CODE, RETRYABLE, RUN]
OLDER_FAILED_ROWS_COLUMNS = (
    [LINE, ERROR, CAUSE, "_attempts", RUN],
    [LINE, ERROR, CAUSE, RUN],
    [LINE, ERROR, CAUSE, "_attempts"],
)
"""Those of files that earlier versions wrote, the longest first."""


def original_width(header: list[str]) -> int:
    """Return how many columns of a header are the uploader's: without those that an earlier run added."""
    for ours in (*OLDER_FAILED_ROWS_COLUMNS, FAILED_ROWS_COLUMNS):
        if header[-len(ours) :] == ours:
            return len(header) - len(ours)
    return len(header)

"""The sort key of an audit item: `<time the Map was entered>#<row index>#<processing type>`.

It is the same on every repeat of a row (retry, redrive), so a repeat adds no item. The workflow's text makes it too,
for rows that failed (LogError); a test compares the two.
"""

from __future__ import annotations

from typing import NamedTuple

ROW_FAILED = "user_update"
"""The processing type of the item about a row that failed; the workflow writes it."""
_PARTS = 3


class AuditKey(NamedTuple):
    """The parts of a sort key.

    Args:
        map_entered_at: when the distributed map was entered (ISO 8601, UTC): the same for all rows of a run.
        row_index: the row's 0-based place in the file.
        processing_type: `audit_type` of a column that was changed, or `ROW_FAILED`.
    """

    map_entered_at: str
    row_index: int
    processing_type: str


def make(map_entered_at: str, row_index: int, processing_type: str) -> str:
    """Return the sort key of an item; see `AuditKey` for its parts.

    >>> make("2025-08-02T09:30:01.5Z", 3, "login_update")
    '2025-08-02T09:30:01.5Z#3#login_update'
    """
    return f"{map_entered_at}#{row_index}#{processing_type}"


def parse(key: object) -> AuditKey | None:
    """Return the parts of a sort key; None for anything that `make` does not make.

    >>> parse("2025-08-02T09:30:01.5Z#3#login_update").row_index
    3
    """
    parts = key.rsplit("#", _PARTS - 1) if isinstance(key, str) else []
    if len(parts) != _PARTS or not (parts[1].isascii() and parts[1].isdigit()):
        return None
    return AuditKey(parts[0], int(parts[1]), parts[2])

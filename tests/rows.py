"""The file's columns, for tests that write rows: `lambdas/shared/columns.py` may get another one, and no test changes.

A test writes a row up to the second total, and `MORE` after it: `f"U1,1,2{MORE}"`.
"""

from __future__ import annotations

from typing import Any

from lambdas.shared import columns

WIDTH = len(columns.HEADER)
HEADER = ",".join(columns.HEADER)
AUDIT_TYPES = [column.audit_type for column in columns.TOTALS]
_LATER = columns.TOTALS[2:]
MORE = ",0" * len(_LATER)
"""What stands in a row after the second total: a 0 in each further column."""


def upload(*rows: str) -> str:
    """Return a file of rows that are written up to the second total."""
    return "".join(f"{line}\n" for line in (HEADER, *(row + MORE for row in rows)))


def totals(logins: Any, posts: Any, later: Any = 0) -> tuple[Any, ...]:
    """Return a user's totals."""
    return (logins, posts, *[later] * len(_LATER))


def event_values(user: str, *first: str) -> dict[str, str]:
    """Return what the ItemSelector takes from a row: `first` are the totals, and "0" is each that is not given."""
    fields = [user, *first, *["0"] * (WIDTH - 1 - len(first))]
    return {column.event_key: field for column, field in zip(columns.COLUMNS, fields, strict=True)}

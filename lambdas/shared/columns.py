"""The columns of an uploaded CSV: one table for the functions, the simulator and the dashboard.

The workflow's text has the same headers and event keys in its ItemSelector; a test compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of the file.

    Args:
        header: its name in the file's first line.
        event_key: its name in a row's event, which the ItemSelector makes.
        field: its name in the database.
        title: what people see it called.
    """

    header: str
    event_key: str
    field: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalColumn(Column):
    """A column with one of a user's totals: a number, kept in `user_statistics`.

    Args:
        audit_type: the `processingType` of the audit item that records its change.
    """

    audit_type: str


USER = Column(header="ユーザーID", event_key="userId", field="user_id", title="User")
TOTALS = (
    TotalColumn(
        header="ログイン回数",
        event_key="loginCount",
        field="login_count",
        title="Logins",
        audit_type="login_update",
    ),
    TotalColumn(
        header="投稿回数",
        event_key="postCount",
        field="post_count",
        title="Posts",
        audit_type="post_update",
    ),
)
COLUMNS: tuple[Column, ...] = (USER, *TOTALS)
"""All columns, in the file's order."""
HEADER = [column.header for column in COLUMNS]
"""The first line of a file, field by field."""

MAX_USER_ID = 10
"""The most characters of a user ID: `users.user_id` is VARCHAR(10)."""
MAX_COUNT = 2_147_483_647
"""The largest total: PostgreSQL's INTEGER."""

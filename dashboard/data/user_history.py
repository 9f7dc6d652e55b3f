"""One user's history, from the audit items of all runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import duckdb

from dashboard.data.tables import AUDIT_COLUMNS, fetch, load

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.runs.folder import RunFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An audit item about a user.

    Args:
        run: the run that wrote it.
        time: when, in UTC.
        type: `login_update`, `post_update`, or `user_update` for a row that failed.
        old, new: the values; None for a row that failed.
        status: `success`, `superseded` (a newer file had been there) or `failed`.
        error: of a row that failed.
    """

    run: str
    time: datetime | None
    type: str
    old: int | None
    new: int | None
    status: str
    error: str | None


def user_history(folders: Iterable[RunFolder], user: str) -> list[Change]:
    """Return what these runs did to a user, oldest first; empty where none did anything."""
    literal = user.replace("'", "''")
    with duckdb.connect() as connection:
        files = [folder.audit_file for folder in folders]
        load(connection, "audit", files, AUDIT_COLUMNS, f"\"userId\" = '{literal}'")
        found = fetch(
            connection,
            'select run, "processedAt" as time, coalesce("processingType", \'\') as type, "oldValue" as old, '
            '"newValue" as new, coalesce(status, \'\') as status, "errorMessage" as error '
            "from audit order by time, timestamp",
        )
    return [Change(**{**row, "time": row["time"].replace(tzinfo=UTC) if row["time"] else None}) for row in found]

"""All rows of a run that have been processed, by status and by what is looked for, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dashboard.queries.tables import fetch
from dashboard.queries.workers.spans import span_tables

if TYPE_CHECKING:
    from simulator.runs.folder.run_folder import RunFolder

SUCCEEDED, SUPERSEDED, FAILED = "succeeded", "superseded", "failed"
STATUSES = (SUCCEEDED, SUPERSEDED, FAILED)
_STATUS = f"""case when status is distinct from 'SUCCEEDED' then '{FAILED}'
    when outcome = 'superseded' then '{SUPERSEDED}' else '{SUCCEEDED}' end"""
_MATCHING = f"""
from rows where ($status = '' or {_STATUS} = $status)
    and ($search = '' or cast(line as varchar) = $search or contains(lower("user"), lower($search))
        or contains(lower(coalesce(error, '')), lower($search)))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPage:
    """Some rows: dicts of `index`, `line`, `user`, `status` (see STATUSES), `attempts`, `seconds`, `error`, `redrive`.

    Args:
        items: the rows, in the order of the file.
        total: how many match.
    """

    items: list[dict[str, Any]]
    total: int


def items(folder: RunFolder, *, status: str = "", search: str = "", offset: int = 0, limit: int = 100) -> ItemPage:
    """Return rows `offset` to `offset + limit` of those that match.

    Args:
        folder: the run's.
        status: only rows with one of STATUSES; all if it is empty.
        search: the number of a line, or a part of a user ID or of an error's name, whatever its case.
        offset: how many matching rows to leave out.
        limit: how many rows to return at most.
    """
    values = {"status": status, "search": search}
    with span_tables(folder) as connection:
        (total,) = fetch(connection, f"select count(*) as total {_MATCHING}", values)
        found = fetch(
            connection,
            f'select "index", line, "user", {_STATUS} as status, attempts, epoch(stop - start) as seconds, error, '
            f'redrive {_MATCHING} order by "index" limit $limit offset $offset',
            {**values, "limit": limit, "offset": offset},
        )
    return ItemPage(items=found, total=total["total"])

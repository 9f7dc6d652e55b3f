"""A user's totals as they are in PostgreSQL, and a user's history from the audit items of all runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import psycopg

from dashboard.queries.records import run_record
from lambdas.shared import audit_key
from lambdas.shared.columns import TOTALS
from lambdas.user_log_reporter.reasons import person_text
from lambdas.user_reader.user_query import UserQuery
from simulator.runs.folder.json_lines import encode, lines_with, parse_line
from simulator.runs.folder.times import parsed_moment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dashboard.queries.read_only_database import ReadOnlyDatabase
    from simulator.runs.folder.run_folder import RunFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class UserStatistics:
    """A user; `totals` are in the order of the columns. What no file has set is None, and so is `last_updated` then."""

    user_id: str
    username: str
    email: str
    totals: tuple[int | None, ...]
    last_updated: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserPage:
    """Some users, and how many there are; `tables` is False if nothing has been run yet: there are no tables."""

    users: list[UserStatistics]
    total: int
    tables: bool = True


def users(
    database: ReadOnlyDatabase, *, search: str = "", order: str = "user", offset: int = 0, limit: int = 100
) -> UserPage:
    """Return users `offset` to `offset + limit` whose ID, name or e-mail has `search` in it, whatever its case.

    Args:
        database: what is asked.
        search: what to look for.
        order: `user`, `updated`, or a total's title in lower case (`logins`): the largest first.
        offset: how many users to leave out.
        limit: how many users to return at most.

    Raises:
        DatabaseUnavailable: with what to do.
    """
    query = UserQuery(search=search[:300], order=order, offset=offset, limit=limit)
    try:
        (total,) = database.ask(query.count, query.values)
        found = database.ask(query.page, query.values)
    except psycopg.errors.UndefinedTable:
        return UserPage(users=[], total=0, tables=False)
    except psycopg.errors.UntranslatableCharacter:  # the database's encoding cannot hold what is searched for
        return UserPage(users=[], total=0)
    return UserPage(users=[_statistics(row) for row in found], total=total["total"])


def user_statistics(database: ReadOnlyDatabase, user: str) -> UserStatistics | None:
    """Return one user, by the whole ID; None if there is no such user.

    Raises:
        DatabaseUnavailable: with what to do.
    """
    try:
        query = UserQuery(user=user[:300])
        found = database.ask(query.page, query.values)
    except (psycopg.errors.UndefinedTable, psycopg.errors.UntranslatableCharacter):
        return None
    return _statistics(found[0]) if found else None


def _statistics(row: dict[str, Any]) -> UserStatistics:
    totals = tuple(row.pop(column.field) for column in TOTALS)
    return UserStatistics(**row, totals=totals)


_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An audit item about a user.

    Args:
        run: the run that wrote it.
        file: the name of that run's file.
        line: the row's line in it; None if that is not known.
        time: when, in UTC.
        type: the `audit_type` of a column, or `ROW_FAILED`.
        old, new: the values; None for a row that failed.
        status: `success`, `superseded` (a newer file had been there) or `failed`.
        error: of a row that failed.
        cause: why it failed, as a person reads it.
    """

    run: str
    file: str = ""
    line: int | None = None
    time: datetime | None
    type: str
    old: int | None
    new: int | None
    status: str
    error: str | None
    cause: str = ""


def user_history(folders: Iterable[RunFolder], user: str) -> list[Change]:
    """Return what these runs did to a user, oldest first; empty if none did anything."""
    changes = [change for folder in folders for change in _changes(folder, user)]
    return sorted(changes, key=lambda change: (change.time or _LAST, change.type))


def _changes(folder: RunFolder, user: str) -> list[Change]:
    needle = encode(user)
    items = [item for item in map(parse_line, lines_with(folder.audit_file, needle)) if item is not None]
    mine = [item for item in items if item.get("userId") == user]
    if not mine:
        return []
    rows = [row for row in map(parse_line, lines_with(folder.items_file, needle)) if row is not None]
    lines = {row.get("index"): _number(row.get("line")) for row in rows if row.get("user") == user}
    file = run_record(folder).source.key
    return [_change(folder.name, file, lines, item) for item in mine]


def _change(run: str, file: str, lines: dict[Any, int | None], item: dict[str, Any]) -> Change:
    key = audit_key.parse(item.get("timestamp"))
    return Change(
        run=run,
        file=file,
        line=lines.get(key.row_index) if key else None,
        time=parsed_moment(_text(item.get("processedAt"))),
        type=_text(item.get("processingType")) or "",
        old=_number(item.get("oldValue")),
        new=_number(item.get("newValue")),
        status=_text(item.get("status")) or "",
        error=_text(item.get("errorMessage")),
        cause=person_text(_text(item.get("errorCause"))),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None

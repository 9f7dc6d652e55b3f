"""One user's history, from the audit items of all runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from simulator.runs.json_lines import encode, parse_line
from simulator.runs.line_search import lines_with
from simulator.runs.moments import parsed_moment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.runs.folder import RunFolder

_LAST = datetime.max.replace(tzinfo=UTC)


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
    needle = encode(user)
    changes = [
        _change(folder.name, item)
        for folder in folders
        for item in map(parse_line, lines_with(folder.audit_file, needle))
        if item is not None and item.get("userId") == user
    ]
    return sorted(changes, key=lambda change: (change.time or _LAST, change.type))


def _change(run: str, item: dict[str, Any]) -> Change:
    return Change(
        run=run,
        time=parsed_moment(_text(item.get("processedAt"))),
        type=_text(item.get("processingType")) or "",
        old=_number(item.get("oldValue")),
        new=_number(item.get("newValue")),
        status=_text(item.get("status")) or "",
        error=_text(item.get("errorMessage")),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None

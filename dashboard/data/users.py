"""The users' statistics as they stand in PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import psycopg

if TYPE_CHECKING:
    from datetime import datetime

    from dashboard.data.database import Database

Order = Literal["user", "logins", "posts", "updated"]
_ORDERS: dict[Order, str] = {
    "user": "u.user_id",
    "logins": "s.login_count desc nulls last, u.user_id",
    "posts": "s.post_count desc nulls last, u.user_id",
    "updated": "s.last_updated desc nulls last, u.user_id",
}
_FROM = (
    "from users u left join user_statistics s using (user_id) "
    "where u.user_id ilike %(like)s or u.username ilike %(like)s or u.email ilike %(like)s"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserStatistics:
    """A user: the counts and the time of the upload they come from are None where no file has had them."""

    user_id: str
    username: str
    email: str
    login_count: int | None
    post_count: int | None
    last_updated: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserPage:
    """Some users, and how many there are; `tables` is False where nothing has been run yet: there are no tables."""

    users: list[UserStatistics]
    total: int
    tables: bool = True


def users(
    database: Database, *, search: str = "", order: Order = "user", offset: int = 0, limit: int = 100
) -> UserPage:
    """Return users `offset` to `offset + limit` whose ID, name or e-mail has `search` in it, whatever its case.

    Raises:
        DatabaseUnavailable: with what to do.
    """
    escaped = search.replace("\0", "").replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    values = {"like": f"%{escaped}%", "offset": offset, "limit": limit}
    try:
        (total,) = database.ask(f"select count(*) as total {_FROM}", values)
        found = database.ask(
            "select u.user_id, u.username, u.email, s.login_count, s.post_count, "
            f"s.last_updated at time zone 'UTC' as last_updated {_FROM} "
            f"order by {_ORDERS[order]} offset %(offset)s limit %(limit)s",
            values,
        )
    except psycopg.errors.UndefinedTable:
        return UserPage(users=[], total=0, tables=False)
    except psycopg.errors.UntranslatableCharacter:  # the database's encoding cannot hold what is searched for
        return UserPage(users=[], total=0)
    return UserPage(users=[UserStatistics(**row) for row in found], total=total["total"])

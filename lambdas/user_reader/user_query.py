"""The question for users and their totals; the dashboard asks the same of a local database."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from lambdas.shared.columns import TOTALS

MOST = 500
"""The most users in one answer: about 100 KB."""
_ORDERS = {
    "user": "u.user_id",
    **{column.title.lower(): f"s.{column.field} desc nulls last, u.user_id" for column in TOTALS},
    "updated": "s.last_updated desc nulls last, u.user_id",
}
_FROM = "from users u left join user_statistics s using (user_id)"
_SOME = "u.user_id ilike %(like)s or u.username ilike %(like)s or u.email ilike %(like)s"
_ONE = "u.user_id = %(user)s"
_THESE = "u.user_id = any(%(users)s)"
_FIELDS = ", ".join(("u.user_id", "u.username", "u.email", *(f"s.{column.field}" for column in TOTALS)))


class UserQuery(BaseModel):
    """Users `offset` to `offset + limit` whose ID, name or e-mail has `search` in it, whatever its case.

    Args:
        search: what to look for.
        user: the whole ID of the one user who is asked for; `search` does not count then.
        users: the whole IDs of users who are asked for; neither `search` nor `user` counts then.
        order: `user`, `updated`, or a total's title in lower case (`logins`): the largest first.
        offset: how many users to leave out.
        limit: how many users to return at most.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    search: Annotated[str, Field(max_length=300)] = ""
    user: Annotated[str, Field(max_length=300)] | None = None
    users: Annotated[tuple[Annotated[str, Field(max_length=300)], ...], Field(max_length=MOST)] | None = None
    order: Literal[tuple(_ORDERS)] = "user"  # type: ignore[valid-type] # the columns' table says which
    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    limit: Annotated[int, Field(ge=0, le=MOST)] = 100

    @property
    def values(self) -> dict[str, object]:
        """The values of the placeholders in both statements."""
        escaped = self.search.replace("\0", "").replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        user = (self.user or "").replace("\0", "")
        users = [one for one in self.users or () if "\0" not in one]
        return {"like": f"%{escaped}%", "user": user, "users": users, "offset": self.offset, "limit": self.limit}

    @property
    def _from(self) -> str:
        condition = _THESE if self.users is not None else _SOME if self.user is None else _ONE
        return f"{_FROM} where {condition}"

    @property
    def count(self) -> str:
        """The statement that counts all users that match, as `total`."""
        return f"select count(*) as total {self._from}"

    @property
    def page(self) -> str:
        """The statement for the users: ID, name, e-mail, totals, and `last_updated` in UTC."""
        return (
            f"select {_FIELDS}, s.last_updated at time zone 'UTC' as last_updated {self._from} "
            f"order by {_ORDERS[self.order]} offset %(offset)s limit %(limit)s"
        )

"""The users' totals of a deployed stack, from the function that reads them from Aurora's reader."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from dashboard.queries.read_only_database import DatabaseUnavailable
from dashboard.queries.users import UserPage, UserStatistics
from simulator.fetch.errors import FetchError
from simulator.fetch.operator import told

if TYPE_CHECKING:
    from dashboard.deployed.stack import Deployment


def deployed_users(
    deployed: Deployment, *, search: str = "", order: str = "user", offset: int = 0, limit: int = 100
) -> UserPage:
    """Return users as `dashboard.queries.users.users` does.

    Raises:
        DatabaseUnavailable: the stack has no such function, it may not be called, or it cannot reach the database.
    """
    said = _asked(deployed, {"search": search[:300], "order": order, "offset": offset, "limit": limit})
    return UserPage(users=[_user(one) for one in said["users"]], total=said["total"])


def deployed_user(deployed: Deployment, user: str) -> UserStatistics | None:
    """Return one user, by the whole ID; None if there is no such user.

    Raises:
        DatabaseUnavailable: as `deployed_users`.
    """
    said = _asked(deployed, {"user": user[:300]})
    return _user(said["users"][0]) if said["users"] else None


def _asked(deployed: Deployment, question: dict[str, Any]) -> Any:
    function = deployed.target.reader
    if function is None:
        raise DatabaseUnavailable(
            "This stack has no output UserReaderFunctionName: it was deployed before there was one. Deploy it again."
        )
    try:
        with told():
            answer = deployed.operator.functions.invoke(FunctionName=function, Payload=json.dumps(question).encode())
            said = json.loads(answer["Payload"].read())
    except FetchError as error:
        raise DatabaseUnavailable(f"The users cannot be asked for: {error}") from error
    if answer.get("FunctionError"):
        message = said.get("errorMessage") if isinstance(said, dict) else said
        raise DatabaseUnavailable(f"The function {function} failed: {message}")
    return said


def _user(one: dict[str, Any]) -> UserStatistics:
    updated = one["lastUpdated"]
    return UserStatistics(
        user_id=one["userId"],
        username=one["username"],
        email=one["email"],
        totals=tuple(one["totals"]),
        last_updated=datetime.fromisoformat(updated) if updated else None,
    )

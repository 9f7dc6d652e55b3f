"""`user-log-user-reader`: users and their totals, as the database's reader has them. It changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pydantic
from psycopg.errors import UntranslatableCharacter
from psycopg.rows import dict_row

from lambdas.shared.columns import TOTALS
from lambdas.shared.database import Database
from lambdas.shared.database_encoding import DatabaseEncoding
from lambdas.shared.errors import BadQuestionError
from lambdas.shared.observability import READER_SERVICE, make_logger
from lambdas.shared.settings import DatabaseSettings
from lambdas.user_reader.user_query import UserQuery

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

logger = make_logger(READER_SERVICE)
database = Database(DatabaseSettings())


def lambda_handler(event: dict[str, Any] | None, context: LambdaContext) -> dict[str, Any]:
    """Return users and their totals.

    Args:
        event: the fields of UserQuery.
        context: Lambda's.

    Returns:
        `total`, how many users match; `users`, each with `userId`, `username`, `email`, `totals` in the order of the
        columns, and `lastUpdated` (ISO, UTC). What no file has set is None.

    Raises:
        BadQuestionError: the event is not a UserQuery.
        DatabaseError: if the database cannot be reached.
    """
    try:
        query = UserQuery.model_validate(event or {})
    except pydantic.ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise BadQuestionError(f"This is not a question for users: {wrong}.") from None
    with database.transaction() as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        if query.users:
            query = query.model_copy(update={"users": tuple(DatabaseEncoding(connection).holds(query.users))})
        with connection.cursor(row_factory=dict_row) as cursor:
            try:
                (total,) = cursor.execute(query.count.encode(), query.values)
                found = cursor.execute(query.page.encode(), query.values).fetchall()
            except UntranslatableCharacter:  # the database's encoding cannot hold what is searched for
                total, found = {"total": 0}, []
    logger.info("users", extra={"function_request_id": context.aws_request_id, "found": len(found)})
    return {"total": total["total"], "users": [_user(row) for row in found]}


def _user(row: dict[str, Any]) -> dict[str, Any]:
    updated = row["last_updated"]
    return {
        "userId": row["user_id"],
        "username": row["username"],
        "email": row["email"],
        "totals": [row[column.field] for column in TOTALS],
        "lastUpdated": updated.isoformat() if updated is not None else None,
    }

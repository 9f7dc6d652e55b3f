"""`user-log-schema-migrator`: brings the database up to date at deploy; loads, counts and removes users."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from lambdas.schema_migrator.migrations import apply_migrations, read_migrations
from lambdas.schema_migrator.user_totals import checked_users, read_totals, remove_users
from lambdas.schema_migrator.users import load_users
from lambdas.shared.database import Database
from lambdas.shared.errors import UnknownActionError, UsersFileError
from lambdas.shared.observability import MIGRATOR_SERVICE, make_logger
from lambdas.shared.settings import DatabaseSettings, MigratorSettings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

CHUNK = 256 * 1024

settings = MigratorSettings()
logger = make_logger(MIGRATOR_SERVICE)
database = Database(DatabaseSettings(), statement_ms=0)
reader = Database(DatabaseSettings().for_reads())
s3 = boto3.client("s3", config=Config(connect_timeout=5, read_timeout=30, retries={"mode": "standard"}))


def lambda_handler(event: dict[str, Any] | None, context: LambdaContext) -> dict[str, Any]:
    """Do what `action` says; an event without one is a call at deploy, and migrates.

    Args:
        event: `{"action": "migrate"}`; `{"action": "load_users", "bucket": ..., "key": ...}`, with `"onlyNew": true`
            where users that are there are to stay as they are; `{"action": "count_users"}`;
            `{"action": "read_totals", "users": [...]}`, read from a reader, which may be a moment behind;
            `{"action": "remove_users", "users": [...]}`.
        context: Lambda's.

    Returns:
        `applied` (the migrations' names); `users` and `changed`; `users`; `totals` (of users that have some: each a
        value per column); `removed`.

    Raises:
        MigrationError, UsersFileError: see there.
        UsersListError: if `users` cannot be used.
        UnknownActionError: if there is no such action.
        DatabaseError: if the database cannot be reached.
    """
    event = event or {}
    action = event.get("action") or "migrate"
    if action == "load_users":
        answer = _load_users(event["bucket"], event["key"], only_new=bool(event.get("onlyNew")))
    elif action == "count_users":
        answer = _count_users()
    elif action == "read_totals":
        answer = _read_totals(event.get("users"))
    elif action == "remove_users":
        answer = _remove_users(event.get("users"))
    elif action == "migrate":
        answer = _migrate()
    else:
        raise UnknownActionError(
            f"There is no action {action!r}: use migrate, load_users, count_users, read_totals or remove_users."
        )
    told = {name: value for name, value in answer.items() if name != "totals"}
    logger.info(action, extra={"function_request_id": context.aws_request_id, **told})
    return answer


def _migrate() -> dict[str, Any]:
    with database.connection() as connection:
        return {"applied": apply_migrations(connection, read_migrations(settings.folder))}


def _load_users(bucket: str, key: str, *, only_new: bool) -> dict[str, Any]:
    try:
        chunks = s3.get_object(Bucket=bucket, Key=key)["Body"].iter_chunks(CHUNK)
        with database.connection() as connection:
            return dict(load_users(connection, chunks, only_new=only_new))
    except (ClientError, BotoCoreError) as error:
        raise UsersFileError(f"s3://{bucket}/{key} cannot be fetched: {error}") from error


def _count_users() -> dict[str, Any]:
    with database.connection() as connection:
        row = connection.execute("SELECT count(*) FROM users").fetchone()
    return {"users": row[0] if row else 0}


def _read_totals(users: object) -> dict[str, Any]:
    wanted = checked_users(users)
    with reader.connection() as connection:
        return {"totals": read_totals(connection, wanted)}


def _remove_users(users: object) -> dict[str, Any]:
    wanted = checked_users(users)
    with database.connection() as connection:
        return {"removed": remove_users(connection, wanted)}

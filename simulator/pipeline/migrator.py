"""Requests to the database from outside the pipeline: always through the migrator Lambda, as on AWS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from simulator.pipeline.errors import CloudError

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.aws.engine.clients import AwsClients
    from simulator.aws.lambda_runtime.lambda_service import LambdaService
    from simulator.pipeline.provisioning import Resources

USERS_KEY = "users/users.csv"


class UsersRefused(Exception):
    """A users file that is not one; the message names its lines."""


class Migrator:
    """The tables users and user_statistics, reached through the migrator.

    Args:
        functions: the functions.
        aws: clients; a users file is loaded from S3.
        resources: names and ARNs.
    """

    def __init__(self, functions: LambdaService, aws: AwsClients, resources: Resources) -> None:
        self._functions = functions
        self._aws = aws
        self._resources = resources

    def migrate(self) -> list[str]:
        """Apply the migrations that have not been applied, and return their names.

        Raises:
            CloudError: if one fails.
        """
        answer, error = self._call({"action": "migrate"})
        if error is not None:
            raise CloudError(f"The database could not be migrated: {error}")
        applied: list[str] = answer.get("applied", [])
        return applied

    def count_users(self) -> int:
        """Return how many users there are."""
        answer, error = self._call({"action": "count_users"})
        if error is not None:
            raise CloudError(f"The users could not be counted: {error}")
        return int(answer["users"])

    def load_users(self, path: Path, *, only_new: bool = False) -> int:
        """Load a users file (`user_id,username,email`) and return how many users it has.

        With `only_new`, users that are there stay as they are; the number is then that of the users who were not.

        Raises:
            UsersRefused: if the file is none; nothing was loaded.
        """
        # Into the output bucket: any CSV in the input bucket is an upload for the pipeline.
        bucket = self._resources.output_bucket
        with path.open("rb") as body:
            self._aws.s3.put_object(Bucket=bucket, Key=USERS_KEY, Body=body)
        event = {"action": "load_users", "bucket": bucket, "key": USERS_KEY, "onlyNew": only_new}
        answer, error = self._call(event)
        if error is not None:
            raise UsersRefused(error)
        return int(answer["changed" if only_new else "users"])

    def _call(self, event: dict[str, Any]) -> tuple[Any, str | None]:
        """Invoke the migrator; return its answer and, if it failed, the error's message."""
        result = self._functions.invoke(self._resources.migrator_arn, json.dumps(event).encode())
        answer = json.loads(result.payload)
        if result.function_error is None:
            return answer, None
        return answer, f"{answer.get('errorMessage') or answer.get('errorType')}"

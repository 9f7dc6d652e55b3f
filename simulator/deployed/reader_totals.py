"""The totals that `verify` compares, of a run on AWS: asked of the stack's function that reads Aurora's reader."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lambdas.user_reader.user_query import MOST
from simulator.fetch.deployment import target_of, workflow_of
from simulator.fetch.errors import FetchError
from simulator.fetch.operator import Operator, told
from simulator.verify.database_check import Stored

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from simulator.runs.folder.run_record import RunRecord

_MOST_ID = 300


def reader_totals(record: RunRecord) -> Callable[[Sequence[str]], Mapping[str, Stored]]:
    """Return what reads users' totals of the stack that a run was fetched from; 500 users a call.

    Each call sees a moment of its own: what a later upload replaces meanwhile is newer, and `verify` says so.

    Args:
        record: of a run on AWS.

    Raises:
        FetchError: the stack or its function cannot be found. What is returned raises it if the function fails, or is
            of a deployment that does not know the question yet.
    """
    origin = record.origin
    if origin is None:
        raise FetchError("The run was not on AWS.")
    operator = Operator(origin.region or None, profile=origin.profile or None, endpoint_url=origin.endpoint or None)
    target = target_of(operator, origin.stack or workflow_of(record.arn or ""))
    function = target.reader
    if function is None:
        raise FetchError("The stack has no function that reads users (output UserReaderFunctionName).")

    def read(users: Sequence[str]) -> Mapping[str, Stored]:
        possible = list(dict.fromkeys(user for user in users if len(user) <= _MOST_ID))
        stored: dict[str, Stored] = {}
        for start in range(0, len(possible), MOST):
            asked = possible[start : start + MOST]
            question = json.dumps({"users": asked, "limit": MOST}).encode()
            with told():
                answer = operator.functions.invoke(FunctionName=function, Payload=question)
                said = json.loads(answer["Payload"].read())
            if answer.get("FunctionError"):
                message = said.get("errorMessage") if isinstance(said, dict) else said
                raise FetchError(f"The function {function} failed: {message}")
            stored |= {one["userId"]: _stored(one["totals"], one["lastUpdated"]) for one in said["users"]}
        return stored

    return read


def _stored(totals: list[int | None], updated: str | None) -> Stored:
    moment = datetime.fromisoformat(updated).astimezone(UTC).replace(tzinfo=None) if updated else None
    return Stored(tuple(totals), moment)

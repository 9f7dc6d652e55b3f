"""Requests at which the engine fails, instead of saying what is wrong with them.

S3 API reference, "Error responses".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.aws.endpoint.s3.parts import no_such_upload
from simulator.aws.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_KEY = 1024


def check_key(key: str) -> None:
    """Refuse a key that is too long; the engine stores it.

    Raises:
        ApiError: KeyTooLongError.
    """
    size = len(key.encode("utf-8", "surrogateescape"))
    if size > LONGEST_KEY:
        members = {"Size": str(size), "MaxSizeAllowed": str(LONGEST_KEY)}
        raise ApiError("KeyTooLongError", "Your key is too long", status=400, members=members)


def explained(method: str, parameters: Mapping[str, str]) -> ApiError | None:
    """Return what AWS says of a request at which the engine has failed; None if that is not known.

    Args:
        method: GET, PUT, ...
        parameters: those of the query.
    """
    if "continuation-token" in parameters:
        return ApiError("InvalidArgument", "The continuation token provided is incorrect", status=400)
    if "uploadId" in parameters and method in {"PUT", "POST"}:
        return no_such_upload(parameters["uploadId"])
    return None

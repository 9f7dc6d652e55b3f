"""Errors of what plays AWS on this machine: a server that cannot go on, and a call that an API refuses."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class ServerError(Exception):
    """A server cannot start or go on. The message is for people: what happened, and what to do about it."""


class ApiError(Exception):
    """A call that an API refuses.

    Args:
        name: the API's error code, such as `ExecutionAlreadyExists` or `ValidationException`.
        message: the API's words.
        status: the HTTP status.
        request_id: the request's id (default: a new one).
        members: further members of the error's shape, such as `resourceName`.
    """

    def __init__(
        self,
        name: str,
        message: str,
        *,
        status: int = 400,
        request_id: str | None = None,
        members: Mapping[str, Any] | None = None,
    ) -> None:
        self.name = name
        self.message = message
        self.status = status
        self.request_id = request_id or str(uuid.uuid4())
        self.members = members or {}
        super().__init__(message)


def validation_error(message: str) -> ApiError:
    """Return a ValidationException, as the services that check their input answer it."""
    return ApiError("ValidationException", message)

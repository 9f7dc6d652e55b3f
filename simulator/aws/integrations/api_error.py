"""An error that an AWS API answers with."""

from __future__ import annotations

import uuid


class ApiError(Exception):
    """A call that an API refuses.

    Args:
        name: the API's error code, such as `ExecutionAlreadyExists` or `ValidationException`.
        message: the API's words.
        status: the HTTP status.
        request_id: the request's id (default: a new one).
    """

    def __init__(self, name: str, message: str, *, status: int = 400, request_id: str | None = None) -> None:
        self.name = name
        self.message = message
        self.status = status
        self.request_id = request_id or str(uuid.uuid4())
        super().__init__(message)


def validation_error(message: str) -> ApiError:
    """Return a ValidationException, as the services that check their input answer it."""
    return ApiError("ValidationException", message)

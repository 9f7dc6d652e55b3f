"""The error that an AWS API answers with, as integrations import it."""

from __future__ import annotations

from simulator.aws.errors import ApiError

__all__ = ["ApiError", "validation_error"]


def validation_error(message: str) -> ApiError:
    """Return a ValidationException, as the services that check their input answer it."""
    return ApiError("ValidationException", message)

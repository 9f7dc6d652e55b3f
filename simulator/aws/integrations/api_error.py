"""The error that an AWS API answers with, as integrations import it."""

from __future__ import annotations

from simulator.aws.errors import ApiError, validation_error

__all__ = ["ApiError", "validation_error"]

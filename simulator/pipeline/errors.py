"""Errors of the local cloud itself."""

from __future__ import annotations

from simulator.postgres.errors import PostgresError


class CloudError(Exception):
    """The local cloud cannot start or go on.

    The message is for the person at the terminal: what happened, where, and what to do about it. The command line
    prints it without a traceback and exits with 3.
    """


CLOUD_ERRORS = (CloudError, PostgresError)
"""To be caught together: its PostgreSQL is a part of the local cloud."""

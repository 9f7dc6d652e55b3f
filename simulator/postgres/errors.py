"""Errors of a PostgreSQL that the simulator starts or connects to."""

from __future__ import annotations

import errno


class PostgresError(Exception):
    """PostgreSQL cannot be started, reached or stopped.

    The message is for the person at the terminal: what happened, where, and what to do about it.
    """


def advice(error: OSError) -> str:
    """Return what a person can do about a folder of ours that cannot be written to."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "Make room there, or set SIMULATOR_HOME to a folder on another disk."
    return "Set SIMULATOR_HOME to a folder that you may write to."

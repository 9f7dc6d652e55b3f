"""What can go wrong with the local cloud itself."""

from __future__ import annotations

import errno


class CloudError(Exception):
    """The local cloud cannot start or go on.

    The message is for the person at the terminal: what happened, where, and what to do about it. The command line
    prints it without a traceback and exits with 3.
    """


def advice(error: OSError) -> str:
    """Return what a person can do about a folder of ours that cannot be written to."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "Make room there, or set SIMULATOR_HOME to a folder on another disk."
    return "Set SIMULATOR_HOME to a folder that you may write to."

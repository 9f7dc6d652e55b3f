"""What can go wrong with the local cloud itself."""

from __future__ import annotations


class CloudError(Exception):
    """The local cloud cannot start or go on.

    The message is for the person at the terminal: what happened, where, and what to do about it. The command line
    prints it without a traceback and exits with 3.
    """

"""The errors that end a command without a traceback."""

from __future__ import annotations


class UsageError(Exception):
    """Wrong usage: the message says what to do instead. Exit code 2."""


class Terminated(KeyboardInterrupt):
    """SIGTERM: the command ends as after Ctrl-C, in good order."""

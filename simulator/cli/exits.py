"""How a command ends: its exit code, and the errors that end it without a traceback."""

from __future__ import annotations

SUCCEEDED = 0
FAILED = 1
"""The run failed, or its file was rejected."""
USAGE = 2
"""Wrong usage, a file that cannot be read, an upload that starts nothing."""
NO_CLOUD = 3
"""The local cloud could not start."""
INTERRUPTED = 130
"""Ctrl-C: 128 + SIGINT, as shells expect it, so that a loop around the command ends too."""
TERMINATED = 143
"""kill: 128 + SIGTERM."""


class UsageError(Exception):
    """Wrong usage: the message says what to do instead. Exit code 2."""


class Terminated(KeyboardInterrupt):
    """SIGTERM: the command ends as after Ctrl-C, in good order."""

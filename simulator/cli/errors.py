"""What ends a command without a traceback."""

from __future__ import annotations


class UsageFault(Exception):
    """Something the person at the terminal can mend; the message is a sentence or two for them. Exit code 2."""


class Terminated(KeyboardInterrupt):
    """SIGTERM: the command ends as after Ctrl-C, in good order."""

"""How much a command says to people: `--quiet`, the default, or `--verbose`. Imports nothing: see `quick`."""

from __future__ import annotations

QUIET, NORMAL, VERBOSE = -1, 0, 1

_level = NORMAL


def set_loudness(level: int) -> None:
    """Let the terminals that this process opens from now on say this much."""
    global _level  # noqa: PLW0603 - a process does one command
    _level = level


def loudness() -> int:
    """Return QUIET, NORMAL or VERBOSE."""
    return _level

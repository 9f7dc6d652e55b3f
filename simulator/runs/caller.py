"""The shell that a command is typed in: its folder and its Python. `up` runs commands for shells other than its own."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The surroundings of a person at a terminal.

    Args:
        folder: the shell's current folder; None if it is gone.
        python: the path of the Python that runs the command there.
        home: the text of SIMULATOR_HOME there; None if it is not set.
    """

    folder: Path | None
    python: str
    home: str | None


_caller: ContextVar[Caller | None] = ContextVar("caller", default=None)


def caller() -> Caller:
    """Return the shell that this thread works for: this process's own, unless `called_from` says otherwise."""
    found = _caller.get()
    if found is not None:
        return found
    try:
        folder: Path | None = Path.cwd()
    except OSError:  # the folder is gone
        folder = None
    return Caller(folder=folder, python=sys.executable or "python3", home=os.environ.get("SIMULATOR_HOME") or None)


@contextmanager
def called_from(one: Caller) -> Iterator[None]:
    """Let this thread work for another shell while the context lasts: paths and commands are written for that one."""
    token = _caller.set(one)
    try:
        yield
    finally:
        _caller.reset(token)

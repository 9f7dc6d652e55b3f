"""Gives each execution environment, which is a thread, a stdout, a stderr and an `os.environ` of its own.

boto3's default session, too, is the environment's (see default_sessions).

On Lambda an environment is a process, so code may use those three as it likes. Here, stand-ins are installed that look
up the current thread; in a thread that does not belong to an environment they pass all on to what was there before.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import MutableMapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO, cast

from simulator.aws.lambda_runtime.default_sessions import install

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Write = Callable[[str], None]

_local = threading.local()
_installing = threading.Lock()
_users = 0
_restore: Callable[[], None] | None = None


def route_this_thread(variables: dict[str, str], write: Write) -> None:
    """Make the calling thread an environment.

    Args:
        variables: its environment variables (it may change them).
        write: takes what it writes to stdout or stderr.
    """
    _local.variables = variables
    _local.write = write


@contextmanager
def routing() -> Iterator[None]:
    """Install the stand-ins while the context lasts; contexts may overlap."""
    global _users, _restore  # noqa: PLW0603 - stdout and os.environ are the process's, and so is this
    with _installing:
        if _users == 0:
            _restore = _install()
        _users += 1
    try:
        yield
    finally:
        with _installing:
            _users -= 1
            if _users == 0 and _restore is not None:
                _restore()


def _install() -> Callable[[], None]:
    before = sys.stdout, sys.stderr, os.environ
    ours = RoutedStream(sys.stdout), RoutedStream(sys.stderr), RoutedEnvironment(os.environ)
    sys.stdout, sys.stderr = cast("TextIO", ours[0]), cast("TextIO", ours[1])
    os.environ = cast("os._Environ[str]", ours[2])  # noqa: B003, SLF001 - over the old one

    restore_sessions = install(lambda: getattr(_local, "variables", None))

    def restore() -> None:
        """Put back what was there, if nobody has replaced it meanwhile."""
        restore_sessions()
        if sys.stdout is ours[0]:
            sys.stdout = before[0]
        if sys.stderr is ours[1]:
            sys.stderr = before[1]
        if cast("object", os.environ) is ours[2]:
            os.environ = before[2]  # noqa: B003 - as above

    return restore


class RoutedStream:
    """A text stream that writes to the current thread's environment, or to `original`."""

    def __init__(self, original: TextIO) -> None:
        self._original = original

    def write(self, text: str) -> int:
        """Write text; returns its length."""
        write: Write | None = getattr(_local, "write", None)
        if write is None:
            return self._original.write(text)
        write(text)
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        """Write several texts."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Flush the original; an environment's output is never held back here."""
        if getattr(_local, "write", None) is None:
            self._original.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._original, name)


class RoutedEnvironment(MutableMapping[str, str]):
    """The environment variables of the current thread's environment, or those of the process."""

    def __init__(self, original: MutableMapping[str, str]) -> None:
        self._original = original

    def _current(self) -> MutableMapping[str, str]:
        variables: dict[str, str] | None = getattr(_local, "variables", None)
        return self._original if variables is None else variables

    def __getitem__(self, name: str) -> str:
        return self._current()[name]

    def __setitem__(self, name: str, value: str) -> None:
        self._current()[name] = value

    def __delitem__(self, name: str) -> None:
        del self._current()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._current())

    def __len__(self) -> int:
        return len(self._current())

    def copy(self) -> dict[str, str]:
        """Return the variables as a dict of their own."""
        return dict(self._current())

    def __or__(self, other: Any) -> dict[str, str]:
        return {**self._current(), **other}

    def __ror__(self, other: Any) -> dict[str, str]:
        return {**other, **self._current()}

    def __ior__(self, other: Any) -> Any:
        self.update(other)
        return self

    def __repr__(self) -> str:
        return repr(self._current())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._original, name)

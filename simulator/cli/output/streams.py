"""The three standard streams, whatever state the caller left them in: closed, full, or a pipe without a reader."""

from __future__ import annotations

import errno
import io
import os
import sys
from contextlib import suppress
from typing import Any, TextIO

_STDIN, _STDOUT, _STDERR = 0, 1, 2


class _Patient(io.FileIO):
    """A stream whose writes never fail: it keeps the first failure and drops everything after it."""

    failure: OSError | None = None

    def write(self, data: Any, /) -> int:
        """Write, or keep the failure."""
        if self.failure is None:
            try:
                return super().write(data)
            except OSError as error:
                self.failure = error
        return memoryview(data).nbytes


_stdout: _Patient | None = None


def settle_streams() -> None:
    """Make the streams of this process usable; call it before a file is opened that could take a closed one's number.

    Text that cannot be written to stderr is dropped. For stdout, `stdout_problem` says why it could not be written.
    """
    global _stdout  # noqa: PLW0603 - there is one stdout
    for fd, flags in ((_STDIN, os.O_RDONLY), (_STDOUT, os.O_RDONLY), (_STDERR, os.O_WRONLY)):
        _fill(fd, flags)  # stdout only to read: to write there must fail
    if sys.stdin is None:
        sys.stdin = open(_STDIN, encoding="utf-8", closefd=False)  # noqa: SIM115 - a number, for good
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with suppress(OSError):
                stream.flush()
    _stdout = _Patient(_STDOUT, "w", closefd=False)
    sys.stdout = _text(_stdout, sys.stdout, "strict")
    sys.stderr = _text(_Patient(_STDERR, "w", closefd=False), sys.stderr, "backslashreplace")


def stdout_problem() -> str | None:
    """Return why stdout could not be written to; None if it could, or if `settle_streams` was not called."""
    if _stdout is None:
        return None
    sys.stdout.flush()
    return None if _stdout.failure is None else words_of(_stdout.failure)


def words_of(failure: OSError) -> str:
    """Return why a stream could not be written to."""
    closed = {errno.EBADF: "it is closed", errno.EPIPE: "its reader has gone away"}
    return closed.get(failure.errno or 0) or failure.strerror or str(failure)


def _fill(fd: int, flags: int) -> None:
    try:
        os.fstat(fd)
    except OSError:
        nowhere = os.open(os.devnull, flags)
        if nowhere != fd:
            os.dup2(nowhere, fd)
            os.close(nowhere)
        os.set_inheritable(fd, True)  # noqa: FBT003 - its only parameter


def _text(raw: _Patient, before: TextIO | None, errors: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=getattr(before, "encoding", None) or "utf-8",
        errors=getattr(before, "errors", None) or errors,
        line_buffering=True,
    )

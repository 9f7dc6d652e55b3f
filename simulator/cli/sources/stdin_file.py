"""`-` for a file: what comes on stdin, as a file."""

from __future__ import annotations

import shutil
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.cli.exits import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simulator.cli.output.terminal import Terminal

STDIN = "-"
NAME = "stdin.csv"
"""The file's name, and so its key in S3 without --key."""


@contextmanager
def stdin_as_file(texts: Sequence[str], term: Terminal, name: str = NAME) -> Iterator[list[str]]:
    """Give the files that a person has named, with a file in the place of `-`, which lasts as long as the context.

    Raises:
        UsageError: `-` is named twice, or stdin cannot be read.
    """
    if STDIN not in texts:
        yield list(texts)
        return
    if list(texts).count(STDIN) > 1:
        raise UsageError("- stands for stdin, which can be read once. Name it once.")
    if sys.stdin.isatty():
        term.say("reading the file from this terminal: end it with Ctrl-D")
    with tempfile.TemporaryDirectory(prefix="simulator-stdin-") as folder:
        file = Path(folder) / name
        try:
            with file.open("wb") as copy:
                shutil.copyfileobj(sys.stdin.buffer, copy)
        except OSError as error:
            raise UsageError(f"stdin could not be copied to {file}: {error.strerror}.") from None
        yield [str(file) if text == STDIN else text for text in texts]

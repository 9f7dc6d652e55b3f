"""The file to upload: as it is, or converted if a spreadsheet saved it."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.cli.paths import shown
from simulator.runs.suggested_command import command
from simulator.uploads.encoding import converted, problem_of_file, read_chunks, readable_codecs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lambdas.shared.encodings.encoding import EncodingError
    from simulator.cli.output.terminal import Terminal


@contextmanager
def upload_file(source: Path, terminal: Terminal, *, convert: bool) -> Iterator[Path]:
    """Give the file to upload; a converted one is in a temporary folder until the end of the `with`.

    Raises:
        OSError: it cannot be read, or there is no room for the converted one.
    """
    problem = problem_of_file(source)
    if problem is None or not problem.encoding.needs_conversion:
        if problem is not None and (what_helps := convert_advice(problem, source)):
            terminal.say(("note  ", "yellow"), f"{shown(source)} is not converted to UTF-8. {what_helps}")
        yield source
        return
    encoding = problem.encoding
    if not convert:
        terminal.say(f"{shown(source)} is {encoding.title}; it is uploaded as it is (--no-convert).")
        yield source
        return
    terminal.say(
        f"{shown(source)} is {encoding.title}; it is converted to UTF-8 for the upload (the file stays as it is)."
    )
    with tempfile.TemporaryDirectory(prefix="simulator-") as folder:
        target = Path(folder) / "upload.csv"
        with target.open("wb") as file:
            file.writelines(converted(read_chunks(source), encoding.value))
        yield target


def convert_advice(problem: EncodingError, source: Path) -> str:
    """Return how to make UTF-8 of a file whose encoding only a person can tell; empty if nothing reads it.

    Raises:
        OSError: it cannot be read.
    """
    first, *others = readable_codecs(problem, source) or [""]
    if not first:
        return ""
    more = f" (it reads as {', '.join(others)} too; then name that one)" if others else ""
    return f"If you know that all of it is {first}{more}: {command('convert', source, '--from', first)}"

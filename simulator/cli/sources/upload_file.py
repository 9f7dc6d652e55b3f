"""The file to upload: as it is, or converted if a spreadsheet saved it; checked if it is a corrected `failed-rows.csv`.

A corrected file is checked here and not by the validator: only here is the folder of the run that it corrects.
"""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.cli.exits import UsageError
from simulator.cli.paths import shown
from simulator.csv_files.encoding import converted, problem_of_file, read_chunks, readable_codecs
from simulator.pipeline.settings import Settings
from simulator.runs.corrections.corrected_file import REALLY, check_corrections
from simulator.runs.store import RunStore
from simulator.runs.suggested_command import command
from simulator.runs.words import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lambdas.shared.encodings.encoding import EncodingError
    from simulator.cli.output.terminal import Terminal

MOST_SHOWN = 20
GO_ON = (
    "Look at the user IDs yourself (a spreadsheet turns 0000000123 into 123). If they are right, delete the columns "
    "that begin with _ from the file, or give the option --unchecked; or run it where the folder of that run is."
)


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


def check_corrected_file(body: Path, source: Path, *, unchecked: bool, other_users: bool) -> None:
    """Refuse a file that corrects a run and names other users than that run did on the same lines.

    Args:
        body: the file to upload, in UTF-8.
        source: what the person calls it.
        unchecked: whether rows whose run is not here are let through.
        other_users: whether rows may be for other users than those of the rows that they correct.

    Raises:
        UsageError: it does, or that cannot be checked; the message names each such row.
    """
    checked = check_corrections(RunStore(Settings().home.runs), body, other_users=other_users)
    if checked.errors:
        wrong = f"{count(len(checked.errors), 'row')} may be written to another user."
        raise UsageError(f"{shown(source)} was not uploaded: {wrong}\n{_some(checked.errors)}\n{REALLY}")
    if checked.unchecked and not unchecked:
        raise UsageError(
            f"{shown(source)} was not uploaded: it corrects a run, and whether its user IDs still are those of "
            f"that run cannot be checked. A row may be written to another user.\n{_some(checked.unchecked)}\n{GO_ON}"
        )


def _some(lines: list[str]) -> str:
    more = [f"and {len(lines) - MOST_SHOWN} more"] if len(lines) > MOST_SHOWN else []
    return "\n".join([*lines[:MOST_SHOWN], *more])

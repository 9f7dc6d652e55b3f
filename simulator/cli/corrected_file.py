"""A corrected `failed-rows.csv`, checked before it is uploaded: only here is the folder of the run that it corrects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.cli.errors import UsageError
from simulator.cli.paths import shown
from simulator.pipeline.settings import Settings
from simulator.runs.corrections import REALLY, check_corrections
from simulator.runs.store import RunStore
from simulator.runs.words import count

if TYPE_CHECKING:
    from pathlib import Path

MOST_SHOWN = 20
GO_ON = (
    "Look at the user IDs yourself (a spreadsheet turns 0000000123 into 123). If they are right, delete the columns "
    "that begin with _ from the file, or give the option --unchecked; or run it where the folder of that run is."
)


def check_corrected_file(body: Path, source: Path, *, unchecked: bool) -> None:
    """Refuse a file that corrects a run and names other users than that run did on the same lines.

    Args:
        body: the file to upload, in UTF-8.
        source: what the person calls it.
        unchecked: whether rows whose run is not here are let through.

    Raises:
        UsageError: it does, or that cannot be checked; the message names each such row.
    """
    checked = check_corrections(RunStore(Settings().home.runs), body)
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

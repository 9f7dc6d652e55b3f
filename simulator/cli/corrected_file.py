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

    from simulator.cli.output.terminal import Terminal

MOST_SHOWN = 20


def check_corrected_file(body: Path, source: Path, terminal: Terminal) -> None:
    """Refuse a file that corrects a run and names other users than that run did on the same lines.

    Args:
        body: the file to upload, in UTF-8.
        source: what the person calls it.
        terminal: where is told what could not be checked.

    Raises:
        UsageError: it does; the message names each such row.
    """
    checked = check_corrections(RunStore(Settings().home.runs), body)
    for note in checked.notes:
        terminal.say(("note  ", "yellow"), note)
    if checked.errors:
        wrong = count(len(checked.errors), "row")
        lines = checked.errors[:MOST_SHOWN]
        if len(checked.errors) > MOST_SHOWN:
            lines.append(f"and {len(checked.errors) - MOST_SHOWN} more")
        raise UsageError(
            "\n".join([f"{shown(source)} was not uploaded: {wrong} may be written to another user.", *lines, REALLY])
        )

"""The one line about cost and time on AWS with which `run` ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.runs.suggested_command import command

if TYPE_CHECKING:
    from simulator.cli.output.terminal import Terminal
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.folder.run_record import RunRecord

MOST_ROWS = 200_000
"""A run of more rows takes long to read again: then only the command is named."""


def tell_forecast(term: Terminal, folder: RunFolder, record: RunRecord) -> None:
    """Print the line; nothing for a run whose rows never began.

    Args:
        term: takes it.
        folder: the run's.
        record: how it ended.
    """
    if not record.rows.succeeded + record.rows.failed:
        return
    more = command("forecast", folder.name)
    if record.rows.total > MOST_ROWS:
        term.say("On AWS: ", (more, "bold"))
        return
    # Only here: simpy need not be loaded for a run that ended without a row.
    from simulator.forecast.forecast import NothingToForecast, forecast  # noqa: PLC0415 - see above

    try:
        made = forecast(folder, record, grow=False)
    except NothingToForecast:
        return
    except OSError as error:
        term.say(("Note: ", "yellow"), f"there is no forecast: the run folder cannot be read: {error}")
        return
    term.say(f"{made.one_line}: ", (more, "bold"))

"""`logs RUN`: what the functions logged about a run."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulator.cli.examples import examples
from simulator.cli.exits import UsageError
from simulator.cli.options import Json, RunName  # noqa: TC001 - typer reads the annotations
from simulator.cli.output.fields import picked
from simulator.cli.output.terminal import terminal
from simulator.cli.output.text import clean, shortened
from simulator.pipeline.settings import Settings
from simulator.runs.folder.json_lines import encode, parse_line
from simulator.runs.folder.run_record import RUNNING
from simulator.runs.recovery import recovered
from simulator.runs.store import RunNotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.runs.folder.run_folder import RunFolder

EPILOG = examples("logs latest", "logs latest --follow --function processor", "logs latest --json time,message")
_LOOK_SECONDS = 0.2
_MAX_TEXT = 2000


def logs_command(
    run: RunName = "latest",
    follow: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--follow", "-f", help="Go on until the run has ended, or Ctrl-C.")
    ] = False,
    function: Annotated[
        str | None, typer.Option("--function", metavar="TEXT", help="Only functions with this in their name.")
    ] = None,
    json: Json = None,
) -> None:
    """Print what the functions logged about a run to stdout, a line each, the oldest first.

    With --json, one document; with --json and --follow, one JSON object per line, as it comes. Exit code 2: there is no
    such run.
    """
    with terminal(json=json) as term:
        try:
            folder = Settings().home.known_runs.find(run)
        except RunNotFound as error:
            raise UsageError(str(error)) from None
        chosen = (one for one in _records(folder, follow=follow) if (function or "") in str(one.get("function", "")))
        if json is None:
            for record in chosen:
                term.write_line(_line(record).encode(sys.stdout.encoding or "utf-8", "backslashreplace") + b"\n")
        elif follow:
            for record in chosen:
                term.write_line(encode(picked(record, json)) + b"\n")
        else:
            term.document({"run": folder.name, "logs": list(chosen)})


def _records(folder: RunFolder, *, follow: bool) -> Iterator[dict[str, Any]]:
    """Yield the lines of the file; with `follow`, those that come too, until the run has ended and all are read."""
    offset = 0
    while True:
        ended = not follow or recovered(folder).status != RUNNING  # before the file is read: what it wrote last counts
        for line in _whole_lines(folder, offset):
            offset += len(line)
            if (record := parse_line(line)) is not None:
                yield record
        if ended:
            return
        time.sleep(_LOOK_SECONDS)


def _whole_lines(folder: RunFolder, offset: int) -> Iterator[bytes]:
    try:
        file = folder.logs_file.open("rb")
    except FileNotFoundError:
        return
    with file:
        file.seek(offset)
        for line in file:
            if not line.endswith(b"\n"):  # it is being written
                return
            yield line


def _line(record: dict[str, Any]) -> str:
    message = record.get("message")
    if isinstance(message, dict) and isinstance(message.get("message"), str) and message.get("level"):
        text = f"{message['level']} {message['message']}"
    else:
        text = message if isinstance(message, str) else encode(message).decode()
    return clean(shortened(f"{record.get('time')}  {record.get('function')}  {text}".replace("\n", "\\n"), _MAX_TEXT))

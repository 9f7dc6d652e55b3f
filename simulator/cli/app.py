"""The command line: `python -m simulator`."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

from rich.markup import escape

from simulator.cli import exits
from simulator.cli.command_table import COMMANDS
from simulator.cli.examples import examples
from simulator.cli.exits import Terminated
from simulator.cli.output.streams import settle_streams, stdout_problem
from simulator.cli.usage.app import COMPLETE_VARIABLE, App, complete_as_shells_ask
from simulator.cli.usage.configuration_file import configuration_file
from simulator.cli.usage.version import simulator
from simulator.runs.suggested_command import command

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

    from simulator.cli.command_table import Entry

EPILOG = (
    f"Begin with: {escape(command('run', 'sample.csv'))} -- "
    "Exit codes: 0 succeeded; 1 the run failed or its file was rejected; 2 wrong usage or a file that cannot be read; "
    "3 the local cloud could not start; 130 Ctrl-C."
)


def application(words: Sequence[str] | None = None) -> App:
    """Return the command line.

    Args:
        words: the words that it will be given: the command among them is imported, and of the others only what the
            help lists of them. None to import all, as for a shell's completion or a configuration file, which may
            name any command.
    """
    app = App(
        name="simulator",
        help="Runs the CSV user-log pipeline on this machine: the same Lambda code and state machine as on AWS.",
        epilog=EPILOG,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
    )
    app.callback()(simulator)
    every = words is None or os.environ.get(COMPLETE_VARIABLE) or configuration_file() is not None
    wanted = None if every else next((word for word in words or () if not word.startswith("-")), "")
    for entry in COMMANDS:
        if wanted in (None, entry.name):
            _add(app, entry)
        else:
            app.command(entry.name, help=entry.summary())(_other_command)
    return app


def _add(app: App, entry: Entry) -> None:
    module = entry.load()
    if entry.group is not None:
        app.add_typer(getattr(module, entry.group), name=entry.name)
        return
    epilog = module.EPILOG if entry.examples is None else examples(*entry.examples)
    app.command(entry.name, epilog=epilog)(getattr(module, entry.function))


def _other_command() -> None:
    """Stand for a command that is listed and not used."""
    raise AssertionError("the command that is used is imported")


def main() -> None:
    """Run the command that the arguments name, and exit."""
    settle_streams()
    signal.signal(signal.SIGTERM, _terminate)
    try:
        complete_as_shells_ask()
        application(sys.argv[1:])(prog_name=command(), complete_var=COMPLETE_VARIABLE)
    except SystemExit as ending:
        # A document's failure was told by its command, which exits with 2; a help text has no one else to tell it.
        if ending.code in (None, exits.SUCCEEDED) and (problem := stdout_problem()) is not None:
            sys.stderr.write(f"Error: stdout could not be written to: {problem}.\n")
            raise SystemExit(exits.USAGE) from None
        raise


def _terminate(_number: int, _frame: FrameType | None) -> NoReturn:
    raise Terminated

"""The command line: `python -m simulator`."""

from __future__ import annotations

import signal
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.markup import escape

from simulator.cli import exits
from simulator.cli.command_table import COMMANDS
from simulator.cli.examples import examples
from simulator.cli.exits import Terminated
from simulator.cli.output.streams import settle_streams, stdout_problem
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

_PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"


def application(words: Sequence[str] | None = None) -> typer.Typer:
    """Return the command line.

    Args:
        words: the words that it will be given: the command among them is imported, and of the others only what the
            help lists of them. None to import all.
    """
    app = typer.Typer(
        name="simulator",
        help="Runs the CSV user-log pipeline on this machine: the same Lambda code and state machine as on AWS.",
        epilog=EPILOG,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
    )
    app.callback()(_options)
    wanted = None if words is None else next((word for word in words if not word.startswith("-")), "")
    for entry in COMMANDS:
        if wanted in (None, entry.name):
            _add(app, entry)
        else:
            app.command(entry.name, help=entry.summary())(_other_command)
    return app


def _add(app: typer.Typer, entry: Entry) -> None:
    module = entry.load()
    if entry.group is not None:
        app.add_typer(getattr(module, entry.group), name=entry.name)
        return
    epilog = module.EPILOG if entry.examples is None else examples(*entry.examples)
    app.command(entry.name, epilog=epilog)(getattr(module, entry.function))


def _other_command() -> None:
    """Stand for a command that is listed and not used."""
    raise AssertionError("the command that is used is imported")


def _show_version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    if wanted:
        version = tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["project"]["version"]
        sys.stdout.write(f"simulator {version}\n")
        raise typer.Exit


def _options(
    version: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Take the options that stand before a command."""


def main() -> None:
    """Run the command that the arguments name, and exit."""
    settle_streams()
    signal.signal(signal.SIGTERM, _terminate)
    try:
        application(sys.argv[1:])(prog_name=command())
    except SystemExit as ending:
        # A document's failure was told by its command, which exits with 2; a help text has no one else to tell it.
        if ending.code in (None, exits.SUCCEEDED) and (problem := stdout_problem()) is not None:
            sys.stderr.write(f"Error: stdout could not be written to: {problem}.\n")
            raise SystemExit(exits.USAGE) from None
        raise


def _terminate(_number: int, _frame: FrameType | None) -> NoReturn:
    raise Terminated

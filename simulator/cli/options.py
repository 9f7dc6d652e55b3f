"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from simulator.runs.suggested_command import command

Json = Annotated[bool, typer.Option("--json", help="Prints one JSON document to stdout; messages go to stderr.")]
RunName = Annotated[
    str, typer.Argument(metavar="RUN", help="A run's name, the beginning of it, or [bold]latest[/bold].")
]


def examples(*commands: str) -> str:
    """Return the epilog of a command: examples of its use, a line each."""
    return "\n\n".join(["[bold]Examples[/bold]", *(f"  {escape(command())} {words}" for words in commands)])

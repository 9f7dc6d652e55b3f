"""The examples below the help of a command."""

from __future__ import annotations

from rich.markup import escape

from simulator.runs.suggested_command import command


def examples(*commands: str) -> str:
    """Return the epilog of a command: examples of its use, a line each."""
    return "\n\n".join(["[bold]Examples[/bold]", *(f"  {escape(command())} {words}" for words in commands)])

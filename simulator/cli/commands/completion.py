"""`completion SHELL`: the script that lets a shell complete commands, options and names of runs."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import typer

from simulator.cli.examples import examples
from simulator.cli.options import Json  # noqa: TC001 - typer reads the annotations
from simulator.cli.output.terminal import terminal
from simulator.cli.usage.app import COMPLETE_VARIABLE
from simulator.runs.suggested_command import SCRIPT

EPILOG = examples("completion bash") + f'\n\n  eval "$({SCRIPT} completion bash)"  (in ~/.bashrc)'


def completion_command(
    shell: Annotated[Literal["bash", "zsh", "fish"], typer.Argument(help="The shell.", metavar="SHELL")],
    json: Json = None,
) -> None:
    """Print the script for a shell's completion of the command simulator, for an installation or an active environment.

    It completes commands, options, files and the names of runs.
    """
    from typer.completion import get_completion_script  # type: ignore[attr-defined]  # noqa: PLC0415 - only this command needs it

    with terminal(json=json) as term:
        script = get_completion_script(prog_name=SCRIPT, complete_var=COMPLETE_VARIABLE, shell=shell)
        if json is None:
            sys.stdout.write(f"{script}\n")
        term.document({"shell": shell, "script": script})

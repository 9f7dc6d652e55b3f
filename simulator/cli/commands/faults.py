"""`faults`: the faults that `run --fault` can make."""

from __future__ import annotations

from simulator.cli.options import Json  # noqa: TC001 - typer reads the annotations
from simulator.cli.output.terminal import terminal
from simulator.fault_injection.kinds import KINDS
from simulator.runs.suggested_command import command


def faults_command(json: Json = None) -> None:
    """List the faults that run --fault can make, with an example each.

    --fault may be given several times; --seed chooses other rows for share=.
    """
    with terminal(json=json) as term:
        for kind in KINDS:
            term.fold((kind.form, "bold"))
            term.fold(kind.what, indent=2)
            term.say(f"  {command('run', 'sample.csv', '--fault', kind.example)}")
        term.document(
            {
                "faults": [
                    {"name": kind.name, "form": kind.form, "example": kind.example, "what": kind.what} for kind in KINDS
                ]
            }
        )

"""`doctor`: what is wrong with this machine, each with its cure."""

from __future__ import annotations

import typer

from simulator.cli import exits
from simulator.cli.options import Json  # noqa: TC001 - typer reads the annotations
from simulator.cli.output.terminal import terminal
from simulator.cli.usage.version import version_text
from simulator.pipeline.settings import Settings
from simulator.runs.words import count

_STYLES = {"ok": "green", "warning": "yellow", "problem": "bold red"}


def doctor_command(json: Json = None) -> None:
    """Look for what is wrong with this machine: packages, home, disk, sockets, ports, variables, locks, clock.

    Each problem comes with its cure. Exit code 0: a run can work (there may be warnings); 1: it cannot.
    """
    # Only here: its imports take time that --help need not wait for.
    from simulator.pipeline.doctor.doctor import examine  # noqa: PLC0415 - as the line above says

    with terminal(json=json) as term:
        term.say(version_text())
        found = []
        for one in examine(Settings()):
            found.append(one)
            term.fold((f"{one.state:<8} ", _STYLES[one.state]), f"{one.name}: {one.found}")
            if one.cure is not None:
                term.say("         ", (one.cure, "bold"))  # whole: it has commands to paste
        problems = sum(one.state == "problem" for one in found)
        warnings = sum(one.state == "warning" for one in found)
        term.say(f"{count(problems, 'problem')}, {count(warnings, 'warning')}")
        term.document({"ok": problems == 0, "checks": [one.to_json() for one in found]})
        raise typer.Exit(exits.FAILED if problems else exits.SUCCEEDED)

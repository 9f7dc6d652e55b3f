"""`smoke --stack NAME`: three rows through a deployed stack."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import typer

from simulator.cli import exits
from simulator.cli.commands.deployed.stack_options import REGION, EndpointUrl, Profile, Region, StackName, opened_stack
from simulator.cli.examples import examples
from simulator.cli.options import Json  # noqa: TC001 - typer reads the annotations
from simulator.cli.output.terminal import terminal

if TYPE_CHECKING:
    from simulator.cli.output.terminal import Terminal
    from simulator.deployed.smoke import Step

EPILOG = examples(
    "smoke --stack UserLogPipeline-dev",
    "smoke --stack UserLogPipeline --profile prod --json",
    "smoke --stack UserLogPipeline --endpoint-url http://127.0.0.1:4566",
)


def smoke_command(
    stack: StackName,
    region: Region = REGION,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
    json: Json = None,
) -> None:
    """Send a file of three rows, for users of its own, through a stack, and look at all that it leaves.

    Users, files and results are removed in the end, also after Ctrl-C; the audit items expire. Exit code 0: all is as
    it should be; 1: a step failed; 2: the stack cannot be reached.
    """
    from simulator.deployed.smoke import SmokeTest  # noqa: PLC0415 - boto3 is loaded only if it is needed

    with terminal(json=json) as term, opened_stack(stack, region, profile, endpoint_url) as opened:
        test = SmokeTest(opened)
        done = []
        with closing(test.steps()) as steps:  # Ctrl-C: what was made is removed
            for step in steps:
                done.append(step)
                _tell(term, step)
        if test.cleaned is not None:
            done.append(test.cleaned)
            _tell(term, test.cleaned)
        passed = all(step.passed for step in done)
        seconds = sum(step.seconds for step in done)
        result = ("PASSED", "bold green") if passed else ("FAILED", "bold red")
        term.say(result, f"  {opened.name} in {seconds:.1f} s")
        term.document(
            {
                "stack": opened.name,
                "passed": passed,
                "seconds": round(seconds, 3),
                "steps": [
                    {"name": one.name, "passed": one.passed, "seconds": round(one.seconds, 3), "found": one.found}
                    for one in done
                ],
            }
        )
        if not passed:
            raise typer.Exit(exits.FAILED)


def _tell(term: Terminal, step: Step) -> None:
    state = ("ok    ", "green") if step.passed else ("FAILED", "bold red")
    term.say(state, f"  {step.name:<10}{step.seconds:6.1f} s  {step.found}")

"""The options of commands that work on a deployed stack."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.exits import UsageError
from simulator.deployed.region import DEFAULT_REGION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.deployed.stack import Stack

StackName = Annotated[
    str, typer.Option("--stack", metavar="NAME", help="The stack: UserLogPipeline, or UserLogPipeline-dev.")
]
FoundRegion = Annotated[
    str | None, typer.Option("--region", metavar="REGION", help="The region; else that of the ARN or the shell.")
]
Region = Annotated[str, typer.Option("--region", help="The stack's region.")]
Profile = Annotated[
    str | None, typer.Option("--profile", help="A profile of your AWS configuration; without it, the shell's own.")
]
EndpointUrl = Annotated[
    str | None,
    typer.Option("--endpoint-url", metavar="URL", help="Where AWS is: the address of [bold]up[/bold] to try it here."),
]
REGION = DEFAULT_REGION


@contextmanager
def opened_stack(name: str, region: str, profile: str | None, endpoint_url: str | None) -> Iterator[Stack]:
    """Read a stack, and make usage errors of what goes wrong with it.

    Raises:
        UsageError: the stack cannot be reached or used.
    """
    from simulator.deployed.errors import StackError  # noqa: PLC0415 - boto3 is loaded only if it is needed
    from simulator.deployed.stack import Stack  # noqa: PLC0415 - as above

    try:
        yield Stack(name, region=region, profile=profile, endpoint_url=endpoint_url)
    except StackError as error:
        raise UsageError(str(error)) from None

"""`mcp`: a server of the Model Context Protocol over the runs."""

from __future__ import annotations

from typing import Annotated

import typer

from simulator.cli.examples import examples
from simulator.cli.exits import UsageError
from simulator.cli.options import Json  # noqa: TC001 - typer reads the annotations
from simulator.cli.output.terminal import terminal

EPILOG = examples("mcp", "mcp --allow-actions")


def mcp_command(
    allow_actions: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--allow-actions", help="Also offer to run files, and to redrive and stop runs.")
    ] = False,
    json: Json = None,
) -> None:
    """Serve runs, failures and rows to a program that speaks the Model Context Protocol, on stdin and stdout.

    It only reads, unless --allow-actions is given. It needs the package mcp (the extra mcp). It ends with its stdin.
    With --json, it prints the tools that it would offer, and ends.
    """
    with terminal(json=json) as term:
        try:
            import anyio  # noqa: PLC0415 - the package is an extra, and slow to import

            from simulator.cli.mcp_server.server import mcp_server  # noqa: PLC0415 - as above
        except ModuleNotFoundError as error:
            raise UsageError(
                f"The package {error.name} is not installed. In the checkout: uv sync --all-groups. Elsewhere, install "
                "the simulator with its extra, for example: uvx --from 'PATH/TO/CHECKOUT[mcp]' simulator mcp"
            ) from None
        server = mcp_server(allow_actions=allow_actions)
        if json is not None:
            tools = anyio.run(server.list_tools)
            term.document({"tools": [{"name": one.name, "description": one.description} for one in tools]})
            return
        server.run("stdio")

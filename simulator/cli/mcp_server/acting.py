"""The tools that act, only with `--allow-actions`: each is a command of the simulator in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Annotated, Any

import anyio
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import Field

from simulator.cli.mcp_server.reading import Run, found
from simulator.cli.usage.configuration_file import VARIABLE
from simulator.pipeline.settings import PROJECT_ROOT

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

ACTS = ToolAnnotations(read_only_hint=False, destructive_hint=True, open_world_hint=False)
_SHOWN = 2000


def add_acting_tools(server: MCPServer[Any]) -> None:
    """Give a server the tools that change something."""
    for tool in (run_file, redrive_run, stop_run):
        server.add_tool(tool, annotations=ACTS)


async def run_file(
    file: Annotated[str, Field(description="The path of a CSV file, or the name of one in sample_data/.")],
    create_users: Annotated[bool, Field(description="First create the users that are missing.")] = False,  # noqa: FBT002 - a field
) -> dict[str, Any]:
    """Run a CSV file through the pipeline, and tell how that ended. Its rows are written to the database."""
    return await _called("run", *(["--create-users"] if create_users else ["--no-create-users"]), file=file)


async def redrive_run(run: Run) -> dict[str, Any]:
    """Run the rows of a failed run again that failed or never started, and tell how that ended."""
    return await _called("redrive", "--yes", "--no-dry-run", file=found(run).name)


async def stop_run(
    run: Run, cause: Annotated[str, Field(description="The reason that the history records.")] = "Stopped by MCP."
) -> dict[str, Any]:
    """Stop a run that goes on; it can be redriven."""
    return await _called("stop", "--cause", cause, file=found(run).name)


async def _called(command: str, *options: str, file: str) -> dict[str, Any]:
    """Call a command for its document.

    Raises:
        ToolError: it went wrong before there was one.
    """
    words = [sys.executable, str(PROJECT_ROOT / "simulator"), command, "--json=*", *options, "--", file]
    # The defaults that a person has for their own terminal are not meant here.
    own = f"SIMULATOR_{command.upper()}_"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    done = await anyio.run_process(
        words,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
        env={**environment, VARIABLE: os.devnull},
    )
    try:
        document = json.loads(done.stdout)
    except ValueError:
        words_of_it = done.stderr.decode(errors="replace")[-_SHOWN:]
        raise ToolError(f"{command} ended with exit code {done.returncode}: {words_of_it}") from None
    if set(document) == {"error", "message"}:
        raise ToolError(f"{document['error']}: {document['message']}")
    return {**document, "exitCode": done.returncode}

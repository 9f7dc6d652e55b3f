"""The tools that act, only with `--allow-actions`: each is a command of the simulator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from mcp_types import ToolAnnotations
from pydantic import Field

from simulator.cli.mcp_server.command_process import called
from simulator.cli.mcp_server.reading import Run, Values, changes, found

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

ACTS = ToolAnnotations(read_only_hint=False, destructive_hint=True, open_world_hint=False)
Rows = Annotated[list[str], Field(min_length=1, description="Open rows, each as list_inbox names it: RUN:LINE.")]


def add_acting_tools(server: MCPServer[Any]) -> None:
    """Give a server the tools that change something."""
    for tool in (run_file, redrive_run, stop_run, accept_rows, send_rows):
        server.add_tool(tool, annotations=ACTS)


async def run_file(
    file: Annotated[str, Field(description="The path of a CSV file, or the name of one in sample_data/.")],
    create_users: Annotated[bool, Field(description="First create the users that are missing.")] = False,  # noqa: FBT002 - a field
) -> dict[str, Any]:
    """Run a CSV file through the pipeline, and tell how that ended. Its rows are written to the database."""
    return await called("run", *(["--create-users"] if create_users else ["--no-create-users"]), arguments=[file])


async def redrive_run(run: Run) -> dict[str, Any]:
    """Run the rows of a failed run again that failed or never started, and tell how that ended."""
    return await called("redrive", "--yes", "--no-dry-run", arguments=[found(run).name])


async def stop_run(
    run: Run, cause: Annotated[str, Field(description="The reason that the history records.")] = "Stopped by MCP."
) -> dict[str, Any]:
    """Stop a run that goes on; it can be redriven."""
    return await called("stop", f"--cause={cause}", arguments=[found(run).name])


async def accept_rows(
    rows: Rows,
    reason: Annotated[str, Field(description="Why, for those who ask later.")],
    by: Annotated[str, Field(description="The name of the person who decided it.")],
) -> dict[str, Any]:
    """Accept open rows of the inbox as they are: nothing more is to be done about them. The reason is kept."""
    return await called("inbox", "accept", f"--reason={reason}", f"--by={by}", arguments=rows)


async def send_rows(rows: Rows, values: Values = None) -> dict[str, Any]:
    """Send open rows of the inbox again, in one upload of just these, and tell how that run ended.

    They are checked first: if one would fail again, nothing is sent. Other values are for a single row.
    """
    return await called("inbox", "send", *changes(values), arguments=rows)
